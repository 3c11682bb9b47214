// SPDX-License-Identifier: Apache-2.0
#include "study/power.hpp"

#include <gtest/gtest.h>

#include "config/read.hpp"
#include "shipped.hpp"

namespace systole {
namespace {

Bill bill_of(std::vector<BillLine> lines) {
  Bill bill{};
  bill.lines = std::move(lines);
  return bill;
}

BillLine priced(Action action, Tensor tensor, std::uint64_t count, double pj_each) {
  const double energy_j = static_cast<double>(count) * pj_each * 1e-12;
  return {{component_of(action), 1, tensor, action, count}, "layer.qkv", pj_each, energy_j};
}

// Two chips, 3 us in windows of 2 us: 10^6 products of 2 pJ are 2 uJ.
TEST(Power, IsEachWindowsCountsAtTheBillsPrices) {
  const Windows windows{.width = Femtoseconds{2'000'000'000},
                        .lines = {{Tensor::weight, Action::mac_bf16, {3'000'000, 1'000'000}}}};
  const Bill bill = bill_of({priced(Action::mac_bf16, Tensor::weight, 4'000'000, 2.0)});
  const PowerProfile profile = power_profile(windows, bill, 2, 3e-6);
  const auto& arrays = profile.components[static_cast<std::size_t>(Component::matrix_unit)];
  ASSERT_EQ(arrays.size(), 2U);
  EXPECT_DOUBLE_EQ(arrays[0], 1.5);  // 6 uJ in 2 us on two chips.
  EXPECT_DOUBLE_EQ(arrays[1], 1.0);  // 2 uJ in the 1 us that is left.
  EXPECT_DOUBLE_EQ(profile.peak(), 1.5);
}

TEST(Power, OfTimeIsTheSameInEveryWindow) {
  const Windows windows{.width = Femtoseconds{1'000'000'000},
                        .lines = {{Tensor::none, Action::bundle, {0, 0, 1}}}};
  const Bill bill = bill_of({priced(Action::leakage, Tensor::none, 3000, 1e6)});
  const PowerProfile profile = power_profile(windows, bill, 1, 3e-6);
  for (std::size_t window = 0; window < 3; ++window) {
    EXPECT_DOUBLE_EQ(profile.total(window), 1000.0);  // 3 mJ in 3 us.
  }
}

TEST(Power, OverTimeAddsUpToTheEnergyOfTheRun) {
  for (const char* run : {"configs/runs/tiny-decode.yaml", "configs/runs/llama-3.1-8b-v5e.yaml"}) {
    const Result result = run_point(shipped(run));
    const PowerProfile profile =
        power_profile(result.windows, result.bill, result.chips, result.seconds());
    const std::size_t count = profile.components.front().size();
    ASSERT_GT(count, 1U) << run;
    ASSERT_LE(count, 64U) << run;
    double joules = 0.0;
    for (std::size_t w = 0; w < count; ++w) {
      const double begin = static_cast<double>(w) * profile.window_s;
      joules += profile.total(w) * std::min(profile.window_s, result.seconds() - begin);
    }
    EXPECT_NEAR(joules * static_cast<double>(result.chips) / result.bill.total_j.nominal, 1.0, 1e-9)
        << run;
    EXPECT_GE(profile.peak(), result.power_w_per_chip()) << run;
  }
}

TEST(Power, IdleOfAChipWithMeasuredIdlePowerIsTheMeasurement) {
  const EnergyModel n7 = read_energy_model(shipped("energy_models/n7.yaml"));
  const EnergyModel n28 = read_energy_model(shipped("energy_models/n28.yaml"));
  const auto idle = [](const std::string& chip, const EnergyModel& model) {
    const ChipConfig config = read_chip(shipped(chip));
    const PriceList prices = price_list(model, config);
    double pj_a_cycle = 0.0;
    for (const Action action :
         {Action::hbm_background, Action::hbm_phy_idle, Action::link_powered, Action::leakage,
          Action::clock_tree, Action::miscellaneous, Action::unexplained}) {
      pj_a_cycle += prices.pj[static_cast<std::size_t>(action)].value_or(0.0);
    }
    const double refreshes = config.hbm->channels() /
                             to_seconds(config.hbm->refresh_interval()).count() *
                             *prices.pj[static_cast<std::size_t>(Action::hbm_refresh)];
    return (pj_a_cycle * config.clock.count() + refreshes) * 1e-12;
  };
  // ISCA 2023, table 4; ISCA 2017, table 2. The period is a whole number of femtoseconds.
  EXPECT_NEAR(idle("configs/chips/tpu_v4.yaml", n7), 90.0, 0.01);
  EXPECT_NEAR(idle("configs/chips/tpu_v1.yaml", n28), 28.0, 0.01);
}

// A unit alone at full rate, from the chip's own facts: 8 x 128 x 128 products a clock of 1.05 GHz
// at 0.65 pJ are 89.5 W (physics of TPU v4 with all units at 1.0: 182 W beside 90 idle).
TEST(Power, OfAllUnitsBusyHoldsThePartsThatAreKnown) {
  const ChipConfig chip = read_chip(shipped("configs/chips/tpu_v4.yaml"));
  const EnergyModel model = read_energy_model(shipped("energy_models/n7.yaml"));
  const Bill products = bill_of({priced(Action::mac_bf16, Tensor::weight, 1, 0.65)});
  const PowerLimits with = power_limits(chip, model, products);
  const PowerLimits without = power_limits(chip, model, bill_of({}));
  EXPECT_GT(with.all_busy - without.all_busy, 89.5);
  EXPECT_LT(with.all_busy - without.all_busy, 89.5 * 1.35);  // And what feeds the arrays.
  EXPECT_GT(with.all_busy, 90.0 + 182.0);
  EXPECT_EQ(with.workloads, 192.0);
}

TEST(Power, OfARunStaysBelowAllUnitsBusy) {
  const Result result = run_point(shipped("configs/runs/llama-3.1-70b-prefill-64.yaml"));
  EXPECT_LT(result.power_w_per_chip(), result.power_limits.all_busy);
  EXPECT_GT(result.power_w_per_chip(), 90.0);
}

}  // namespace
}  // namespace systole
