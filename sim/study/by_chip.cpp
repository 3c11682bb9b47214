// SPDX-License-Identifier: Apache-2.0
#include "study/by_chip.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "ledger/chip_totals.hpp"
#include "study/power.hpp"

namespace systole {

ChipCounts chip_counts(const Ledger& ledger, std::uint64_t simulated_chips) {
  const std::vector<std::uint64_t> all = chip_totals(ledger, simulated_chips);
  ChipCounts out{.copies = ledger.copies()};
  for (std::size_t action = 0; action < kActions; ++action) {
    for (std::size_t tensor = 0; tensor < kTensors; ++tensor) {
      std::vector<std::uint64_t> counts;
      for (std::size_t chip = 0; chip < simulated_chips; ++chip) {
        counts.push_back(all[chip * kChipTotals + tensor * kActions + action]);
      }
      if (std::ranges::adjacent_find(counts, std::not_equal_to{}) != counts.end()) {
        out.lines.push_back({.tensor = static_cast<Tensor>(tensor),
                             .action = static_cast<Action>(action),
                             .counts = std::move(counts)});
      }
    }
  }
  return out;
}

std::vector<double> energy_by_chip(const ChipCounts& counts, const Bill& bill,
                                   std::uint64_t chips) {
  std::vector<double> out;
  const auto prices = prices_of(bill);
  double alike = bill.total_j.nominal;
  for (const ChipCounts::Line& line : counts.lines) {
    out.resize(line.counts.size());
    const double each = prices[static_cast<std::size_t>(line.action) * kTensors +
                               static_cast<std::size_t>(line.tensor)] *
                        1e-12;
    for (std::size_t chip = 0; chip < out.size(); ++chip) {
      const double energy = static_cast<double>(line.counts[chip]) * each;
      out[chip] += energy / static_cast<double>(counts.copies);
      alike -= energy;
    }
  }
  for (double& energy : out) {
    energy += alike / static_cast<double>(chips);
  }
  return out;
}

}  // namespace systole
