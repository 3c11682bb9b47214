// SPDX-License-Identifier: Apache-2.0
#include "config/chip.hpp"

#include <algorithm>
#include <cmath>

#include "base/units.hpp"
#include "config/read.hpp"

namespace systole {
namespace {

// Short names for one document's values. The table has checked their ranges, so what is narrowed
// here fits.
class Keys {
 public:
  Keys(const Document& document, std::string section)
      : document_(document), section_(std::move(section)) {}

  [[nodiscard]] std::uint32_t count(const std::string& key) const {
    return static_cast<std::uint32_t>(document_.integer(full(key)));
  }
  [[nodiscard]] Bytes bytes(const std::string& key) const {
    return Bytes{static_cast<std::uint64_t>(document_.number(full(key)))};
  }
  [[nodiscard]] Seconds seconds(const std::string& key) const {
    return Seconds{document_.number(full(key))};
  }
  [[nodiscard]] BytesPerSecond rate(const std::string& key) const {
    return BytesPerSecond{document_.number(full(key))};
  }
  // Metres to millimetres in decimal: 4.1 mm is 4.1, not 4.1000000000000005.
  [[nodiscard]] Millimetres millimetres(const std::string& key) const {
    return Millimetres{shift_decimal(document_.number(full(key)), 3)};
  }
  [[nodiscard]] std::string text(const std::string& key) const { return document_.text(full(key)); }

 private:
  [[nodiscard]] std::string full(const std::string& key) const { return section_ + "." + key; }

  const Document& document_;
  std::string section_;
};

Dataflow dataflow(const std::string& text) {
  return text == "ws"   ? Dataflow::weight_stationary
         : text == "os" ? Dataflow::output_stationary
                        : Dataflow::input_stationary;
}

MatrixUnitConfig matrix_unit(const Document& document) {
  const Keys keys(document, "matrix_unit");
  MatrixUnitConfig out{
      .count = keys.count("count"),
      .rows = keys.count("rows"),
      .columns = keys.count("columns"),
      .dataflow = dataflow(keys.text("dataflow")),
      .preload = keys.text("preload") == "double" ? Preload::double_buffered : Preload::serial,
      .load_rows = keys.count("load_rows"),
      .edge_cycles = keys.count("edge_cycles"),
      .mac_latency = keys.count("mac_latency"),
      .rows_per_push = keys.count("rows_per_push"),
      .macs_per_pe = {},
  };
  for (const Multiplier m : kMultipliers) {
    out.macs_per_pe[static_cast<std::size_t>(m)] =
        keys.count("macs_per_pe." + std::string(name(m)));
  }
  return out;
}

VectorUnitConfig vector_unit(const Document& document) {
  const Keys keys(document, "vector_unit");
  return {.lanes = keys.count("lanes"),
          .add_cycles = keys.count("add_cycles"),
          .multiply_cycles = keys.count("multiply_cycles"),
          .fma_cycles = keys.count("fma_cycles"),
          .transcendental_cycles = keys.count("transcendental_cycles"),
          .shuffle_cycles = keys.count("shuffle_cycles")};
}

ScratchpadConfig scratchpad(const Document& document) {
  const Keys keys(document, "scratchpad");
  return {.capacity = keys.bytes("capacity"),
          .banks = keys.count("banks"),
          .ports = keys.count("ports"),
          .granule = keys.bytes("granule"),
          .distance = keys.millimetres("distance")};
}

FarSramConfig far_sram(const Document& document) {
  const Keys keys(document, "far_sram");
  return {.capacity = keys.bytes("capacity"),
          .banks = keys.count("banks"),
          .granule = keys.bytes("granule"),
          .read_bandwidth = keys.rate("read_bandwidth"),
          .write_bandwidth = keys.rate("write_bandwidth"),
          .latency = keys.seconds("latency"),
          .distance = keys.millimetres("distance")};
}

HbmConfig hbm(const Document& document, MemoryConfig memory) {
  const Keys keys(document, "hbm");
  return {.memory = std::move(memory),
          .preset = keys.text("preset"),
          .mapping = keys.text("mapping"),
          .stacks = keys.count("stacks"),
          .capacity = keys.bytes("capacity"),
          .bandwidth = keys.rate("bandwidth"),
          .distance = keys.millimetres("distance")};
}

IciConfig ici(const Document& document) {
  const Keys keys(document, "ici");
  return {.links = keys.count("links"),
          .bandwidth = keys.rate("bandwidth"),
          .hop_latency = keys.seconds("hop_latency"),
          .collective_start = keys.seconds("collective_start"),
          .collective_step = keys.seconds("collective_step")};
}

using Mistakes = std::vector<Diagnostic>;

// Banks are equal, and a bank holds whole granules.
void check_banks(const Document& document, const std::string& section, Bytes capacity,
                 std::uint32_t banks, Bytes granule, Mistakes& out) {
  if (capacity.count() % banks != 0) {
    out.push_back(document.mistake(
        section + ".banks", fmt::format("{} banks do not divide a capacity of {} bytes evenly",
                                        banks, capacity.count())));
  } else if (capacity.count() / banks % granule.count() != 0) {
    out.push_back(document.mistake(section + ".granule",
                                   fmt::format("a granule of {} bytes does not divide a bank of {}",
                                               granule.count(), capacity.count() / banks)));
  }
}

// Links never wait for the scratchpad; something must be left for the units.
void check_slots(const Document& document, const ChipConfig& chip, Mistakes& out) {
  if (chip.scratchpad.slots() <= chip.link_slots()) {
    out.push_back(document.mistake(
        "scratchpad.banks",
        fmt::format("{} banks of {} port{} serve {} accesses a cycle, of which links at full rate "
                    "take {}: banks x ports must be at least {}",
                    chip.scratchpad.banks, chip.scratchpad.ports,
                    chip.scratchpad.ports == 1 ? "" : "s", chip.scratchpad.slots(),
                    chip.link_slots(), chip.link_slots() + 1)));
  }
}

void check_matrix_unit(const Document& document, const MatrixUnitConfig& unit, Mistakes& out) {
  if (unit.load_rows > unit.rows) {
    out.push_back(document.mistake(
        "matrix_unit.load_rows",
        fmt::format("{} rows cannot enter an array of {} at once", unit.load_rows, unit.rows)));
  }
  if (unit.dataflow == Dataflow::output_stationary && unit.mac_latency != 1) {
    out.push_back(document.mistake("matrix_unit.mac_latency",
                                   "sums that stay in place (os) need an adder of 1 cycle"));
  }
  if (std::ranges::all_of(unit.macs_per_pe, [](std::uint32_t rate) { return rate == 0; })) {
    out.push_back(document.mistake("matrix_unit.macs_per_pe",
                                   "the matrix unit multiplies nothing: every rate is 0"));
  }
}

// Names that the memory's file gives meaning to.
template <class Map>
void check_named(const Document& document, const std::string& key, const std::string& word,
                 const Map& known, Mistakes& out) {
  if (!known.contains(word)) {
    std::vector<std::string> words;
    words.reserve(known.size());
    for (const auto& [name, value] : known) {
      words.push_back(name);
    }
    out.push_back(document.mistake(
        key, fmt::format("the memory has no '{}' in its {}: it has {}", word,
                         key == "hbm.preset" ? "presets" : "mappings", fmt::join(words, ", "))));
  }
}

void check_hbm(const Document& document, const HbmConfig& hbm, Mistakes& out) {
  check_named(document, "hbm.preset", hbm.preset, hbm.memory.presets, out);
  check_named(document, "hbm.mapping", hbm.mapping, hbm.memory.mappings, out);
}

}  // namespace

std::uint64_t ChipConfig::link_slots() const {
  constexpr double kAccesses = 3.0;  // Sending, receiving, reading a partial sum.
  if (!ici) {
    return 0;
  }
  const double bytes_a_cycle = ici->links * ici->bandwidth.count() / clock.count();
  return static_cast<std::uint64_t>(
      std::ceil(kAccesses * bytes_a_cycle / static_cast<double>(scratchpad.granule.count())));
}

Femtoseconds HbmConfig::timing(std::string_view name) const {
  const Timings& rows = memory.presets.find(preset)->second;
  const auto row = rows.find(name);
  const auto found = row != rows.end() ? row : memory.timings.find(name);
  check(row != rows.end() || found != memory.timings.end(), "{} has no timing '{}'", memory.name,
        name);
  const Cycles* cycles = std::get_if<Cycles>(&found->second);
  return cycles != nullptr ? *cycles * cycle() : std::get<Femtoseconds>(found->second);
}

ChipConfig chip_config(const Document& document, const MemoryConfig& memory) {
  const auto optional = [&](const char* section, auto read) {
    return document.has(section) ? std::optional(read(document)) : std::nullopt;
  };
  ChipConfig out{
      .name = document.text("name"),
      .clock = Hertz{document.number("clock")},
      .node = document.text("node"),
      .area = SquareMillimetres{shift_decimal(document.number("area"), 6)},
      .kernel_start = Seconds{document.number("kernel_start")},
      .matrix_unit = matrix_unit(document),
      .vector_unit = vector_unit(document),
      .scratchpad = scratchpad(document),
      .dma = {.engines = static_cast<std::uint32_t>(document.integer("dma.engines")),
              .start = Seconds{document.number("dma.start")}},
      .far_sram = optional("far_sram", far_sram),
      .hbm = optional("hbm", [&](const Document& d) { return hbm(d, memory); }),
      .ici = optional("ici", ici),
      .idle_power = {},
      .workload_power = {},
  };
  if (document.has("idle_power")) {
    out.idle_power = Watts{document.number("idle_power")};
  }
  if (document.has("workload_power")) {
    out.workload_power = Watts{document.number("workload_power")};
  }
  Mistakes mistakes;
  check_matrix_unit(document, out.matrix_unit, mistakes);
  check_banks(document, "scratchpad", out.scratchpad.capacity, out.scratchpad.banks,
              out.scratchpad.granule, mistakes);
  check_slots(document, out, mistakes);
  if (out.far_sram) {
    check_banks(document, "far_sram", out.far_sram->capacity, out.far_sram->banks,
                out.far_sram->granule, mistakes);
  }
  if (out.hbm) {
    check_hbm(document, *out.hbm, mistakes);
  }
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
  return out;
}

ChipFile chip_file(const Document& chip, const std::optional<Document>& memory) {
  ChipFile out{.chip = {}, .canonical = chip.canonical()};
  MemoryConfig stack;
  if (memory) {
    stack = memory_config(*memory);
    out.canonical["hbm"]["memory"] = memory->canonical();
  }
  out.chip = chip_config(chip, stack);
  return out;
}

ChipFile read_chip_file(const std::string& file, const std::vector<Override>& overrides) {
  const Document document = load(FileKind::chip, file, overrides);
  std::optional<Document> memory;
  if (document.has("hbm")) {
    memory = load(FileKind::memory, document.path("hbm.memory"));
  }
  return chip_file(document, memory);
}

ChipConfig read_chip(const std::string& file) { return read_chip_file(file).chip; }

ChipConfig chip_from_canonical(nlohmann::ordered_json canonical, const std::string& file) {
  MemoryConfig memory;
  if (canonical.is_object() && canonical.contains("hbm") && canonical["hbm"].is_object()) {
    auto& hbm = canonical["hbm"];
    memory = memory_config(from_canonical(FileKind::memory, hbm["memory"], file));
    hbm.erase("memory");
  }
  return chip_config(from_canonical(FileKind::chip, canonical, file), memory);
}

}  // namespace systole
