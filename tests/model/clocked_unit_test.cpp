// SPDX-License-Identifier: Apache-2.0
// The contract's rules at the pins, rule by rule.
#include "model/clocked_unit.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <vector>

#include "base/error.hpp"
#include "clocked_bench.hpp"
#include "model/clocked.hpp"
#include "numerics/arithmetic.hpp"

namespace systole::model {
namespace {

ArrayConfig small(Dataflow dataflow = Dataflow::weight_stationary) {
  return array_config(DataType::int8, 3, 4, dataflow, Preload::double_buffered, 1, 8);
}

// A pass of so many rows, all zero.
Pass zeros(const ArrayConfig& config, std::uint32_t rows) {
  return {.weights =
              std::vector<Row>(config.dataflow == Dataflow::weight_stationary ? config.rows : rows,
                               Row(words(config.columns, bits(config.type)))),
          .activations = std::vector<Row>(
              rows, Row(words(config.rows, bits(numerics::activation_type(config.type)))))};
}

std::uint64_t cycles_of(const ArrayConfig& config, const std::vector<Pass>& passes) {
  const auto unit = clocked_unit(config);
  return Bench(*unit, config).run(passes).cycles;
}

TEST(ClockedUnit, ThatCannotBeIsABug) {
  const auto broken = [](auto change) {
    ArrayConfig config = small();
    change(config);
    return config;
  };
  EXPECT_THROW((void)clocked_unit(broken([](auto& c) { c.rows = 0; })), Bug);
  EXPECT_THROW((void)clocked_unit(broken([](auto& c) { c.columns = 0; })), Bug);
  EXPECT_THROW((void)clocked_unit(broken([](auto& c) { c.type = DataType::fp32; })), Bug);
  EXPECT_THROW((void)clocked_unit(broken([](auto& c) { c.latency = 0; })), Bug);
  EXPECT_THROW((void)clocked_unit(broken([](auto& c) { c.latency = 4; })), Bug);
  EXPECT_THROW((void)clocked_unit(broken([](auto& c) { c.accumulator_rows = 0; })), Bug);
  EXPECT_THROW((void)clocked_unit(broken([](auto& c) { c.scale_slots = 0; })), Bug);
  EXPECT_THROW((void)clocked_unit(broken([](auto& c) { c.result_slots = 0; })), Bug);
  EXPECT_THROW((void)clocked_unit(broken([](auto& c) { c.dataflow = Dataflow::input_stationary; })),
               Bug);
  EXPECT_THROW((void)clocked_unit(broken([](auto& c) {
                 c.dataflow = Dataflow::output_stationary;
                 c.latency = 2;
               })),
               Bug);
  EXPECT_THROW((void)clocked_unit(broken([](auto& c) {
                 c.dataflow = Dataflow::output_stationary;
                 c.result_slots = c.rows - 1;
               })),
               Bug);
}

// Steady: a row a cycle. A row holds its slot from its transfer in cycle e until its result
// transfers in e + (R+1) L + C.
TEST(ClockedUnit, ResultSlotsOfTheWayThroughPlusOneKeepAStreamRunning) {
  for (const std::uint32_t latency : {1U, 2U, 3U}) {
    ArrayConfig config = array_config(DataType::int8, 3, 4, Dataflow::weight_stationary,
                                      Preload::double_buffered, latency, 100);
    const std::vector<Pass> passes{zeros(config, 100)};
    const std::uint64_t steady = 3 + 99 + (3 + 1) * latency + 4 + 1;
    EXPECT_EQ(config.result_slots, (3 + 1) * latency + 4 + 1);
    EXPECT_EQ(cycles_of(config, passes), steady);
    --config.result_slots;
    EXPECT_GT(cycles_of(config, passes), steady);
  }
}

TEST(ClockedUnit, ResultSlotsOfTheWayThroughPlusOneKeepOutputStationaryTilesRunning) {
  ArrayConfig config = small(Dataflow::output_stationary);
  const std::vector<Pass> tiles(20, zeros(config, 3));  // As deep as the array has rows.
  const std::uint64_t steady = 20 * 3 - 1 + (3 - 1) + 4 + 2 + 1;
  EXPECT_EQ(config.result_slots, (3 + 1) + 4 + 1);
  EXPECT_EQ(cycles_of(config, tiles), steady);
  --config.result_slots;
  EXPECT_GT(cycles_of(config, tiles), steady);
}

// Drives a unit pin by pin.
class Pins {
 public:
  explicit Pins(const ArrayConfig& config) : config_(config), unit_(clocked_unit(config)) {
    inputs.weights.resize(words(config.columns, bits(config.type)));
    inputs.scales.resize(config.columns);
    inputs.activations.resize(words(config.rows, bits(numerics::activation_type(config.type))));
    inputs.pass = kWhole;
  }

  const UnitOutputs& settle() { return unit_->settle(inputs); }
  void clock(std::uint32_t edges = 1) {
    for (; edges > 0; --edges) {
      (void)settle();
      unit_->clock();
    }
  }
  void load_tile() {
    inputs.weights_valid = true;
    clock(config_.rows);
    inputs.weights_valid = false;
  }
  // A pass of one row.
  void stream_row() {
    inputs.activations_valid = inputs.first = inputs.last = true;
    clock();
    inputs.activations_valid = false;
  }

  UnitInputs inputs;

 private:
  const ArrayConfig config_;
  std::unique_ptr<ArrayUnit> unit_;
};

TEST(ClockedUnit, IsReadyForWeightsUntilATileIsLoadedAndAgainWhenItsPassBegins) {
  Pins pins(small());
  EXPECT_TRUE(pins.settle().weights_ready);
  pins.load_tile();
  EXPECT_FALSE(pins.settle().weights_ready);
  pins.inputs.first = pins.inputs.last = true;
  EXPECT_TRUE(pins.settle().activations_ready);
  EXPECT_FALSE(pins.settle().weights_ready);  // Nothing transfers yet.
  pins.inputs.activations_valid = true;
  EXPECT_TRUE(pins.settle().weights_ready);  // In the very cycle.
}

TEST(ClockedUnit, APassBeginsOnlyWhenAllRowsOfItsTileHaveBeenTaken) {
  Pins pins(small());
  pins.inputs.first = true;
  pins.inputs.weights_valid = true;
  pins.clock(2);
  EXPECT_FALSE(pins.settle().activations_ready);
  pins.clock();
  EXPECT_TRUE(pins.settle().activations_ready);
}

TEST(ClockedUnit, AResultIsThereAtItsCycleAndAllZeroBefore) {
  Pins pins(small());
  pins.inputs.weights_valid = true;
  pins.inputs.weights = {0x04030201};
  pins.clock(3);
  pins.inputs.weights_valid = false;
  pins.inputs.activations = {0x00010101};
  pins.stream_row();  // e; now in cycle e + 1.
  for (std::uint32_t cycle = 1; cycle < (3 + 1) * 1 + 4; ++cycle) {
    EXPECT_FALSE(pins.settle().results_valid);
    EXPECT_EQ(pins.settle().results, Row(4));
    pins.clock();
  }
  for (int waits = 0; waits < 3; ++waits) {  // Until it is taken.
    EXPECT_TRUE(pins.settle().results_valid);
    EXPECT_EQ(pins.settle().results, (Row{3, 6, 9, 12}));
    pins.clock();
  }
  pins.inputs.results_ready = true;
  pins.clock();
  EXPECT_FALSE(pins.settle().results_valid);
  EXPECT_EQ(pins.settle().results, Row(4));
}

TEST(ClockedUnit, ARowOfScalesIsInUseUntilItsPassHasLeftTheAccumulators) {
  ArrayConfig config = small();
  config.scale_slots = 1;
  Pins pins(config);
  pins.load_tile();
  pins.inputs.pass.scaled = true;
  pins.inputs.first = true;
  pins.inputs.scales_valid = true;
  EXPECT_FALSE(pins.settle().activations_ready);  // No scales to claim,
  EXPECT_TRUE(pins.settle().scales_ready);
  pins.clock();  // and in the cycle after their transfer there are.
  EXPECT_TRUE(pins.settle().activations_ready);
  EXPECT_FALSE(pins.settle().scales_ready);
  pins.stream_row();
  for (std::uint32_t cycle = 1; cycle < (3 + 1) * 1 + 4; ++cycle) {
    EXPECT_FALSE(pins.settle().scales_ready);
    pins.clock();
  }
  EXPECT_TRUE(pins.settle().scales_ready);
}

TEST(ClockedUnit, APassThatDoesNotEndItsGroupNeedsNeitherScalesNorCredits) {
  ArrayConfig config = small();
  config.result_slots = 1;
  Pins pins(config);
  pins.load_tile();
  pins.stream_row();  // Takes the only credit.
  pins.load_tile();
  pins.inputs.first = true;
  EXPECT_FALSE(pins.settle().activations_ready);
  pins.inputs.pass.result_end = false;
  EXPECT_TRUE(pins.settle().activations_ready);
  pins.inputs.pass.scaled = true;
  EXPECT_FALSE(pins.settle().activations_ready);
  pins.inputs.pass.sum_end = false;
  EXPECT_TRUE(pins.settle().activations_ready);
  // result_end does not make a row leave whose group goes on.
  pins.inputs.pass.result_end = true;
  EXPECT_TRUE(pins.settle().activations_ready);
  pins.stream_row();
  pins.inputs.results_ready = true;
  std::uint32_t results = 0;
  for (int cycle = 0; cycle < 20; ++cycle) {
    results += pins.settle().results_valid ? 1 : 0;
    pins.clock();
  }
  EXPECT_EQ(results, 1);  // The pass before.
}

TEST(ClockedUnit, AResultThatWaitsIsNotTouchedByRowsThatStay) {
  ArrayConfig config = small();
  config.result_slots = 1;
  Pins pins(config);
  pins.inputs.weights = {0x01010101};
  pins.load_tile();
  pins.inputs.activations = {0x00030201};
  pins.stream_row();
  pins.load_tile();
  pins.inputs.pass.result_end = false;
  pins.inputs.activations = {0x00090909};
  pins.stream_row();
  pins.clock(20);
  EXPECT_EQ(pins.settle().results, Row(4, 1 + 2 + 3));
}

TEST(ClockedUnit, ACreditIsUsableInTheCycleAfterItsResultTransfers) {
  ArrayConfig config = small();
  config.result_slots = 1;
  Pins pins(config);
  pins.load_tile();
  pins.stream_row();
  pins.load_tile();
  pins.inputs.first = true;
  pins.inputs.results_ready = true;
  while (!pins.settle().results_valid) {
    EXPECT_FALSE(pins.settle().activations_ready);
    pins.clock();
  }
  EXPECT_FALSE(pins.settle().activations_ready);
  pins.clock();
  EXPECT_TRUE(pins.settle().activations_ready);
}

TEST(ClockedUnit, ResetEmptiesItAtOnceAndWithoutAClock) {
  Pins pins(small());
  pins.load_tile();
  pins.inputs.scales_valid = true;
  pins.clock();
  pins.inputs.scales_valid = false;
  pins.stream_row();
  pins.clock(20);
  EXPECT_TRUE(pins.settle().results_valid);
  pins.load_tile();
  EXPECT_FALSE(pins.settle().weights_ready);

  pins.inputs.reset = true;
  EXPECT_EQ(pins.settle(), (UnitOutputs{.results = Row(4)}));  // Nothing ready, nothing valid.
  pins.inputs.reset = false;
  EXPECT_FALSE(pins.settle().results_valid);
  EXPECT_TRUE(pins.settle().weights_ready);
  pins.inputs.first = true;
  EXPECT_FALSE(pins.settle().activations_ready);  // No tile,
  pins.load_tile();
  EXPECT_TRUE(pins.settle().activations_ready);  // all credits,
  pins.inputs.pass.scaled = true;
  EXPECT_FALSE(pins.settle().activations_ready);  // no scales.
}

TEST(ClockedUnit, WhatIsInFlightAtAResetNeverComesOut) {
  for (const Dataflow dataflow : {Dataflow::weight_stationary, Dataflow::output_stationary}) {
    Pins pins(small(dataflow));
    pins.load_tile();
    pins.stream_row();
    pins.inputs.reset = true;
    (void)pins.settle();
    pins.inputs.reset = false;
    for (int cycle = 0; cycle < 30; ++cycle) {
      ASSERT_FALSE(pins.settle().results_valid);
      pins.clock();
    }
  }
}

TEST(ClockedUnit, PinsDrivenAgainstTheContractAreABug) {
  Pins never_first(small());
  never_first.inputs.activations_valid = true;
  EXPECT_THROW(never_first.clock(), Bug);

  Pins twice_first(small());
  twice_first.load_tile();
  twice_first.inputs.activations_valid = twice_first.inputs.first = true;
  twice_first.clock();
  twice_first.load_tile();
  EXPECT_THROW(twice_first.clock(), Bug);

  Pins other_flags(small());
  other_flags.load_tile();
  other_flags.inputs.activations_valid = other_flags.inputs.first = true;
  other_flags.clock();
  other_flags.inputs.first = false;
  other_flags.inputs.pass.result_end = false;
  EXPECT_THROW(other_flags.clock(), Bug);

  Pins too_long(small());
  too_long.inputs.results_ready = true;
  too_long.load_tile();
  too_long.inputs.activations_valid = too_long.inputs.first = true;
  too_long.clock();
  too_long.inputs.first = false;
  too_long.clock(7);
  EXPECT_THROW(too_long.clock(), Bug);  // Row 9 of 8.

  Pins short_row(small());
  short_row.inputs.weights_valid = true;
  short_row.inputs.weights = {};
  EXPECT_THROW(short_row.clock(), Bug);

  Pins operands(small(Dataflow::output_stationary));
  operands.inputs.activations_valid = true;
  EXPECT_THROW(operands.clock(), Bug);
}

TEST(ClockedUnit, PrintsItsPins) {
  std::ostringstream text;
  UnitInputs inputs;
  inputs.weights_valid = inputs.first = true;
  inputs.weights = {0x1f, 2};
  inputs.pass = kWhole;
  text << inputs;
  EXPECT_EQ(text.str(),
            "reset 0 weights 1 1f 2 scales 0  activations 0  first 1 last 0 sum 11 scaled 0 "
            "result 11 results_ready 0");
  text.str("");
  text << UnitOutputs{.weights_ready = true, .results_valid = true, .results = {0xff}};
  EXPECT_EQ(text.str(), "ready: weights 1 scales 0 activations 0; results 1 ff");
}

}  // namespace
}  // namespace systole::model
