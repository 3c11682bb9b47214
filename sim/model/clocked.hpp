// SPDX-License-Identifier: Apache-2.0
// The clocked reference of the matrix unit, whichever its dataflow: equal to the RTL on every pin
// in every cycle (rtl/README.md), and the yardstick of the event model's cycles.
#pragma once

#include <memory>

#include "model/array_unit.hpp"
#include "model/toggles.hpp"

namespace systole::model {

// Throws Bug if there can be no such array. Toggles are counted if `toggles` is not null, which
// then outlives the unit and is up to date after each clock().
[[nodiscard]] std::unique_ptr<ArrayUnit> clocked_unit(const ArrayConfig& config,
                                                      Toggles* toggles = nullptr);

}  // namespace systole::model
