// SPDX-License-Identifier: Apache-2.0
// The contract's numbers, counted by hand from rtl/README.md, and the clocked model held against it
// at shapes that are not verilated.
#include <gtest/gtest.h>

#include <array>

#include "cosim/contract_unit.hpp"
#include "cosim/elements.hpp"
#include "cosim/lockstep.hpp"
#include "cosim/random_passes.hpp"
#include "model/clocked.hpp"
#include "units.hpp"

namespace systole::cosim {
namespace {

using model::ArrayConfig;

constexpr model::PassFlags kAlone{
    .sum_start = true, .sum_end = true, .scaled = false, .result_start = true, .result_end = true};

// The cycle, counted from the end of the reset, in which each result is first seen.
std::vector<std::uint64_t> result_cycles(const ArrayConfig& config, std::vector<Pass> passes,
                                         std::vector<model::Row>& rows) {
  ListedPasses list(std::move(passes));
  Driver driver(config, list, {.seed = 1, .bubbles = false, .resets = false});
  const auto unit = make_contract_unit(config);
  std::vector<std::uint64_t> out;
  std::uint64_t cycle = 0;
  for (int i = 0; i < 100; ++i) {
    const model::UnitInputs& in = driver.inputs();
    const model::UnitOutputs& answer = unit->settle(in);
    if (!in.reset && answer.results_valid) {
      out.push_back(cycle);
      rows.push_back(answer.results);
    }
    cycle += in.reset ? 0 : 1;
    unit->clock();
    driver.clock(answer);
  }
  return out;
}

TEST(Contract, OfAWeightStationary2x3ArrayGivesProductsAfterTheCyclesOfRule5) {
  const ArrayConfig config =
      steady_config(DataType::int8, 2, 3, Dataflow::weight_stationary, Preload::double_buffered, 2);
  // Weights [[1 2 3] [4 5 -6]], activations [10 1] and [0 -1].
  const Pass pass{.weights = {{0x030201}, {0xfa0504}},
                  .activations = {{0x010a}, {0xff00}},
                  .scales = {},
                  .flags = kAlone};
  std::vector<model::Row> rows;
  // Weights in cycles 0 and 1, activations in 2 and 3, each (R+1)L + C = 9 later.
  EXPECT_EQ(result_cycles(config, {pass}, rows), (std::vector<std::uint64_t>{11, 12}));
  EXPECT_EQ(rows, (std::vector<model::Row>{{14, 25, 24}, {0xfffffffc, 0xfffffffb, 6}}));
}

TEST(Contract, OfScalesMultipliesAGroupAndAddsItToTheResult) {
  const ArrayConfig config =
      steady_config(DataType::int8, 1, 1, Dataflow::weight_stationary, Preload::double_buffered, 1);
  Pass one{.weights = {{3}}, .activations = {{5}}, .scales = {0x3f000000}, .flags = kAlone};
  one.flags.scaled = true;
  one.flags.result_end = false;
  Pass two{.weights = {{7}}, .activations = {{2}}, .scales = {0x40000000}, .flags = kAlone};
  two.flags.scaled = true;
  two.flags.result_start = false;
  std::vector<model::Row> rows;
  static_cast<void>(result_cycles(config, {one, two}, rows));
  // 15 x 0.5 + 14 x 2 = 35.5.
  EXPECT_EQ(rows, (std::vector<model::Row>{{0x420e0000}}));
}

TEST(Contract, OfAnOutputStationary2x3ArrayGivesRowRAfterTheCyclesOfRule2) {
  const ArrayConfig config =
      steady_config(DataType::int8, 2, 3, Dataflow::output_stationary, Preload::double_buffered, 1);
  // Activations [[1 2] [3 -1]], weights [[1 2 3] [4 5 6]].
  const Pass pass{.weights = {{0x030201}, {0x060504}},
                  .activations = {{0x0301}, {0xff02}},
                  .scales = {},
                  .flags = {}};
  std::vector<model::Row> rows;
  // The last step in cycle 1, row r in cycle 1 + r + C + 2.
  EXPECT_EQ(result_cycles(config, {pass}, rows), (std::vector<std::uint64_t>{6, 7}));
  EXPECT_EQ(rows, (std::vector<model::Row>{{9, 12, 15}, {0xffffffff, 1, 3}}));
}

class ContractOfType : public testing::TestWithParam<DataType> {};

// Shapes and queues from the least to the ample, both dataflows, both ways to load, each latency.
std::vector<ArrayConfig> arrays(DataType type) {
  std::vector<ArrayConfig> out;
  for (const auto& [rows, columns] :
       {std::pair{1U, 1U}, {1U, 5U}, {5U, 1U}, {3U, 2U}, {4U, 8U}, {8U, 4U}}) {
    for (const Preload preload : {Preload::double_buffered, Preload::serial}) {
      for (const std::uint32_t latency : {1U, 2U, 3U}) {
        out.push_back(
            steady_config(type, rows, columns, Dataflow::weight_stationary, preload, latency));
        out.push_back(out.back());
        out.back().accumulator_rows = 4 * rows;
        out.back().scale_slots = 1;
        out.back().result_slots = 1;
      }
      out.push_back(steady_config(type, rows, columns, Dataflow::output_stationary, preload, 1));
      out.push_back(out.back());
      out.back().result_slots = rows;
    }
  }
  return out;
}

TEST_P(ContractOfType, IsWhatTheClockedModelDoesInEveryCycle) {
  for (const ArrayConfig& config : arrays(GetParam())) {
    RandomPasses passes(config, 7);
    Driver driver(config, passes, {.seed = 11, .bubbles = true, .resets = true});
    const auto contract = make_contract_unit(config);
    const auto clocked = model::clocked_unit(config);
    const std::array contenders{Contender{"contract", *contract}, Contender{"clocked", *clocked}};
    const Compared compared = lockstep(contenders, driver, 1500);
    EXPECT_FALSE(compared.mismatch)
        << config.rows << "x" << config.columns << " L=" << config.latency << "\n"
        << explain(*compared.mismatch);
    EXPECT_GT(compared.transfers, 50U);
  }
}

INSTANTIATE_TEST_SUITE_P(Elements, ContractOfType, testing::ValuesIn(numerics::kElementTypes),
                         [](const auto& type) { return std::string(name(type.param)); });

}  // namespace
}  // namespace systole::cosim
