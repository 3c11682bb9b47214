// SPDX-License-Identifier: Apache-2.0
#include "study/by_chip.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "shipped.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

// Chip 0 activates three rows, chip 1 one; both read ten bursts.
Ledger two_chips(std::uint64_t copies) {
  Ledger ledger({"step"}, copies);
  for (const std::uint64_t chip : {0U, 1U}) {
    Account& hbm = ledger.open(fmt::format("chip{}.hbm", chip), Component::hbm);
    hbm.record(1, Tensor::weight, Action::hbm_activate, chip == 0 ? 3 : 1);
    hbm.record(1, Tensor::weight, Action::hbm_read, 10);
  }
  ledger.close(Femtoseconds{1});
  return ledger;
}

TEST(ByChip, CountsWhatChipsDifferIn) {
  const ChipCounts counts = chip_counts(two_chips(5), 2);
  EXPECT_EQ(counts.copies, 5U);
  ASSERT_EQ(counts.lines.size(), 1U);
  EXPECT_EQ(counts.lines[0].action, Action::hbm_activate);
  EXPECT_EQ(counts.lines[0].counts, (std::vector<std::uint64_t>{15, 5}));
}

TEST(ByChip, GivesEachItsOwnEnergyAndAnEqualShareOfTheRest) {
  Bill bill{};
  bill.total_j.nominal = 1.0;
  bill.lines.push_back({.line = {.component = Component::hbm,
                                 .operation = 1,
                                 .tensor = Tensor::weight,
                                 .action = Action::hbm_activate,
                                 .count = 20},
                        .operation = {},
                        .pj_each = 1e10,
                        .energy_j = 0.2});
  const std::vector<double> energies = energy_by_chip(chip_counts(two_chips(5), 2), bill, 10);
  ASSERT_EQ(energies.size(), 2U);
  EXPECT_NEAR(energies[0], 0.08 + 0.03, 1e-15);
  EXPECT_NEAR(energies[1], 0.08 + 0.01, 1e-15);
}

// Without wraps the chips at the ends of a line send over one link and the others over two.
TEST(ByChip, OfALineAddsUpToTheBillAndItsEndsTakeLess) {
  const Result result =
      run_point(shipped("configs/runs/tiny-decode.yaml"),
                {.overrides = {{.key = "pod", .value = shipped("configs/pods/tiny_4x4.yaml")},
                               {.key = "pod.shape", .value = "[16]"},
                               {.key = "pod.wrap", .value = "[false]"},
                               {.key = "sharding.tensor", .value = "16"},
                               {.key = "sharding.data", .value = "1"}}});
  const std::vector<double> energies = energy_by_chip(result.by_chip, result.bill, result.chips);
  ASSERT_EQ(energies.size(), 16U);
  EXPECT_NEAR(std::accumulate(energies.begin(), energies.end(), 0.0) / result.bill.total_j.nominal,
              1.0, 1e-12);
  EXPECT_LT(energies.front(), energies[7]);
  EXPECT_LT(energies.back(), energies[7]);
}

TEST(ByChip, HasNothingWhereAllChipsDoTheSame) {
  const Result result = run_point(shipped("configs/runs/tiny-decode.yaml"), {});
  EXPECT_TRUE(energy_by_chip(result.by_chip, result.bill, result.chips).empty());
}

}  // namespace
}  // namespace systole
