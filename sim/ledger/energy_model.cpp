// SPDX-License-Identifier: Apache-2.0
#include "ledger/energy_model.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "config/table.hpp"

namespace systole {
namespace {

constexpr std::array<std::string_view, 7> kKindNames{
    "measured", "measured_scaled", "published", "derived", "fit", "assumed", "structural_zero"};
static_assert(static_cast<std::size_t>(ValueKind::structural_zero) + 1 == kKindNames.size());

ValueKind value_kind(std::string_view text) {
  const auto found = std::ranges::find(kKindNames, text);
  check(found != kKindNames.end(), "'{}' is no kind of a value", text);
  return static_cast<ValueKind>(found - kKindNames.begin());
}

}  // namespace

std::string_view name(ValueKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

const Parameter& EnergyModel::at(std::string_view key) const {
  const auto found = std::ranges::find(parameters, key, &Parameter::key);
  check(found != parameters.end(), "energy model '{}' has no parameter '{}'", name, key);
  return *found;
}

EnergyModel read_energy_model(const std::string& file) {
  return energy_model(load(FileKind::energy_model, file));
}

EnergyModel energy_model(const Document& document) {
  EnergyModel model{.name = document.text("name"),
                    .node = document.text("node"),
                    .hash = content_hash(document.canonical().dump()),
                    .parameters = {},
                    .overridden = {}};
  const std::vector<std::string> overridden = document.overridden();
  for (const Row& row : rows(FileKind::energy_model)) {
    if (row.type != Type::measured) {
      continue;
    }
    Measured entry = document.measured(row.key);
    model.parameters.push_back({.key = row.key,
                                .value = entry.value,
                                .low = entry.low,
                                .high = entry.high,
                                .kind = value_kind(entry.kind),
                                .source = std::move(entry.source),
                                .note = std::move(entry.note)});
    if (std::ranges::find(overridden, row.key) != overridden.end()) {  // Not name and node.
      model.overridden.push_back(row.key);
    }
  }
  return model;
}

}  // namespace systole
