// SPDX-License-Identifier: Apache-2.0
#include "ledger/chip_totals.hpp"

#include "ledger/recording.hpp"

namespace systole {

std::vector<std::uint64_t> chip_totals(const Ledger& ledger, std::size_t chips) {
  std::vector<std::uint64_t> out(chips * kChipTotals);
  for (const Account& account : ledger.accounts()) {
    const std::size_t first = chip_of(account.path()) * kChipTotals;
    const std::uint64_t copies = ledger.copies() / account.one_in();
    for (std::size_t a = 0; a < kActions; ++a) {
      const auto action = static_cast<Action>(a);
      if (component_of(action) != account.component() || is_static(action)) {
        continue;
      }
      for (std::size_t t = 0; t < kTensors; ++t) {
        out.at(first + t * kActions + a) += account.total(static_cast<Tensor>(t), action) * copies;
      }
    }
  }
  return out;
}

}  // namespace systole
