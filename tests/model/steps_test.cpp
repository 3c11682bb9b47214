// SPDX-License-Identifier: Apache-2.0
#include "model/steps.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tiny.hpp"

namespace systole::model {
namespace {

TEST(StepWalk, CoversEveryProductExactlyOnceWhateverTheBlocks) {
  std::mt19937 random(3);
  const auto pick = [&](std::uint64_t high) { return 1 + random() % high; };
  for (int i = 0; i < 500; ++i) {
    Matmul m = matmul(pick(40), pick(40), pick(40));
    m.products = pick(5);
    m.block = {pick(m.products), pick(m.rows), pick(m.depth), pick(m.columns)};
    std::uint64_t macs = 0;
    std::uint64_t results = 0;
    std::uint64_t moving = 0;
    std::uint64_t ends = 0;
    for (StepWalk walk(m); !walk.done(); walk.next()) {
      const Step step = walk.step();
      macs += step.products * step.rows * step.depth * step.columns;
      results += step.last_depth ? step.products * step.rows * step.columns : 0;
      moving += step.new_moving ? step.products * step.rows * step.depth : 0;
      ends += step.last ? 1 : 0;
    }
    ASSERT_EQ(macs, m.products * m.rows * m.depth * m.columns);
    ASSERT_EQ(results, m.products * m.rows * m.columns);
    ASSERT_EQ(moving, m.products * m.rows * m.depth);
    ASSERT_EQ(ends, 1);
  }
}

TEST(StepWalk, KeepsTheOnlyStationaryBlockOfAProductWhileRowsAdvance) {
  Matmul m = matmul(30, 8, 8);
  m.products = 2;
  m.block = {1, 10, 8, 8};
  int fetched = 0;
  for (StepWalk walk(m); !walk.done(); walk.next()) {
    fetched += walk.step().new_stationary ? 1 : 0;
  }
  EXPECT_EQ(fetched, 2);  // One for each product, not one for each of six steps.
}

TEST(StepWalk, FetchesStationaryBlocksAgainForEachRowBlock) {
  Matmul m = matmul(30, 16, 8);
  m.block = {1, 10, 8, 8};
  int fetched = 0;
  for (StepWalk walk(m); !walk.done(); walk.next()) {
    fetched += walk.step().new_stationary ? 1 : 0;
  }
  EXPECT_EQ(fetched, 3 * 2);
}

TEST(Passes, CountTilesOfTheDataflow) {
  MatrixUnitConfig config = tiny_chip().matrix_unit;  // 8 x 8.
  const Step step{.products = 3,
                  .rows = 20,
                  .depth = 17,
                  .columns = 9,
                  .new_stationary = true,
                  .new_moving = true,
                  .last_depth = true,
                  .last = true};
  config.dataflow = Dataflow::weight_stationary;
  EXPECT_EQ(passes(config, Multiplier::bf16, step).count, 3 * 3 * 2);  // 17/8 x 9/8.
  EXPECT_EQ(passes(config, Multiplier::bf16, step).stream, Cycles{20});
  config.dataflow = Dataflow::input_stationary;
  EXPECT_EQ(passes(config, Multiplier::bf16, step).count, 3 * 3 * 3);  // 17/8 x 20/8.
  EXPECT_EQ(passes(config, Multiplier::bf16, step).stream, Cycles{9});
  config.dataflow = Dataflow::output_stationary;
  EXPECT_EQ(passes(config, Multiplier::bf16, step).count, 3 * 3 * 2);  // 20/8 x 9/8.
  EXPECT_EQ(passes(config, Multiplier::bf16, step).stream, Cycles{17});
}

TEST(Passes, TwoProductsAClockHalveTheStream) {
  MatrixUnitConfig config = tiny_chip().matrix_unit;
  config.macs_per_pe.fill(2);
  Step step{};
  step.products = 1;
  step.rows = 9;
  step.depth = 8;
  step.columns = 8;
  EXPECT_EQ(passes(config, Multiplier::bf16, step).stream, Cycles{5});
}

}  // namespace
}  // namespace systole::model
