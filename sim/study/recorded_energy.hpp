// SPDX-License-Identifier: Apache-2.0
// Joules over time, chip by chip: a recording's counts at the bill's own prices.
#pragma once

#include <array>
#include <vector>

#include "ledger/price.hpp"
#include "ledger/recording.hpp"

namespace systole {

// Of one chip, by component and window. What time alone causes is spread evenly over chips and run,
// so windows that cover a run sum up to its bill.
using ChipEnergy = std::array<std::vector<double>, kComponents>;

// By chip of the recording.
[[nodiscard]] std::vector<ChipEnergy> recorded_energy(const Recording& recording, const Bill& bill);

}  // namespace systole
