// SPDX-License-Identifier: Apache-2.0
// Prices held against hand calculations; every number is in the test or in models.hpp.
#include "ledger/formulas.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"
#include "ledger/price.hpp"
#include "models.hpp"

namespace systole {
namespace {

using namespace systole::test;

double pj(const EnergyModel& model, const ChipConfig& chip, Action action) {
  return price_list(model, chip).pj[static_cast<std::size_t>(action)].value();
}

TEST(Formulas, AnExpressionIsTheFormulaItWasWrittenAs) {
  const Expression x = Expression::parameter(0);
  const Expression y = Expression::parameter(1);
  const Expression e = 2.0 * x * (1.0 - y) + 3.0 * y * y - x + 5.0;
  // x = 7, y = 0.5: 2 x 7 x 0.5 + 3 x 0.25 - 7 + 5 = 5.75.
  EXPECT_DOUBLE_EQ(e.at({7.0, 0.5}), 5.75);
  // d/dx = 2 (1 - y) - 1 = 0, times x: 0; d/dy = -2 x + 6 y = -11, times y: -5.5.
  EXPECT_DOUBLE_EQ(e.sensitivity(0, {7.0, 0.5}), 0.0);
  EXPECT_DOUBLE_EQ(e.sensitivity(1, {7.0, 0.5}), -5.5);
  EXPECT_THAT(e.parameters(), testing::ElementsAre(0, 1));
}

TEST(Formulas, AProductCostsWhatTheModelSays) {
  const EnergyModel model = model_with({{"mac.bf16", 0.65}, {"mac.ternary_int8", 0.08}});
  EXPECT_EQ(pj(model, bare_chip(), Action::mac_bf16), 0.65);
  EXPECT_EQ(pj(model, bare_chip(), Action::mac_ternary_int8), 0.08);
  EXPECT_EQ(pj(model, bare_chip(), Action::mac_fp8), 1.0);
}

TEST(Formulas, WhatSwitchesCostsTheSquareOfTheVoltageAndMemoryAndLinksDoNot) {
  const EnergyModel model = model_with({});
  ChipConfig nominal = bare_chip();
  nominal.hbm = four_stacks("hbm2");
  ChipConfig low = nominal;
  low.voltage = 0.8;
  const auto ratio = [&](Action action) {
    return pj(model, low, action) / pj(model, nominal, action);
  };
  for (const Action action : {Action::mac_bf16, Action::scratchpad_read, Action::hbm_wire,
                              Action::lane_fma, Action::clock_tree}) {
    EXPECT_DOUBLE_EQ(ratio(action), 0.64) << name(action);
  }
  EXPECT_DOUBLE_EQ(ratio(Action::leakage), 0.8 * std::exp(-0.45));
  for (const Action action : {Action::hbm_read, Action::hbm_io, Action::hbm_phy,
                              Action::hbm_background, Action::miscellaneous}) {
    EXPECT_EQ(ratio(action), 1.0) << name(action);
  }
}

TEST(Formulas, LanesBundlesAndAccumulatorsCostWhatTheModelSays) {
  const EnergyModel model = model_with({{"array.weight_shift_bit", 2.0},
                                        {"array.dequantise", 3.0},
                                        {"accumulator.read", 4.0},
                                        {"accumulator.write", 5.0},
                                        {"vector.add", 6.0},
                                        {"vector.multiply", 7.0},
                                        {"vector.fma", 8.0},
                                        {"vector.transcendental", 9.0},
                                        {"vector.shuffle", 10.0},
                                        {"sequencer.bundle", 11.0}});
  EXPECT_EQ(pj(model, bare_chip(), Action::weight_shift_bit), 2.0);
  EXPECT_EQ(pj(model, bare_chip(), Action::dequantise), 3.0);
  EXPECT_EQ(pj(model, bare_chip(), Action::accumulator_read), 4.0);
  EXPECT_EQ(pj(model, bare_chip(), Action::accumulator_write), 5.0);
  EXPECT_EQ(pj(model, bare_chip(), Action::lane_add), 6.0);
  EXPECT_EQ(pj(model, bare_chip(), Action::lane_multiply), 7.0);
  EXPECT_EQ(pj(model, bare_chip(), Action::lane_fma), 8.0);
  EXPECT_EQ(pj(model, bare_chip(), Action::lane_transcendental), 9.0);
  EXPECT_EQ(pj(model, bare_chip(), Action::lane_shuffle), 10.0);
  EXPECT_EQ(pj(model, bare_chip(), Action::bundle), 11.0);
}

// 64 B x (0.45 + 0.04 x sqrt(256) + 8 x 2 mm x 0.055) = 64 x 1.97; a write 64 x (1.2 x 1.09 +
// 0.88).
TEST(Formulas, AScratchpadGranulePaysItsBankAndItsOwnWire) {
  const EnergyModel model = model_with(
      {{"sram.a", 0.45}, {"sram.b", 0.04}, {"sram.write_factor", 1.2}, {"wire.dedicated", 0.055}});
  EXPECT_DOUBLE_EQ(pj(model, bare_chip(), Action::scratchpad_read), 64 * 1.97);
  EXPECT_DOUBLE_EQ(pj(model, bare_chip(), Action::scratchpad_write), 64 * 2.188);
}

// 64 B x (0.45 + 0.04 x 32 + 8 x 20 mm x 0.1) = 64 x 17.73 = 1134.72: "about 1000 pJ to move a
// 64-byte line 20 mm".
TEST(Formulas, ALineFromTheFarSramPaysTheNetwork) {
  ChipConfig chip = bare_chip();
  chip.far_sram = far_sram_at_20_mm();
  const EnergyModel model = model_with(
      {{"sram.a", 0.45}, {"sram.b", 0.04}, {"sram.write_factor", 1.2}, {"wire.noc", 0.1}});
  EXPECT_DOUBLE_EQ(pj(model, chip, Action::far_sram_read), 1134.72);
  EXPECT_DOUBLE_EQ(pj(model, chip, Action::far_sram_write), 64 * (1.2 * 1.73 + 16.0));
}

TEST(Formulas, AnElementHasAPriceOfItsOwn) {
  const EnergyModel model = model_with({{"element.far_sram", 1000.0}, {"element.hbm", 3000.0}});
  ChipConfig chip = bare_chip();
  chip.far_sram = far_sram_at_20_mm();
  chip.hbm = four_stacks("hbm2");
  EXPECT_EQ(pj(model, chip, Action::far_sram_element), 1000.0);
  EXPECT_EQ(pj(model, chip, Action::hbm_element), 3000.0);
}

// A burst is 32 B = 256 bits; 256 x 2.68 = 686.08, x 0.8 = 204.8, x 1.2 = 307.2, 256 x 10 mm x 0.1
// = 256.
TEST(Formulas, AnHbmBurstPaysEveryStageItCrosses) {
  ChipConfig chip = bare_chip();
  chip.hbm = four_stacks("hbm2");
  const EnergyModel model = model_with({{"hbm.hbm2.activate", 909.0},
                                        {"hbm.hbm2.read", 2.68},
                                        {"hbm.hbm2.write", 2.5},
                                        {"hbm.hbm2.io", 0.8},
                                        {"hbm.hbm2.phy", 1.2},
                                        {"hbm.hbm2.refresh", 58176.0},
                                        {"wire.noc", 0.1}});
  EXPECT_EQ(pj(model, chip, Action::hbm_activate), 909.0);
  EXPECT_DOUBLE_EQ(pj(model, chip, Action::hbm_read), 686.08);
  EXPECT_DOUBLE_EQ(pj(model, chip, Action::hbm_write), 640.0);
  EXPECT_DOUBLE_EQ(pj(model, chip, Action::hbm_io), 204.8);
  EXPECT_DOUBLE_EQ(pj(model, chip, Action::hbm_phy), 307.2);
  EXPECT_DOUBLE_EQ(pj(model, chip, Action::hbm_wire), 256.0);
  EXPECT_EQ(pj(model, chip, Action::hbm_refresh), 58176.0);
}

// 1 W for a nanosecond is 1000 pJ; four stacks.
TEST(Formulas, IdleHbmCostsWattsTimesThePeriodOfTheCoreClock) {
  ChipConfig chip = bare_chip();
  chip.hbm = four_stacks("hbm3");
  const EnergyModel model = model_with({{"hbm.hbm3.background", 2.2}, {"hbm.hbm3.phy_idle", 2.5}});
  EXPECT_DOUBLE_EQ(pj(model, chip, Action::hbm_background), 8800.0);
  EXPECT_DOUBLE_EQ(pj(model, chip, Action::hbm_phy_idle), 10000.0);
}

TEST(Formulas, TheStandardOfTheChipChoosesTheHbmRow) {
  ChipConfig chip = bare_chip();
  chip.hbm = four_stacks("ddr3");
  const EnergyModel model = model_with({{"hbm.ddr3.read", 20.0}, {"hbm.hbm2.read", 2.68}});
  EXPECT_DOUBLE_EQ(pj(model, chip, Action::hbm_read), 64 * 8 * 20.0);  // Bursts of 64 B.
}

// 8 x 5.5 x 0.2 = 8.8 pJ a byte; 6 links x 50 GB/s x 8 x 5.5 pJ x 0.8 = 10.56 W, for 1 ns.
TEST(Formulas, ALinkPaysMostlyForBeingUp) {
  ChipConfig chip = tpu_v4();
  chip.clock = Hertz{1e9};
  chip.idle_power.reset();
  const EnergyModel model = model_with({{"ici.hop", 5.5}, {"ici.static_fraction", 0.8}});
  EXPECT_NEAR(pj(model, chip, Action::link_byte), 8.8, 1e-13);
  EXPECT_DOUBLE_EQ(pj(model, chip, Action::link_powered), 10560.0);
}

TEST(Formulas, AnOpticalLinkPaysBothItsEndsOnTop) {
  ChipConfig chip = tpu_v4();
  chip.idle_power.reset();
  EXPECT_DOUBLE_EQ(pj(model_with({{"ici.optical", 15}}), chip, Action::optical_byte), 120.0);
}

// 100 mm2 at 1 GHz: 100 x 0.05 = 5 W; 100 x 1 x 0.035 x 0.8 = 2.8 W; 6 W.
TEST(Formulas, ADiePaysForAreaAndClock) {
  const EnergyModel model = model_with({{"static.leakage", 0.05},
                                        {"static.clock", 0.035},
                                        {"static.clock_ungated", 0.8},
                                        {"static.miscellaneous", 6.0}});
  EXPECT_DOUBLE_EQ(pj(model, bare_chip(), Action::leakage), 5000.0);
  EXPECT_DOUBLE_EQ(pj(model, bare_chip(), Action::clock_tree), 2800.0);
  EXPECT_DOUBLE_EQ(pj(model, bare_chip(), Action::miscellaneous), 6000.0);
}

TEST(Formulas, WhatTheChipLacksHasNoPrice) {
  const PriceList list = price_list(unit_model(), bare_chip());
  for (const Action action :
       {Action::far_sram_read, Action::far_sram_write, Action::far_sram_element,
        Action::hbm_activate, Action::hbm_read, Action::hbm_element, Action::hbm_refresh,
        Action::hbm_background, Action::hbm_phy_idle, Action::link_byte, Action::link_powered,
        Action::unexplained}) {
    EXPECT_FALSE(list.pj[static_cast<std::size_t>(action)].has_value()) << name(action);
  }
}

EnergyModel static_7_nm() {
  return model_with({{"static.leakage", 0.05, 0.5, 2.0},
                     {"static.clock", 0.035, 0.5, 2.0},
                     {"static.clock_ungated", 0.8},
                     {"static.miscellaneous", 6.0},
                     {"ici.hop", 5.5},
                     {"ici.static_fraction", 0.8},
                     {"hbm.hbm2.background", 0.528},
                     {"hbm.hbm2.phy_idle", 1.5},
                     {"hbm.hbm2.refresh", 58176.0}});
}

// TPU v4: leakage 30, clock 600 x 1.05 x 0.035 x 0.8 = 17.64, links 10.56, HBM background 2.112,
// PHYs 6, refresh 64 pseudo-channels x 58176 pJ / 3.9 us = 0.95468, miscellaneous 6: 73.267 W
// of 90.
TEST(Formulas, WhatTheStaticLinesOfTpuV4DoNotExplainIs16Point7Watts) {
  const double watt = 1e12 / 1.05e9;  // pJ a cycle.
  EXPECT_NEAR(pj(static_7_nm(), tpu_v4(), Action::unexplained) / watt, 16.7333, 1e-3);
}

TEST(Formulas, NothingIsUnexplainedUnderAnotherNode) {
  EnergyModel model = static_7_nm();
  model.node = "n5";
  const PriceList list = price_list(model, tpu_v4());
  EXPECT_FALSE(list.pj[static_cast<std::size_t>(Action::unexplained)].has_value());
}

TEST(Formulas, ASampleOfTheLeakageMovesTheUnexplainedPartTheOtherWay) {
  const EnergyModel model = static_7_nm();
  std::vector<double> values = nominal_values(model);
  values[static_cast<std::size_t>(&model.at("static.leakage") - model.parameters.data())] = 0.1;
  const PriceList sampled = price_list(model, tpu_v4(), values);
  const double watt = 1e12 / 1.05e9;
  // 16.733 W less another 600 mm2 x 0.05 W: negative, so that the sum stays at 90 W.
  EXPECT_NEAR(*sampled.pj[static_cast<std::size_t>(Action::unexplained)] / watt, -13.2667, 1e-3);
}

TEST(Formulas, StaticLinesAboveTheMeasuredIdlePowerAreAnErrorThatNamesBoth) {
  ChipConfig chip = tpu_v4();
  chip.idle_power = Watts{70.0};
  try {
    (void)price_list(static_7_nm(), chip);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_EQ(
        error.diagnostics().front().message,
        "energy model 'unit' explains 73.27 W of static power on chip 'tpu_v4', more than its "
        "measured idle power of 70 W");
  }
}

TEST(Formulas, AParameterThatTheTableLacksIsABug) {
  EXPECT_THROW((void)unit_model().at("mac.fp4"), Bug);
}

}  // namespace
}  // namespace systole
