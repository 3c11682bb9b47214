// SPDX-License-Identifier: Apache-2.0
// How chips of one pod differ: what each did, and the energy that it took.
#pragma once

#include <cstdint>
#include <vector>

#include "ledger/ledger.hpp"
#include "ledger/price.hpp"

namespace systole {

struct ChipCounts {
  struct Line {
    Tensor tensor;
    Action action;
    std::vector<std::uint64_t> counts;  // By simulated chip, of all chips that it stands for.
  };
  std::uint64_t copies = 1;   // Chips that each one stands for.
  std::vector<Line> lines{};  // In which chips differ, by action, then tensor; none: in nothing.
};

// Of a closed ledger. What time alone causes is the same for all.
[[nodiscard]] ChipCounts chip_counts(const Ledger& ledger, std::uint64_t simulated_chips);

// Joules of each simulated chip: its own counts at the bill's prices, and its share of the rest.
// Empty if no chip differs. `chips` is the number of all; the energies of all are the bill's total.
[[nodiscard]] std::vector<double> energy_by_chip(const ChipCounts& counts, const Bill& bill,
                                                 std::uint64_t chips);

}  // namespace systole
