// SPDX-License-Identifier: Apache-2.0
// What each simulated chip has done so far.
#pragma once

#include <cstdint>
#include <vector>

#include "ledger/ledger.hpp"

namespace systole {

inline constexpr std::size_t kChipTotals = kTensors * kActions;  // Numbers of each chip.

// Dynamic counts over all operations, of a simulated chip and all that it stands for, by
// [chip][tensor][action].
[[nodiscard]] std::vector<std::uint64_t> chip_totals(const Ledger& ledger, std::size_t chips);

}  // namespace systole
