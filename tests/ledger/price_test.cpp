// SPDX-License-Identifier: Apache-2.0
#include "ledger/price.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstring>

#include "base/error.hpp"
#include "models.hpp"

namespace systole {
namespace {

using namespace systole::test;
using testing::ElementsAre;

LedgerLine line(Action action, std::uint64_t count, OperationId operation = 1) {
  return {component_of(action), operation, Tensor::none, action, count};
}

const std::vector<std::string> kOperations{"static", "matmul", "norm"};

Bill bill_of(const std::vector<LedgerLine>& lines, const EnergyModel& model,
             const ChipConfig& chip = bare_chip(), std::uint32_t samples = 2048,
             std::uint64_t seed = 1) {
  return price(lines, kOperations, model, chip, samples, seed);
}

std::vector<std::string> mistakes_of(const std::vector<LedgerLine>& lines, const EnergyModel& model,
                                     const ChipConfig& chip) {
  try {
    (void)bill_of(lines, model, chip);
  } catch (const UserError& error) {
    std::vector<std::string> messages;
    for (const Diagnostic& diagnostic : error.diagnostics()) {
      messages.push_back(diagnostic.message);
    }
    return messages;
  }
  return {};
}

bool same_bytes(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

// 10^12 x 0.65 pJ + 10^9 x 2 pJ = 0.652 J, and 10^9 cycles x 100 mm2 x 0.05 W x 1 ns = 5 J.
TEST(Price, ALineIsCountTimesPrice) {
  const EnergyModel model =
      model_with({{"mac.bf16", 0.65}, {"vector.add", 2.0}, {"static.leakage", 0.05}});
  const Bill bill =
      bill_of({line(Action::mac_bf16, 1'000'000'000'000), line(Action::lane_add, 1'000'000'000, 2),
               line(Action::leakage, 1'000'000'000, kNoOperation)},
              model);
  ASSERT_EQ(bill.lines.size(), 3);
  EXPECT_EQ(bill.lines[0].operation, "matmul");
  EXPECT_EQ(bill.lines[0].pj_each, 0.65);
  EXPECT_DOUBLE_EQ(bill.lines[0].energy_j, 0.65);
  EXPECT_EQ(bill.lines[1].operation, "norm");
  EXPECT_DOUBLE_EQ(bill.lines[1].energy_j, 0.002);
  EXPECT_EQ(bill.lines[2].operation, "static");
  EXPECT_DOUBLE_EQ(bill.lines[2].energy_j, 5.0);
  EXPECT_DOUBLE_EQ(bill.total_j.nominal, 5.652);
  EXPECT_DOUBLE_EQ(bill.static_j, 5.0);
  EXPECT_DOUBLE_EQ(bill.dynamic_j, 0.652);
}

TEST(Price, NothingCostsNothing) {
  const Bill bill = bill_of({}, unit_model());
  EXPECT_EQ(bill.total_j.nominal, 0.0);
  EXPECT_EQ(bill.total_j.p95, 0.0);
  EXPECT_EQ(bill.assumed_share, 0.0);
  EXPECT_TRUE(bill.drivers.empty());
}

TEST(Price, ACertainModelHasNoSpread) {
  const Bill bill = bill_of({line(Action::mac_bf16, 1000)}, unit_model());
  EXPECT_EQ(bill.total_j.p5, bill.total_j.nominal);
  EXPECT_EQ(bill.total_j.p50, bill.total_j.nominal);
  EXPECT_EQ(bill.total_j.p95, bill.total_j.nominal);
}

// The rank of p5 among 2^16 draws deviates by sqrt(0.05 x 0.95 x 2^16) = 56 of 3277, which moves
// the quantile by 0.085% / density(-1.645) x sigma = 0.004 in the logarithm; 4 deviations.
TEST(Price, TheRangeOfOneParameterIsTheRangeOfTheTotal) {
  const EnergyModel model = model_with({{"mac.bf16", 0.65, 0.69, 1.55}});
  const Bill bill = bill_of({line(Action::mac_bf16, 1'000'000'000'000)}, model, bare_chip(), 65536);
  EXPECT_NEAR(bill.total_j.p5 / (0.65 * 0.69), 1.0, 0.010);
  EXPECT_NEAR(bill.total_j.p95 / (0.65 * 1.55), 1.0, 0.010);
  EXPECT_NEAR(bill.total_j.p50 / (0.65 * std::sqrt(0.69 * 1.55)), 1.0, 0.006);
  EXPECT_DOUBLE_EQ(bill.total_j.nominal, 0.65);
}

// Both parameters have sigma = ln 2 / 1.645; independent ones would give a total of less spread,
// one and the same parameter in two lines gives the full range.
TEST(Price, AParameterMovesAllItsLinesTogetherAndNoOther) {
  const EnergyModel model = model_with({{"mac.bf16", 1.0, 0.5, 2.0}, {"mac.int8", 1.0, 0.5, 2.0}});
  const std::uint64_t tera = 1'000'000'000'000;
  const Bill same = bill_of({line(Action::mac_bf16, tera), line(Action::mac_bf16, tera, 2)}, model);
  const Bill two = bill_of({line(Action::mac_bf16, tera), line(Action::mac_int8, tera)}, model);
  EXPECT_NEAR(same.total_j.p95, 4.0, 0.25);
  EXPECT_LT(two.total_j.p95, 3.6);
}

TEST(Price, AShareNeverExceedsTheWhole) {
  ChipConfig chip = tpu_v4();
  chip.idle_power.reset();
  const EnergyModel model = model_with({{"ici.static_fraction", 0.95, 0.5, 2.0}});
  const Bill bill = bill_of({line(Action::link_byte, 1'000'000)}, model, chip);
  EXPECT_EQ(bill.total_j.p5, 0.0);
  EXPECT_EQ(bill.drivers.at(0).high_j, 0.0);
}

TEST(Price, TheSameSeedGivesTheSameBytes) {
  const EnergyModel model =
      model_with({{"mac.bf16", 0.65, 0.69, 1.55}, {"vector.add", 1.1, 0.55, 2.5}});
  const std::vector<LedgerLine> lines{line(Action::mac_bf16, 12345), line(Action::lane_add, 999)};
  const Bill first = bill_of(lines, model, bare_chip(), 2048, 7);
  const Bill again = bill_of(lines, model, bare_chip(), 2048, 7);
  const Bill other = bill_of(lines, model, bare_chip(), 2048, 8);
  EXPECT_TRUE(same_bytes(first.total_j.p5, again.total_j.p5));
  EXPECT_TRUE(same_bytes(first.total_j.p50, again.total_j.p50));
  EXPECT_TRUE(same_bytes(first.total_j.p95, again.total_j.p95));
  EXPECT_NE(first.total_j.p50, other.total_j.p50);
}

TEST(Price, AParameterMoreInTheModelMovesNoQuantile) {
  const EnergyModel model = model_with({{"mac.bf16", 0.65, 0.69, 1.55}});
  EnergyModel longer = model;
  longer.parameters.insert(longer.parameters.begin(),
                           {"new.thing", 1.0, 0.5, 2.0, ValueKind::derived, "test", ""});
  const std::vector<LedgerLine> lines{line(Action::mac_bf16, 12345)};
  EXPECT_TRUE(same_bytes(bill_of(lines, model).total_j.p95, bill_of(lines, longer).total_j.p95));
}

// 10^12 products of 0.5 pJ at rest cost 0.2 of that, at random data all of it.
TEST(Price, ActivityScalesWhatLiesAboveOperandsAtRest) {
  const EnergyModel model = model_with(
      {{"mac.int8", 0.5}, {"array.zero_operand", 0.2}, {"array.weight_shift_bit", 0.004}});
  const std::uint64_t tera = 1'000'000'000'000;
  const auto of = [&](Tensor held, Action action) {
    return LedgerLine{Component::matrix_unit, 1, held, action, tera};
  };
  Activities activities{};
  activities[static_cast<std::size_t>(Tensor::weight)] = {.mac = 0.0, .shift = 0.5};
  activities[static_cast<std::size_t>(Tensor::kv)] = {.mac = 0.5, .shift = 1.0};
  const Bill bill =
      price({of(Tensor::weight, Action::mac_int8), of(Tensor::kv, Action::mac_int8),
             of(Tensor::weight, Action::weight_shift_bit), of(Tensor::kv, Action::weight_shift_bit),
             of(Tensor::activation, Action::accumulator_read)},
            kOperations, model, bare_chip(), 16, 1, activities);
  EXPECT_DOUBLE_EQ(bill.lines[0].energy_j, 0.5 * 0.2);
  EXPECT_DOUBLE_EQ(bill.lines[1].energy_j, 0.5 * (0.2 + 0.8 * 0.5));
  EXPECT_DOUBLE_EQ(bill.lines[2].energy_j, 0.004 * (0.2 + 0.8 * 0.5));
  EXPECT_DOUBLE_EQ(bill.lines[3].energy_j, 0.004);
  EXPECT_DOUBLE_EQ(bill.lines[4].energy_j, 1.0);  // Whatever the operands are.
}

TEST(Price, TheQuantilesOfOneSampleAreThatSample) {
  const EnergyModel model = model_with({{"mac.bf16", 0.65, 0.69, 1.55}});
  const Bill bill = bill_of({line(Action::mac_bf16, 1000)}, model, bare_chip(), 1);
  EXPECT_EQ(bill.total_j.p5, bill.total_j.p95);
  EXPECT_THROW((void)bill_of({}, model, bare_chip(), 0), Bug);
}

// Swings: bf16 100 x (2 - 0.5) = 150, add 10 x 2 = 20, fma 1 x 9.9; bundle certain.
TEST(Price, DriversAreTheParametersOfTheLargestSwingFirst) {
  const EnergyModel model = model_with(
      {{"mac.bf16", 1.0, 0.5, 2.0}, {"vector.add", 1.0, 0.5, 2.5}, {"vector.fma", 1.0, 0.1, 10.0}});
  const std::uint64_t tera = 1'000'000'000'000;
  const Bill bill = bill_of({line(Action::lane_fma, tera), line(Action::lane_add, 10 * tera),
                             line(Action::mac_bf16, 100 * tera), line(Action::bundle, 500 * tera)},
                            model);
  ASSERT_EQ(bill.drivers.size(), 3);
  EXPECT_EQ(bill.drivers[0].key, "mac.bf16");
  EXPECT_DOUBLE_EQ(bill.drivers[0].low_j, 611.0 - 50.0);
  EXPECT_DOUBLE_EQ(bill.drivers[0].high_j, 611.0 + 100.0);
  EXPECT_EQ(bill.drivers[1].key, "vector.add");
  EXPECT_EQ(bill.drivers[2].key, "vector.fma");
}

TEST(Price, NoMoreThanFiveDriversAreKept) {
  const EnergyModel model = model_with({{"mac.bf16", 1.0, 0.5, 2.0},
                                        {"mac.fp8", 1.0, 0.5, 2.0},
                                        {"mac.int8", 1.0, 0.5, 2.0},
                                        {"mac.int4", 1.0, 0.5, 2.0},
                                        {"vector.add", 1.0, 0.5, 2.0},
                                        {"vector.fma", 1.0, 0.5, 2.0}});
  const Bill bill =
      bill_of({line(Action::lane_fma, 10), line(Action::lane_add, 10), line(Action::mac_int4, 10),
               line(Action::mac_int8, 10), line(Action::mac_fp8, 10), line(Action::mac_bf16, 10)},
              model);
  std::vector<std::string> keys;
  for (const Driver& driver : bill.drivers) {
    keys.push_back(driver.key);
  }
  // Equal swings stay in the order of the table.
  EXPECT_THAT(keys, ElementsAre("mac.bf16", "mac.fp8", "mac.int8", "mac.int4", "vector.add"));
}

TEST(Price, AMeasuredIdlePowerPinsTheStaticEnergyWhateverTheLeakage) {
  ChipConfig chip = bare_chip();
  chip.idle_power = Watts{20.0};
  const EnergyModel model = model_with({{"static.leakage", 0.05, 0.5, 2.0},
                                        {"static.clock", 0.035, 0.5, 2.0},
                                        {"static.clock_ungated", 0.8, 0.5, 1.2},
                                        {"static.miscellaneous", 6.0, 0.5, 2.0}});
  const std::uint64_t second = 1'000'000'000;  // Cycles.
  const Bill bill =
      bill_of({line(Action::leakage, second, 0), line(Action::clock_tree, second, 0),
               line(Action::miscellaneous, second, 0), line(Action::unexplained, second, 0)},
              model, chip);
  EXPECT_NEAR(bill.total_j.nominal, 20.0, 1e-9);
  EXPECT_NEAR(bill.total_j.p5, 20.0, 1e-9);
  EXPECT_NEAR(bill.total_j.p95, 20.0, 1e-9);
  // 20 - 5 - 2.8 - 6.
  EXPECT_NEAR(bill.lines[3].energy_j, 6.2, 1e-9);
}

TEST(Price, TheUnexplainedPartKeepsItsCountButCostsNothingUnderAnotherNode) {
  ChipConfig chip = bare_chip();
  chip.idle_power = Watts{20.0};
  EnergyModel model = unit_model();
  model.node = "n5";
  const Bill bill = bill_of({line(Action::unexplained, 1000, 0)}, model, chip);
  ASSERT_EQ(bill.lines.size(), 1);
  EXPECT_EQ(bill.lines[0].line.count, 1000);
  EXPECT_EQ(bill.lines[0].energy_j, 0.0);
  EXPECT_EQ(bill.total_j.nominal, 0.0);
}

// Half the joules are an assumed bundle, half a derived product.
TEST(Price, TheAssumedShareIsTheShareOfJoulesOnAssumedParameters) {
  const EnergyModel model =
      model_with({{"sequencer.bundle", 100.0, 0.4, 2.5, ValueKind::assumed}, {"mac.bf16", 1.0}});
  const Bill bill = bill_of({line(Action::bundle, 10), line(Action::mac_bf16, 1000)}, model);
  EXPECT_DOUBLE_EQ(bill.assumed_share, 0.5);
}

// A product of two parameters rests on each alike. 8 x hop x (1 - 0.8) has elasticities 1 (hop) and
// -4 (fraction): four fifths of it rest on the fraction.
TEST(Price, APriceOfSeveralParametersIsDividedByElasticity) {
  const EnergyModel clock = model_with(
      {{"static.clock", 0.035}, {"static.clock_ungated", 0.8, 1, 1, ValueKind::assumed}});
  EXPECT_DOUBLE_EQ(bill_of({line(Action::clock_tree, 9, 0)}, clock).assumed_share, 0.5);

  ChipConfig chip = tpu_v4();
  chip.idle_power.reset();
  const EnergyModel link =
      model_with({{"ici.hop", 5.5}, {"ici.static_fraction", 0.8, 1, 1, ValueKind::assumed}});
  EXPECT_NEAR(bill_of({line(Action::link_byte, 9)}, link, chip).assumed_share, 0.8, 1e-12);
}

TEST(Price, EveryCountedActionWithoutAPriceIsNamed) {
  EXPECT_THAT(
      mistakes_of({line(Action::far_sram_read, 12), line(Action::hbm_read, 3),
                   line(Action::far_sram_read, 30, 2), line(Action::mac_bf16, 5)},
                  unit_model(), bare_chip()),
      ElementsAre("'far_sram_read' was counted 42 times, but energy model 'unit' has no "
                  "price for it on chip 'bare'",
                  "'hbm_read' was counted 3 times, but energy model 'unit' has no price for "
                  "it on chip 'bare'"));
}

TEST(Price, AnOverrideThatNothingReadsIsAnError) {
  EnergyModel model = unit_model();
  model.overridden = {"hbm.hbm3e.read", "mac.bf16", "mac.int8"};
  ChipConfig chip = tpu_v4();
  chip.idle_power.reset();
  // int8 could be read by this chip, but nothing of this kind happened.
  EXPECT_THAT(mistakes_of({line(Action::mac_bf16, 1), line(Action::hbm_read, 1)}, model, chip),
              ElementsAre("'hbm.hbm3e.read' overridden but 0 actions used it",
                          "'mac.int8' overridden but 0 actions used it"));
  model.overridden = {"mac.bf16"};
  EXPECT_THAT(mistakes_of({line(Action::mac_bf16, 1)}, model, chip), ElementsAre());
}

std::vector<LedgerLine> arbitrary_lines() {
  std::vector<LedgerLine> lines;
  const int n = *rc::gen::inRange(0, 60);
  for (int i = 0; i < n; ++i) {
    lines.push_back(line(static_cast<Action>(*rc::gen::inRange<int>(0, kActions)),
                         *rc::gen::inRange<std::uint64_t>(0, 1'000'000'000'000),
                         *rc::gen::inRange<OperationId>(0, 3)));
  }
  return lines;
}

EnergyModel arbitrary_model() {
  EnergyModel model = unit_model();
  for (Parameter& parameter : model.parameters) {
    parameter.value = *rc::gen::inRange(1, 1000) * 0.001;
    parameter.low = 0.5;
    parameter.high = 2.0;
  }
  return model;
}

ChipConfig whole_chip() {
  ChipConfig chip = tpu_v4();
  chip.idle_power = Watts{1e6};
  return chip;
}

double scale_of(const Bill& bill) {
  double sum = 0.0;
  for (const BillLine& each : bill.lines) {
    sum += std::abs(each.energy_j);
  }
  return sum;
}

TEST(Price, LinesAddUpToTheTotal) {
  EXPECT_TRUE(rc::check([] {
    EnergyModel model = arbitrary_model();
    const_cast<Parameter&>(model.at("static.idle_power")).value = 1.0;
    const Bill bill = bill_of(arbitrary_lines(), model, whole_chip(), 16);
    double sum = 0.0;
    for (const BillLine& each : bill.lines) {
      RC_ASSERT(
          same_bytes(each.energy_j, static_cast<double>(each.line.count) * each.pj_each * 1e-12));
      sum += each.energy_j;
    }
    RC_ASSERT(same_bytes(sum, bill.total_j.nominal));
    RC_ASSERT(std::abs(bill.static_j + bill.dynamic_j - sum) <= 1e-12 * scale_of(bill));
    RC_ASSERT(bill.assumed_share == 0.0);
  }));
}

TEST(Price, PricingTwoLedgersIsPricingTheirSum) {
  EXPECT_TRUE(rc::check([] {
    EnergyModel model = arbitrary_model();
    const_cast<Parameter&>(model.at("static.idle_power")).value = 1.0;
    const std::vector<LedgerLine> one = arbitrary_lines();
    const std::vector<LedgerLine> two = arbitrary_lines();
    std::vector<LedgerLine> both = one;
    both.insert(both.end(), two.begin(), two.end());
    const Bill a = bill_of(one, model, whole_chip(), 1);
    const Bill b = bill_of(two, model, whole_chip(), 1);
    const Bill sum = bill_of(both, model, whole_chip(), 1);
    const double tolerance = 1e-11 * scale_of(sum);
    RC_ASSERT(std::abs(a.total_j.nominal + b.total_j.nominal - sum.total_j.nominal) <= tolerance);
    // One sample is one set of prices: it adds up too.
    RC_ASSERT(std::abs(a.total_j.p50 + b.total_j.p50 - sum.total_j.p50) <= tolerance);
  }));
}

TEST(Price, TwiceTheCountsAreTwiceTheJoulesAtEveryQuantile) {
  EXPECT_TRUE(rc::check([] {
    EnergyModel model = arbitrary_model();
    const_cast<Parameter&>(model.at("static.idle_power")).value = 1.0;
    const std::vector<LedgerLine> once = arbitrary_lines();
    std::vector<LedgerLine> twice = once;
    for (LedgerLine& each : twice) {
      each.count *= 2;
    }
    const Bill a = bill_of(once, model, whole_chip(), 64);
    const Bill b = bill_of(twice, model, whole_chip(), 64);
    RC_ASSERT(same_bytes(2 * a.total_j.nominal, b.total_j.nominal));
    RC_ASSERT(same_bytes(2 * a.total_j.p5, b.total_j.p5));
    RC_ASSERT(same_bytes(2 * a.total_j.p95, b.total_j.p95));
    RC_ASSERT(a.total_j.p5 <= a.total_j.p50 && a.total_j.p50 <= a.total_j.p95);
  }));
}

TEST(Price, TheOrderOfLinesDoesNotChangeTheSpread) {
  EXPECT_TRUE(rc::check([] {
    const EnergyModel model =
        model_with({{"mac.bf16", 0.65, 0.69, 1.55}, {"vector.add", 1.1, 0.55, 2.5}});
    const auto n = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
    const auto m = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
    const Bill a = bill_of({line(Action::mac_bf16, n), line(Action::lane_add, m)}, model);
    const Bill b = bill_of({line(Action::lane_add, m), line(Action::mac_bf16, n)}, model);
    RC_ASSERT(same_bytes(a.total_j.p5, b.total_j.p5));
    RC_ASSERT(same_bytes(a.total_j.p95, b.total_j.p95));
  }));
}

}  // namespace
}  // namespace systole
