// SPDX-License-Identifier: Apache-2.0
#include "model/exchange.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace systole::model {
namespace {

// Bytes that cross all links of one axis in one phase.
std::uint64_t axis_bytes(Exchange exchange, std::uint32_t length, bool wraps, std::uint64_t bytes) {
  const AxisPhase phase{.axis = 0, .exchange = exchange, .bytes = bytes};
  std::uint64_t sum = 0;
  for (std::uint32_t position = 0; position < length; ++position) {
    const AxisPlace place{.length = length, .wraps = wraps, .position = position};
    for (std::uint32_t step = 1; step <= steps(place); ++step) {
      sum += send_bytes(phase, place, true, step) + send_bytes(phase, place, false, step);
    }
  }
  return sum;
}

TEST(Exchange, GatherOnARingBringsEveryShardToEveryChipOnce) {
  // Each of k chips receives k - 1 shards: no shard crosses a link twice in vain.
  for (const std::uint32_t k : {2U, 3U, 4U, 5U, 8U, 16U, 24U}) {
    EXPECT_EQ(axis_bytes(Exchange::gather, k, true, 1000), std::uint64_t{k} * (k - 1) * 1000);
    EXPECT_EQ(axis_bytes(Exchange::scatter, k, true, 1000), std::uint64_t{k} * (k - 1) * 1000);
  }
}

TEST(Exchange, GatherOnALineBringsEveryShardToEveryChipOnce) {
  for (const std::uint32_t k : {2U, 3U, 4U, 7U}) {
    EXPECT_EQ(axis_bytes(Exchange::gather, k, false, 1000), std::uint64_t{k} * (k - 1) * 1000);
    EXPECT_EQ(axis_bytes(Exchange::scatter, k, false, 1000), std::uint64_t{k} * (k - 1) * 1000);
  }
}

TEST(Exchange, AllToAllOnARingCrossesTheMeanDistance) {
  // Sum over ordered pairs of v/k x distance: k^2 v / 4 for even k.
  EXPECT_EQ(axis_bytes(Exchange::all_to_all, 4, true, 8000), 4 * 4 * 8000 / 4);
  EXPECT_EQ(axis_bytes(Exchange::all_to_all, 2, true, 8000), 2 * 2 * 8000 / 4);
  // Odd k: k v (k^2 - 1) / (4 k).
  EXPECT_EQ(axis_bytes(Exchange::all_to_all, 5, true, 5000), 5 * 5000 * 24 / (4 * 5));
}

TEST(Exchange, AllToAllOnALineCrossesTheMeanDistance) {
  // Sum over ordered pairs of |i - j| is (k^3 - k) / 3; each carries v/k.
  EXPECT_EQ(axis_bytes(Exchange::all_to_all, 4, false, 4000), (64 - 4) / 3 * 4000 / 4);
}

TEST(Exchange, OddShardOfAnEvenRingIsHalvedWithoutLoss) {
  EXPECT_EQ(axis_bytes(Exchange::gather, 2, true, 7), 2 * 7);
}

TEST(Exchange, PartsOfAnAllReduceRotateTheAxesAndMirrorTheirShards) {
  const std::vector<GroupAxis> group{{0, 4, true}, {1, 2, true}};
  const Collective sum{.kind = CollectiveKind::all_reduce,
                       .axes = {0, 1},
                       .bytes = Bytes{1601},
                       .type = DataType::bf16};
  const auto parts = phases(sum, group);
  ASSERT_EQ(parts.size(), 2);
  ASSERT_EQ(parts[0].size(), 4);
  // 801 bytes over 4, then over 2, and back.
  EXPECT_EQ(parts[0][0].bytes, 201);
  EXPECT_EQ(parts[0][1].bytes, 101);
  EXPECT_EQ(parts[0][2].bytes, 101);
  EXPECT_EQ(parts[0][3].bytes, 201);
  EXPECT_EQ(parts[0][0].axis, 0);
  EXPECT_EQ(parts[0][3].axis, 0);
  EXPECT_EQ(parts[0][0].exchange, Exchange::scatter);
  EXPECT_EQ(parts[0][2].exchange, Exchange::gather);
  // The second part begins on the second axis.
  EXPECT_EQ(parts[1][0].axis, 1);
  EXPECT_EQ(parts[1][0].bytes, 400);
}

}  // namespace
}  // namespace systole::model
