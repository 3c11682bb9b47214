// SPDX-License-Identifier: Apache-2.0
// Reads the counts back out of a result document and prices them again.
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.hpp"
#include "config/read.hpp"
#include "config/settings.hpp"
#include "study/energy_json.hpp"
#include "study/measure.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

// Typed access that blames the file, by the path of the key.
class Reader {
 public:
  Reader(const Json& json, std::string path) : json_(json), path_(std::move(path)) {}

  [[nodiscard]] const Json& json() const { return json_; }

  [[nodiscard]] Reader operator[](const char* key) const {
    const std::string path = path_.empty() ? key : path_ + "." + key;
    if (!json_.is_object() || !json_.contains(key)) {
      fail("the result is damaged: it has no '{}'", path);
    }
    return {json_.at(key), path};
  }
  [[nodiscard]] std::vector<Reader> items() const {
    if (!json_.is_array()) {
      wrong("a list");
    }
    std::vector<Reader> out;
    for (std::size_t i = 0; i < json_.size(); ++i) {
      out.push_back({json_.at(i), fmt::format("{}[{}]", path_, i)});
    }
    return out;
  }
  [[nodiscard]] std::string text() const {
    if (!json_.is_string()) {
      wrong("a text");
    }
    return json_.get<std::string>();
  }
  [[nodiscard]] std::uint64_t count() const {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 63;
    if (!json_.is_number_unsigned() || json_.get<std::uint64_t>() > kMost) {
      wrong("a whole number up to 2^63");
    }
    return json_.get<std::uint64_t>();
  }
  [[nodiscard]] std::optional<std::uint64_t> count_or_null() const {
    return json_.is_null() ? std::nullopt : std::optional(count());
  }
  [[nodiscard]] double positive() const {
    if (!json_.is_number() || !(json_.get<double>() >= 0.0)) {
      wrong("a number of at least 0");
    }
    return json_.get<double>();
  }
  [[noreturn]] void wrong(std::string_view wanted) const {
    fail("the result is damaged: '{}' must be {}, found {}", path_, wanted, shown());
  }

 private:
  [[nodiscard]] std::string shown() const {
    const auto replace = Json::error_handler_t::replace;
    const std::string text = json_.dump(-1, ' ', true, replace);
    return text.size() > 40 ? text.substr(0, 37) + "..." : text;
  }

  const Json& json_;
  std::string path_;
};

// The enumerator of that name, of `size` in a row.
template <class Enumeration>
Enumeration named(const Reader& in, std::size_t size, std::string_view kind) {
  const std::string text = in.text();
  for (std::size_t i = 0; i < size; ++i) {
    if (name(static_cast<Enumeration>(i)) == text) {
      return static_cast<Enumeration>(i);
    }
  }
  in.wrong(kind);
}

struct Counts {
  std::vector<LedgerLine> lines;
  std::vector<std::string> operations;
};

LedgerLine ledger_line(const Reader& in, std::vector<std::string>& operations) {
  LedgerLine line{.component = named<Component>(in["component"], kComponents, "a component"),
                  .operation = 0,
                  .tensor = named<Tensor>(in["tensor"], kTensors, "a tensor"),
                  .action = named<Action>(in["action"], kActions, "an action"),
                  .count = in["count"].count()};
  if (component_of(line.action) != line.component) {
    in["action"].wrong(fmt::format("an action of {}", name(line.component)));
  }
  const std::string operation = in["operation"].text();
  const auto known = std::ranges::find(operations, operation);
  line.operation = static_cast<OperationId>(known - operations.begin());
  if (known == operations.end()) {
    operations.push_back(operation);
  }
  return line;
}

Counts counts_of(const Reader& ledger) {
  Counts counts;
  for (const Reader& item : ledger.items()) {
    counts.lines.push_back(ledger_line(item, counts.operations));
  }
  return counts;
}

std::array<std::uint64_t, kMultipliers.size()> macs_of(const Reader& in) {
  std::array<std::uint64_t, kMultipliers.size()> macs{};
  if (!in.json().is_object()) {
    in.wrong("an object of products by multiplier");
  }
  for (const auto& [key, value] : in.json().items()) {
    const std::optional<Multiplier> known = multiplier(key);
    if (!known) {
      fail("the result is damaged: 'macs' has no multiplier '{}'", key);
    }
    macs[static_cast<std::size_t>(*known)] = in[key.c_str()].count();
  }
  return macs;
}

std::map<std::string, std::string> inputs_of(const Reader& in) {
  std::map<std::string, std::string> inputs;
  if (!in.json().is_object()) {
    in.wrong("an object of hashes by role");
  }
  for (const auto& [role, hash] : in.json().items()) {
    inputs[role] = in[role.c_str()].text();
  }
  return inputs;
}

// Results of random data alone may leave it out.
Activities activities_of(const Reader& in) {
  Activities out{};
  if (!in.json().contains("activity")) {
    return out;
  }
  for (const Tensor held : {Tensor::weight, Tensor::kv}) {
    const Reader one = in["activity"][std::string(name(held)).c_str()];
    out[static_cast<std::size_t>(held)] = {.mac = one["mac"].positive(),
                                           .shift = one["shift"].positive()};
  }
  return out;
}

// Of the whole pod, as the run counted them.
std::optional<Windows> windows_of(const Reader& in) {
  if (in.json().is_null()) {
    return std::nullopt;
  }
  Windows out{.width = to_femtoseconds(Seconds{in["window_s"].positive()}), .lines = {}};
  for (const Reader& item : in["counts"].items()) {
    Windows::Line& line =
        out.lines.emplace_back(Windows::Line{named<Tensor>(item["tensor"], kTensors, "a tensor"),
                                             named<Action>(item["action"], kActions, "an action"),
                                             {}});
    for (const Reader& count : item["counts"].items()) {
      line.counts.push_back(count.count());
    }
    if (line.counts.size() != out.lines.front().counts.size()) {
      item["counts"].wrong("as long as the others");
    }
  }
  return out;
}

void require_schema(const Json& document) {
  if (!document.is_object() || !document.contains("schema")) {
    fail("this is not a result: it has no 'schema', which should be '{}'", kResultSchema);
  }
  const Reader schema = Reader(document, "")["schema"];
  if (schema.text() != kResultSchema) {
    fail("this is not a result: its schema is '{}', not '{}'", schema.text(), kResultSchema);
  }
}

}  // namespace

namespace {

Json priced(const Json& result, const Document& document, const EnergyModel& model) {
  const Reader in(result, "");
  const ChipConfig chip = chip_from_canonical(in["chip"].json(), "chip of the result");
  const Counts counts = counts_of(in["ledger"]);
  const std::uint64_t chips = in["chips"].count();
  const std::uint64_t samples = in["uncertainty"]["samples"].count();
  if (chips == 0 || samples == 0 || samples > std::numeric_limits<std::uint32_t>::max()) {
    fail("the result is damaged: 'chips' and 'uncertainty.samples' must be at least 1");
  }
  const auto macs = macs_of(in["macs"]);
  std::map<std::string, std::string> inputs = inputs_of(in["stamp"]["inputs"]);
  const double seconds = in["time_s"].positive();
  const std::optional<std::uint64_t> tokens = in["output_tokens"].count_or_null();
  static_cast<void>(in["bound"]["time_s"]);

  const Activities activities = activities_of(in);
  const Bill bill =
      price(counts.lines, counts.operations, model, chip, static_cast<std::uint32_t>(samples),
            in["uncertainty"]["seed"].count(), activities);
  const std::optional<Windows> windows = windows_of(in["power"]);
  const PowerLimits limits = power_limits(chip, model, bill);
  Json out = result;
  write_energy({.bill = bill,
                .chip = chip,
                .ideal_j = ideal_energy(macs, model, chip, activities),
                .chips = chips,
                .seconds = seconds,
                .output_tokens = tokens,
                .windows = windows ? &*windows : nullptr,
                .limits = &limits},
               out);
  inputs["energy_model"] = model.hash;
  out["config_hash"] = config_hash(inputs);
  if (out.contains("config") && out["config"].is_object()) {
    out["config"]["energy_model"] = document.canonical();
  }
  out["stamp"]["energy_model"] = model.name;
  out["stamp"]["inputs"] = inputs;
  return out;
}

}  // namespace

nlohmann::ordered_json price_again(const nlohmann::ordered_json& result,
                                   const std::string& energy_file) {
  require_schema(result);
  const Document document = load(FileKind::energy_model, energy_file);
  return priced(result, document, energy_model(document));
}

nlohmann::ordered_json price_with(const nlohmann::ordered_json& result,
                                  const std::vector<Override>& overrides) {
  require_schema(result);
  const Reader own = Reader(result, "")["config"]["energy_model"];
  const Document document =
      from_canonical(FileKind::energy_model, own.json(), "energy model of the result",
                     overrides_of(FileKind::energy_model, overrides));
  EnergyModel model = energy_model(document);
  model.overridden.clear();  // A what-if reads what it likes.
  return priced(result, document, model);
}

}  // namespace systole
