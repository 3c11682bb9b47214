// SPDX-License-Identifier: Apache-2.0
#include "network/exchange.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <utility>

namespace systole::network {
namespace {

// Bytes that cross all links of one axis in one phase.
std::uint64_t axis_bytes(Exchange exchange, std::uint32_t length, bool wraps, std::uint64_t bytes) {
  const AxisPhase phase{.axis = 0, .exchange = exchange, .bytes = bytes};
  std::uint64_t sum = 0;
  for (std::uint32_t position = 0; position < length; ++position) {
    const AxisPlace place{.length = length, .wraps = wraps, .position = position};
    for (std::uint32_t step = 1; step <= steps(phase, place); ++step) {
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

TEST(Exchange, APermuteRunsOnceAroundItsRingAndTwiceAlongItsLine) {
  EXPECT_EQ(axis_bytes(Exchange::permute, 5, true, 1000), 5 * 1000);
  // Four shares go up by one, the last chip's runs back over four links.
  EXPECT_EQ(axis_bytes(Exchange::permute, 5, false, 1000), 2 * 4 * 1000);
}

TEST(Exchange, ABroadcastBringsTheArrayToEveryOtherChipOnce) {
  for (const std::uint32_t k : {2U, 3U, 8U}) {
    EXPECT_EQ(axis_bytes(Exchange::broadcast, k, true, 1001), std::uint64_t{k - 1} * 1001);
    EXPECT_EQ(axis_bytes(Exchange::broadcast, k, false, 1001), std::uint64_t{k - 1} * 1001);
  }
}

// Hops take longer than any transfer: one chunk a part.
constexpr IciConfig kSlowHops{.links = 6,
                              .bandwidth = BytesPerSecond{1e9},
                              .hop_latency = Seconds{1},
                              .collective_start = Seconds{0},
                              .collective_step = Seconds{0}};

Collective over(CollectiveKind kind, std::vector<std::uint32_t> axes, std::uint64_t bytes) {
  return {.kind = kind, .axes = std::move(axes), .bytes = Bytes{bytes}, .type = DataType::bf16};
}

TEST(Plan, PartsOfAnAllReduceRotateTheAxesAndMirrorTheirShards) {
  const std::vector<GroupAxis> group{{0, 4, true}, {1, 4, true}};
  const auto chunks = plan(over(CollectiveKind::all_reduce, {0, 1}, 1601), group, kSlowHops);
  ASSERT_EQ(chunks.size(), 2);
  ASSERT_EQ(chunks[0].phases.size(), 4);
  // 800 bytes over 4, then over 4, and back.
  EXPECT_EQ(chunks[0].phases[0].bytes, 200);
  EXPECT_EQ(chunks[0].phases[1].bytes, 50);
  EXPECT_EQ(chunks[0].phases[2].bytes, 50);
  EXPECT_EQ(chunks[0].phases[3].bytes, 200);
  EXPECT_EQ(chunks[0].phases[0].axis, 0);
  EXPECT_EQ(chunks[0].phases[3].axis, 0);
  EXPECT_EQ(chunks[0].phases[0].exchange, Exchange::scatter);
  EXPECT_EQ(chunks[0].phases[2].exchange, Exchange::gather);
  // The second part begins on the second axis: 801 bytes.
  EXPECT_EQ(chunks[1].phases[0].axis, 1);
  EXPECT_EQ(chunks[1].phases[0].bytes, 201);
}

TEST(Plan, CutsAPartInTwoWhereItsShardsAreLongerThanAHopAndInManyWhereAxesDiffer) {
  IciConfig ici = kSlowHops;
  ici.hop_latency = Seconds{100e-9};  // 100 bytes.
  const std::vector<GroupAxis> group{{0, 4, true}, {1, 4, true}, {2, 2, true}};
  const auto chunks = [&](std::vector<std::uint32_t> axes, std::uint64_t bytes) {
    return plan(over(CollectiveKind::all_gather, std::move(axes), bytes), group, ici).size();
  };
  EXPECT_EQ(chunks({0}, 396), 1);  // Shards of 99 bytes.
  EXPECT_EQ(chunks({0}, 400), 2);  // Of 100.
  EXPECT_EQ(chunks({0}, 1 << 20), 2);
  EXPECT_EQ(chunks({0, 1}, 1 << 20), 2 * 2);
  EXPECT_EQ(chunks({0, 2}, 1 << 20), 2 * 64);
}

TEST(Plan, PartsOfUnequalAxesAreCutSoThatBothAreEquallyBusy) {
  // 48 a + 3 b = 15 a + 60 b of the 64ths that a part asks of rings of 4 and 16.
  EXPECT_EQ(part_units({{0, 4, true}, {1, 16, true}}), (std::vector<std::uint32_t>{152, 88}));
  EXPECT_EQ(part_units({{0, 4, true}, {1, 8, false}}), (std::vector<std::uint32_t>{202, 38}));
  EXPECT_EQ(part_units({{0, 4, true}, {1, 4, true}, {2, 4, true}}),
            (std::vector<std::uint32_t>{80, 80, 80}));
}

}  // namespace
}  // namespace systole::network
