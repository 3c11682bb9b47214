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
#include "study/json_reader.hpp"
#include "study/measure.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

// The enumerator of that name, of `size` in a row.
template <class Enumeration>
Enumeration named(const JsonReader& in, std::size_t size, std::string_view kind) {
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

LedgerLine ledger_line(const JsonReader& in, std::vector<std::string>& operations) {
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

Counts counts_of(const JsonReader& ledger) {
  Counts counts;
  for (const JsonReader& item : ledger.items()) {
    counts.lines.push_back(ledger_line(item, counts.operations));
  }
  return counts;
}

std::array<std::uint64_t, kMultipliers.size()> macs_of(const JsonReader& in) {
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

std::map<std::string, std::string> inputs_of(const JsonReader& in) {
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
Activities activities_of(const JsonReader& in) {
  Activities out{};
  if (!in.json().contains("activity")) {
    return out;
  }
  for (const Tensor held : {Tensor::weight, Tensor::kv}) {
    const JsonReader one = in["activity"][std::string(name(held)).c_str()];
    out[static_cast<std::size_t>(held)] = {.mac = one["mac"].positive(),
                                           .shift = one["shift"].positive()};
  }
  return out;
}

// Counts by window, or by chip.
template <class Line>
std::vector<Line> lines_of(const JsonReader& in) {
  std::vector<Line> out;
  for (const JsonReader& item : in.items()) {
    Line& line = out.emplace_back(Line{named<Tensor>(item["tensor"], kTensors, "a tensor"),
                                       named<Action>(item["action"], kActions, "an action"),
                                       {}});
    for (const JsonReader& count : item["counts"].items()) {
      line.counts.push_back(count.count());
    }
    if (line.counts.size() != out.front().counts.size()) {
      item["counts"].wrong("as long as the others");
    }
  }
  return out;
}

// Of the whole pod, as the run counted them.
std::optional<Windows> windows_of(const JsonReader& in) {
  if (in.json().is_null()) {
    return std::nullopt;
  }
  return Windows{.width = to_femtoseconds(Seconds{in["window_s"].positive()}),
                 .lines = lines_of<Windows::Line>(in["counts"])};
}

// Empty where chips do not differ, and in results that do not say.
ChipCounts by_chip_of(const JsonReader& in) {
  if (!in.json().contains("by_chip") || in["by_chip"].json().is_null()) {
    return {};
  }
  ChipCounts out{.copies = in["by_chip"]["copies"].count(),
                 .lines = lines_of<ChipCounts::Line>(in["by_chip"]["counts"])};
  if (out.copies == 0) {
    in["by_chip"]["copies"].wrong("at least 1");
  }
  return out;
}

Json priced(const Json& result, const Document& document, const EnergyModel& model) {
  const JsonReader in = result_reader(result);
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
  const ChipCounts by_chip = by_chip_of(in);
  Json out = result;
  write_energy({.bill = bill,
                .chip = chip,
                .ideal_j = ideal_energy(macs, model, chip, activities),
                .chips = chips,
                .seconds = seconds,
                .output_tokens = tokens,
                .windows = windows ? &*windows : nullptr,
                .limits = &limits,
                .by_chip = &by_chip},
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
  const Document document = load(FileKind::energy_model, energy_file);
  return priced(result, document, energy_model(document));
}

nlohmann::ordered_json price_with(const nlohmann::ordered_json& result,
                                  const std::vector<Override>& overrides) {
  const JsonReader own = result_reader(result)["config"]["energy_model"];
  const Document document =
      from_canonical(FileKind::energy_model, own.json(), "energy model of the result",
                     overrides_of(FileKind::energy_model, overrides));
  EnergyModel model = energy_model(document);
  model.overridden.clear();  // A what-if reads what it likes.
  return priced(result, document, model);
}

}  // namespace systole
