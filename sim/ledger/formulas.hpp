// SPDX-License-Identifier: Apache-2.0
// What each action costs on a chip, as a formula over the parameters of an energy model.
#pragma once

#include <array>
#include <optional>

#include "config/chip.hpp"
#include "ledger/energy_model.hpp"
#include "ledger/expression.hpp"
#include "ledger/ledger.hpp"

namespace systole {

// Picojoules of one action; empty where the chip has no such thing.
using Formulas = std::array<std::optional<Expression>, kActions>;

// Throws UserError where the static lines already exceed the chip's measured idle power.
[[nodiscard]] Formulas formulas(const EnergyModel& model, const ChipConfig& chip);

// The model's own values, in its order.
[[nodiscard]] std::vector<double> nominal_values(const EnergyModel& model);

}  // namespace systole
