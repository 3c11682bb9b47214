// SPDX-License-Identifier: Apache-2.0
#include "analytic/blocks.hpp"

#include <gtest/gtest.h>

#include "analytic/whole.hpp"
#include "pods.hpp"

namespace systole {
namespace {

using systole::testing::matmul;

std::uint64_t count(const std::vector<Steps>& steps) {
  std::uint64_t n = 0;
  for (const Steps& s : steps) {
    n += s.count;
  }
  return n;
}

TEST(Cuts, AnExtentIsFullBlocksAndOneEdge) {
  const std::vector<Cut> cut = cuts(10, 4);
  ASSERT_EQ(cut.size(), 2U);
  EXPECT_EQ(cut[0].size, 4U);
  EXPECT_EQ(cut[0].count, 2U);
  EXPECT_EQ(cut[1].size, 2U);
  EXPECT_EQ(cut[1].count, 1U);
}

TEST(Cuts, ABlockLargerThanTheExtentIsAllEdge) {
  const std::vector<Cut> cut = cuts(3, 4);
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_EQ(cut[0].size, 3U);
}

TEST(Cuts, ABlockOfZeroIsABug) { EXPECT_THROW((void)cuts(3, 0), Bug); }

TEST(Steps, AreTheProductOfBlocksAlongEachDimension) {
  // 2 x ceil(5/2) x ceil(10/4) x ceil(3/2).
  EXPECT_EQ(count(every_step(matmul(2, 5, 10, 3, {1, 2, 4, 2}, Place::hbm))), 36U);
}

TEST(Steps, AStationaryOperandOfOneBlockIsFetchedOncePerProductBlock) {
  EXPECT_EQ(count(stationary_steps(matmul(2, 5, 10, 3, {1, 2, 10, 3}, Place::hbm))), 2U);
}

TEST(Steps, AStationaryOperandOfManyBlocksIsFetchedAgainForEachRowBlock) {
  EXPECT_EQ(count(stationary_steps(matmul(2, 5, 10, 3, {1, 2, 10, 2}, Place::hbm))), 12U);
}

TEST(Steps, TheMovingOperandIsFetchedForTheFirstColumnBlockOnly) {
  EXPECT_EQ(count(moving_steps(matmul(2, 5, 10, 3, {1, 2, 4, 2}, Place::hbm))), 18U);
}

TEST(Steps, ResultsComeFromTheLastDepthBlockWhichMayBeTheEdge) {
  const std::vector<Steps> steps = result_steps(matmul(2, 5, 10, 3, {1, 2, 4, 2}, Place::hbm));
  EXPECT_EQ(count(steps), 12U);
  for (const Steps& s : steps) {
    EXPECT_EQ(s.block.depth, 2U);
  }
}

TEST(Steps, TheLastStepIsTheEdgeOfEveryDimension) {
  EXPECT_EQ(last_step(matmul(3, 5, 10, 3, {2, 2, 4, 2}, Place::hbm)), (MatmulBlock{1, 1, 2, 1}));
}

TEST(Passes, EachDataflowHoldsTwoDimensionsAndStreamsTheThird) {
  MatrixUnitConfig unit = systole::testing::small_chip().matrix_unit;  // 4 x 2.
  const MatmulBlock block{.products = 3, .rows = 5, .depth = 10, .columns = 7};
  EXPECT_EQ(passes(unit, block).count, 3U * 3 * 4);
  EXPECT_EQ(passes(unit, block).stream, 5U);
  unit.dataflow = Dataflow::input_stationary;
  EXPECT_EQ(passes(unit, block).count, 3U * 3 * 3);
  EXPECT_EQ(passes(unit, block).stream, 7U);
  unit.dataflow = Dataflow::output_stationary;
  EXPECT_EQ(passes(unit, block).count, 3U * 2 * 4);
  EXPECT_EQ(passes(unit, block).stream, 10U);
}

TEST(Whole, AProductBeyondTwoToThe63IsABugAndNotASmallNumber) {
  const std::uint64_t big = std::uint64_t{1} << 32;
  EXPECT_EQ(product({big, big / 2}), kLargestCount);
  EXPECT_THROW((void)product({big, big}), Bug);
  EXPECT_THROW((void)product({big, big, big}), Bug);
  EXPECT_EQ(product({big, big / 2, 0}), 0U);
  EXPECT_THROW((void)sum(kLargestCount, 1), Bug);
}

}  // namespace
}  // namespace systole
