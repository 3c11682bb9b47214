// SPDX-License-Identifier: Apache-2.0
#include "study/numbers.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "config/read.hpp"
#include "ledger/formulas.hpp"
#include "ledger/price.hpp"
#include "lower/lower.hpp"
#include "study/measure.hpp"

namespace systole {
namespace {

constexpr UncertaintyConfig kUncertainty{.samples = 2048, .seed = 1};
constexpr std::uint64_t kContext = 2048;  // Tokens in the cache of each simulated sequence.
constexpr std::uint32_t kTensor = 64;     // Chips of the simulated pod.

struct Count {
  Action action;
  std::uint64_t times;
};

class Book {
 public:
  Book(ChipConfig chip, EnergyModel model) : chip_(std::move(chip)), model_(std::move(model)) {
    model_.overridden.clear();  // No row reads all of them.
  }

  // Energy of some actions, over so many units (bytes, elements).
  [[nodiscard]] Number number(std::string key, std::string label, std::string unit,
                              const std::vector<Count>& counts, double parts) const {
    std::vector<LedgerLine> lines;
    std::vector<std::string> names;
    for (const Count& count : counts) {
      lines.push_back({.component = component_of(count.action),
                       .operation = kNoOperation,
                       .tensor = Tensor::none,
                       .action = count.action,
                       .count = count.times});
      names.push_back(fmt::format("{} {}", count.times, name(count.action)));
    }
    const Spread spread =
        price(lines, {"number"}, model_, chip_, kUncertainty.samples, kUncertainty.seed).total_j;
    const double scale = unit == "W" ? 1.0 : 1e12;  // Joules of one second are watts.
    Number out = empty(std::move(key), std::move(label), std::move(unit),
                       fmt::format("{}", fmt::join(names, " + ")));
    out.value = spread.nominal * scale / parts;
    out.p5 = spread.p5 * scale / parts;
    out.p95 = spread.p95 * scale / parts;
    out.sources = sources(counts);
    return out;
  }

  [[nodiscard]] static Number empty(std::string key, std::string label, std::string unit,
                                    std::string how) {
    return {.key = std::move(key),
            .label = std::move(label),
            .unit = std::move(unit),
            .value = {},
            .p5 = {},
            .p95 = {},
            .ratio = {},
            .how = std::move(how),
            .sources = {}};
  }

  [[nodiscard]] std::uint64_t cycles_a_second() const {
    return cycles_in(Femtoseconds{1'000'000'000'000'000}, period(chip_.clock)).count();
  }

 private:
  [[nodiscard]] std::vector<std::string> sources(const std::vector<Count>& counts) const {
    const Formulas prices = formulas(model_, chip_);
    std::set<std::size_t> read;
    for (const Count& count : counts) {
      read.merge(prices[static_cast<std::size_t>(count.action)].value().parameters());
    }
    std::vector<std::string> out;
    for (const std::size_t i : read) {
      const Parameter& p = model_.parameters[i];
      out.push_back(fmt::format("{} ({}): {}", p.key, name(p.kind), p.source));
    }
    return out;
  }

  ChipConfig chip_;
  EnergyModel model_;
};

std::vector<Number> products(const ChipConfig& chip, const Book& book) {
  std::vector<Number> rows;
  for (const Multiplier multiplier : kMultipliers) {
    if (chip.matrix_unit.rate(multiplier) > 0) {
      rows.push_back(book.number(fmt::format("mac_{}", name(multiplier)),
                                 fmt::format("one {} multiply-add", name(multiplier)), "pJ",
                                 {{mac_action(multiplier), 1}}, 1.0));
    }
  }
  return rows;
}

// A line of 64 bytes in a bank of 1 MiB, 20 mm away: the trip that makes a chip batch.
std::vector<Number> far_line(const ChipConfig& chip, const EnergyModel& model) {
  constexpr std::uint64_t kLine = 64;
  ChipConfig other = chip;
  other.far_sram = FarSramConfig{.capacity = 1_MiB,
                                 .banks = 1,
                                 .granule = Bytes{kLine},
                                 .read_bandwidth = BytesPerSecond{1e12},
                                 .write_bandwidth = BytesPerSecond{1e12},
                                 .latency = Seconds{0.0},
                                 .distance = Millimetres{20.0}};
  const Book book(other, model);
  const double parameters = kLine / 2.0;
  return {book.number("far_line_20mm", "a 64-byte line, 20 mm across the chip", "pJ",
                      {{Action::far_sram_read, 1}}, 1.0),
          book.number("far_parameter_20mm", "  one bf16 parameter of it, line fully used", "pJ",
                      {{Action::far_sram_read, 1}}, parameters)};
}

std::vector<Number> memories(const ChipConfig& chip, const EnergyModel& model, const Book& book) {
  std::vector<Number> rows{
      book.number("neighbour_hop", "neighbour hop of a stationary operand", "pJ/B",
                  {{Action::weight_shift_bit, 8}}, 1.0),
      book.number("near_sram_read", "near SRAM read", "pJ/B", {{Action::scratchpad_read, 1}},
                  static_cast<double>(chip.scratchpad.granule.count()))};
  for (Number& row : far_line(chip, model)) {
    rows.push_back(std::move(row));
  }
  if (chip.far_sram) {
    rows.push_back(book.number("far_sram_read", "far SRAM read", "pJ/B",
                               {{Action::far_sram_read, 1}},
                               static_cast<double>(chip.far_sram->granule.count())));
  }
  if (chip.hbm) {
    const std::uint64_t bursts = chip.hbm->row().count() / chip.hbm->burst().count();
    rows.push_back(book.number(
        "hbm_read", fmt::format("{} read, streaming whole rows", chip.hbm->memory.name), "pJ/B",
        {{Action::hbm_activate, 1},
         {Action::hbm_read, bursts},
         {Action::hbm_io, bursts},
         {Action::hbm_phy, bursts},
         {Action::hbm_wire, bursts}},
        static_cast<double>(chip.hbm->row().count())));
  }
  return rows;
}

std::vector<Number> links(const ChipConfig& chip, const Book& book) {
  if (!chip.ici) {
    return {};
  }
  return {book.number("link_hop", "one link hop to the next chip", "pJ/B", {{Action::link_byte, 1}},
                      1.0),
          book.number("optical_link", "what an optical link adds to it", "pJ/B",
                      {{Action::optical_byte, 1}}, 1.0),
          book.number("link_power", fmt::format("its {} links, powered", chip.ici->links), "W",
                      {{Action::link_powered, book.cycles_a_second()}}, 1.0)};
}

// 64 chips, all axes wrapped: as a cube if the chip has links for it.
PodConfig pod_of(const ChipConfig& chip, const std::string& chip_hash) {
  const bool is_cube = chip.ici->links >= 6;
  PodConfig pod{.name = is_cube ? "4x4x4" : "8x8", .chip = chip, .axes = {}, .hash = {}};
  pod.axes.assign(is_cube ? 3 : 2, Axis{.length = is_cube ? 4U : 8U, .wraps = true});
  pod.hash = content_hash(chip_hash + pod.name);
  return pod;
}

RunConfig decode_step(std::uint64_t batch) {
  return {.pod = {},
          .energy_model = {},
          .workload = {.model = {},
                       .phase = Phase::decode,
                       .batch = batch,
                       .context = kContext,
                       .prompt = 1,
                       .steps = 1,
                       .weights = DataType::int8,
                       .activations = DataType::bf16,
                       .kv_cache = DataType::bf16,
                       .causal = Causal::half},
          .sharding = {.tensor = kTensor, .data = 1, .attention = AttentionSharding::batch},
          .overlap = Overlap::async,
          .values = {},
          .uncertainty = kUncertainty,
          .fidelity = Fidelity::event};
}

// The complaint in one line: its first two, which say what is needed.
std::string complaint(std::string_view text) {
  const std::size_t first = text.find('\n');
  if (first == std::string_view::npos) {
    return std::string(text);
  }
  const std::string_view rest = text.substr(first + 1);
  const std::string_view second = rest.substr(0, rest.find('\n'));
  return fmt::format("{} {}", text.substr(0, first),
                     second.substr(std::min(second.find_first_not_of(' '), second.size())));
}

Number token(const ChipConfig& chip, const std::string& chip_hash, const EnergyModel& energy,
             const ModelConfig& model, std::uint64_t batch) {
  Number row =
      Book::empty(fmt::format("token_batch_{}", batch),
                  fmt::format("one token of {}, int8, batch {}", model.name, batch), "J", "");
  if (!chip.ici || chip.ici->links < 4) {
    row.how = "the chip lacks the links of a torus";
    return row;
  }
  const PodConfig pod = pod_of(chip, chip_hash);
  EnergyModel prices = energy;
  prices.overridden.clear();
  try {
    const Trace trace = lower(decode_step(batch), model, pod);
    const Result result = measure(pod, trace, prices, {.uncertainty = kUncertainty});
    const auto tokens = static_cast<double>(trace.output_tokens);
    const Spread& total = result.bill.total_j;
    row.value = total.nominal / tokens;
    row.p5 = total.p5 / tokens;
    row.p95 = total.p95 / tokens;
    row.how = fmt::format("simulated decode step on 64 chips, {} torus, context {}, bf16 KV",
                          pod.name, kContext);
  } catch (const DoesNotFit& no) {
    row.how = complaint(no.what());
  } catch (const UserError& no) {
    row.how = complaint(no.diagnostics().front().message);
  }
  return row;
}

void add_ratios(Numbers& numbers) {
  const auto find = [&](const char* key) -> const Number* {
    for (const Number& row : numbers.rows) {
      if (row.key == key && row.value.value_or(0.0) > 0.0) {
        return &row;
      }
    }
    return nullptr;
  };
  const Number* reference = find("mac_int8") != nullptr ? find("mac_int8") : find("mac_bf16");
  if (reference == nullptr) {
    return;
  }
  numbers.reference = reference->label;
  const double one = *reference->value;
  for (Number& row : numbers.rows) {
    if (row.value && (row.unit == "pJ" || row.unit == "pJ/B")) {
      row.ratio = *row.value / one;
    }
  }
}

}  // namespace

Numbers numbers(const std::string& chip_file, const std::string& energy_model,
                const std::string& model_file) {
  const ChipFile file = read_chip_file(chip_file);
  const ChipConfig& chip = file.chip;
  const std::string chip_hash = content_hash(file.canonical.dump());
  const EnergyModel energy = read_energy_model(energy_model);
  const ModelConfig model = read_model(model_file);
  const Book book(chip, energy);
  Numbers out{.chip = chip.name, .energy_model = energy.name, .reference = {}, .rows = {}};
  for (std::vector<Number> rows :
       {products(chip, book), memories(chip, energy, book), links(chip, book)}) {
    for (Number& row : rows) {
      out.rows.push_back(std::move(row));
    }
  }
  for (const std::uint64_t batch : {1U, 64U, 1024U}) {
    out.rows.push_back(token(chip, chip_hash, energy, model, batch));
  }
  add_ratios(out);
  return out;
}

}  // namespace systole
