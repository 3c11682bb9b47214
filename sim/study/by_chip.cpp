// SPDX-License-Identifier: Apache-2.0
#include "study/by_chip.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "ledger/recording.hpp"
#include "study/power.hpp"

namespace systole {

ChipCounts chip_counts(const Ledger& ledger, std::uint64_t simulated_chips) {
  std::map<std::pair<Action, Tensor>, std::vector<std::uint64_t>> all;
  for (const Account& account : ledger.accounts()) {
    const std::uint64_t copies = ledger.copies() / account.one_in();
    for (std::size_t a = 0; a < kActions; ++a) {
      const auto action = static_cast<Action>(a);
      if (component_of(action) != account.component() || is_static(action)) {
        continue;
      }
      for (std::size_t t = 0; t < kTensors; ++t) {
        const auto tensor = static_cast<Tensor>(t);
        if (const std::uint64_t count = account.total(tensor, action); count > 0) {
          std::vector<std::uint64_t>& counts = all[{action, tensor}];
          counts.resize(simulated_chips);
          counts.at(chip_of(account.path())) += count * copies;
        }
      }
    }
  }
  ChipCounts out{.copies = ledger.copies()};
  for (auto& [what, counts] : all) {
    if (std::ranges::adjacent_find(counts, std::not_equal_to{}) != counts.end()) {
      out.lines.push_back(
          {.tensor = what.second, .action = what.first, .counts = std::move(counts)});
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
