// SPDX-License-Identifier: Apache-2.0
#include "ledger/energy_model.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"

namespace systole {
namespace {

constexpr std::array<std::string_view, 7> kKindNames{
    "measured", "measured_scaled", "published", "derived", "fit", "assumed", "structural_zero"};
static_assert(static_cast<std::size_t>(ValueKind::structural_zero) + 1 == kKindNames.size());

}  // namespace

std::string_view name(ValueKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

const Parameter& EnergyModel::at(std::string_view key) const {
  const auto found = std::ranges::find(parameters, key, &Parameter::key);
  check(found != parameters.end(), "energy model '{}' has no parameter '{}'", name, key);
  return *found;
}

}  // namespace systole
