// SPDX-License-Identifier: Apache-2.0
// Against the closed forms of torus collectives: V the full array, N chips, W one link one way.
#include "analytic/collectives.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "pods.hpp"

namespace systole {
namespace {

using Kind = CollectiveKind;

GroupAxis ring(std::uint32_t k) { return {.axis = 0, .length = k, .wraps = true}; }
GroupAxis line(std::uint32_t k) { return {.axis = 0, .length = k, .wraps = false}; }

// Hop and step take no time: the bandwidth regime.
IciConfig links(double bytes_per_second) {
  return {.links = 6,
          .bandwidth = BytesPerSecond{bytes_per_second},
          .hop_latency = Seconds{0},
          .collective_start = Seconds{0},
          .collective_step = Seconds{0}};
}

CollectiveCost cost(Kind kind, const std::vector<GroupAxis>& axes, std::uint64_t bytes) {
  return collective_cost(systole::testing::small_chip().ici.value(), kind, axes, Bytes{bytes});
}

// One chunk a part: a hop takes longer than any of these transfers.
std::uint64_t link_bytes(Kind kind, const std::vector<GroupAxis>& axes, std::uint64_t bytes) {
  IciConfig ici = systole::testing::small_chip().ici.value();
  ici.hop_latency = Seconds{1};
  return collective_cost(ici, kind, axes, Bytes{bytes}).link_bytes;
}

double microseconds(double w, Kind kind, const std::vector<GroupAxis>& axes, double megabytes) {
  const Bytes bytes{static_cast<std::uint64_t>(megabytes * 1e6)};
  return to_seconds(collective_cost(links(w), kind, axes, bytes).time).count() * 1e6;
}

double link_microseconds(double w, Kind kind, const std::vector<GroupAxis>& axes,
                         double megabytes) {
  const Bytes bytes{static_cast<std::uint64_t>(megabytes * 1e6)};
  return to_seconds(collective_cost(links(w), kind, axes, bytes).link).count() * 1e6;
}

// Two ways to count: equal transfers of the axis, and link by link.
TEST(LinkBytes, OfAllLinksAreThoseOfAllTransfers) {
  for (const Exchange exchange : {Exchange::gather, Exchange::scatter, Exchange::transpose,
                                  Exchange::shift, Exchange::spread}) {
    for (std::uint32_t k = 2; k <= 9; ++k) {
      for (const GroupAxis& axis : {ring(k), line(k)}) {
        for (const std::uint64_t bytes : {1U, 2U, 1000U, 1001U}) {
          const AxisPhase phase{.axis = 0, .exchange = exchange, .bytes = bytes, .lines = 1};
          std::uint64_t by_transfer = 0;
          for (const Transfers& t : transfers(axis, phase)) {
            by_transfer += t.bytes * t.count;
          }
          std::uint64_t by_link = 0;
          for (std::uint32_t i = 0; i < k; ++i) {
            by_link += link_bytes(axis, phase, i, true) + link_bytes(axis, phase, i, false);
          }
          EXPECT_EQ(by_link, by_transfer) << static_cast<int>(exchange) << " over " << k
                                          << (axis.wraps ? " ring, " : " line, ") << bytes;
        }
      }
    }
  }
}

TEST(LinkBytes, OfAllGatherAndReduceScatterAreVTimesNMinusOneOnAnyTorusAndMesh) {
  const std::vector<std::vector<GroupAxis>> shapes{{ring(2)},
                                                   {ring(3)},
                                                   {ring(4)},
                                                   {ring(5)},
                                                   {line(2)},
                                                   {line(3)},
                                                   {line(4)},
                                                   {ring(2), ring(2)},
                                                   {ring(4), ring(4), ring(4)},
                                                   {line(3), ring(4)},
                                                   {ring(4), ring(2), line(5)}};
  for (const std::vector<GroupAxis>& axes : shapes) {
    std::uint64_t n = 1;
    for (const GroupAxis& axis : axes) {
      n *= axis.length;
    }
    const std::uint64_t v = n * 240;  // Parts and shards divide evenly.
    EXPECT_EQ(link_bytes(Kind::all_gather, axes, v), v * (n - 1)) << n;
    EXPECT_EQ(link_bytes(Kind::reduce_scatter, axes, v), v * (n - 1)) << n;
    EXPECT_EQ(link_bytes(Kind::all_reduce, axes, v), 2 * v * (n - 1)) << n;
  }
}

TEST(LinkBytes, OfAnAllToAllAreVTimesSumOfEvenLengthsOverFour) {
  EXPECT_EQ(link_bytes(Kind::all_to_all, {ring(2)}, 64), 64U * 2 / 4);
  EXPECT_EQ(link_bytes(Kind::all_to_all, {ring(4)}, 64), 64U);
  EXPECT_EQ(link_bytes(Kind::all_to_all, {ring(2), ring(2)}, 64), 64U * 4 / 4);
  EXPECT_EQ(link_bytes(Kind::all_to_all, {ring(4), ring(4), ring(4)}, 6144), 6144U * 12 / 4);
}

TEST(LinkBytes, OfAnAllToAllOnOddRingsAndLinesAreSumsOfDistances) {
  // Each chip sends v/k to every other chip; a ring of 3 has distances 1, 1, of 5 1, 1, 2, 2.
  EXPECT_EQ(link_bytes(Kind::all_to_all, {ring(3)}, 27), 3U * 2 * 3);
  EXPECT_EQ(link_bytes(Kind::all_to_all, {ring(5)}, 125), 5U * 6 * 5);
  // Ordered pairs of a line of 4: 6 at distance 1, 4 at 2, 2 at 3; v/k = 4.
  EXPECT_EQ(link_bytes(Kind::all_to_all, {line(4)}, 64), (6U + 8 + 6) * 4);
  EXPECT_EQ(link_bytes(Kind::all_to_all, {line(2)}, 8), 2U * 2);
  EXPECT_EQ(link_bytes(Kind::all_to_all, {line(3)}, 27), (4U + 4) * 3);
}

TEST(LinkBytes, RoundUpShardsAndLoseNoOddByteAtTheOppositeChip) {
  // 21 bytes on a ring of 4 are shards of 6.
  EXPECT_EQ(link_bytes(Kind::all_gather, {ring(4)}, 21), 4U * 3 * 6);
  // An odd shard of 5 is cut 3 + 2.
  EXPECT_EQ(link_bytes(Kind::all_gather, {ring(4)}, 20), 4U * 3 * 5);
  EXPECT_EQ(link_bytes(Kind::all_gather, {ring(2)}, 10), 2U * 5);
}

TEST(LinkBytes, PartsOfUnequalAxesShrinkInTheirOwnOrder) {
  // Rings 2 and 3: a part that begins on the pair leaves 3 + 2 sixths on them, one that begins on
  // the other 1 + 4, so three quarters begin on the pair. 25 bytes: parts of 18 and 7. Part 0 goes
  // 9 on the pair, then 3 on the ring of 3; part 1 goes 3 on the ring of 3, then 2 on the pair.
  EXPECT_EQ(link_bytes(Kind::reduce_scatter, {ring(2), ring(3)}, 25),
            6U * (9 * 1 + 3 * 2) + 6U * (3 * 2 + 2 * 1));
}

TEST(LinkBytes, OfAnAllToAllRoundUpWhatAChipHoldsAndWhatItSends) {
  // 65 bytes are 17 a chip: ceil(3 x 17 / 8) = 7, then ceil(17 / 8) = 3, both ways.
  EXPECT_EQ(link_bytes(Kind::all_to_all, {ring(4)}, 65), 4U * 2 * 10);
}

TEST(Steps, OfARingAreHalfItsLengthAndOfALineAllOfIt) {
  EXPECT_EQ(cost(Kind::all_gather, {ring(2)}, 64).steps, 1U);
  EXPECT_EQ(cost(Kind::all_gather, {ring(3)}, 64).steps, 1U);
  EXPECT_EQ(cost(Kind::all_gather, {ring(4)}, 64).steps, 2U);
  EXPECT_EQ(cost(Kind::all_gather, {ring(5)}, 64).steps, 2U);
  EXPECT_EQ(cost(Kind::all_gather, {line(4)}, 64).steps, 3U);
  EXPECT_EQ(cost(Kind::all_reduce, {ring(4), ring(4), ring(4)}, 64).steps, 12U);
  EXPECT_EQ(cost(Kind::all_to_all, {ring(4), ring(5)}, 64).steps, 4U);
  EXPECT_EQ(cost(Kind::all_to_all, {line(4)}, 64).steps, 3U);
}

TEST(CollectiveTime, OfARingIsStartThenStepTransferAndHopOfEachStep) {
  // 1 us start; 2 steps of 0.2 us and 0.1 us; 100 bytes at 1 byte/ns, then half of them.
  const CollectiveCost c = cost(Kind::all_gather, {ring(4)}, 400);
  EXPECT_EQ(c.fixed, Femtoseconds{1'600'000'000});
  EXPECT_EQ(c.link, Femtoseconds{150'000'000});
  EXPECT_EQ(c.time, Femtoseconds{1'750'000'000});
}

TEST(CollectiveTime, OfTwoChunksIsNotBelowItsLinkBetweenAStepAndAHop) {
  // Shards of 2000 bytes are longer than a hop, so there are two chunks: 1 us, 0.3 us, 3000 bytes.
  EXPECT_EQ(cost(Kind::all_gather, {ring(4)}, 8000).time, Femtoseconds{4'300'000'000});
}

TEST(PartSizes, OfAxesThatAreAlikeAreEqual) {
  EXPECT_EQ(part_sizes({ring(4)}), (std::vector<std::uint64_t>{240}));
  EXPECT_EQ(part_sizes({ring(4), ring(4)}), (std::vector<std::uint64_t>{120, 120}));
  EXPECT_EQ(part_sizes({line(3), line(3), line(3)}), (std::vector<std::uint64_t>{80, 80, 80}));
}

TEST(PartSizes, MakeUnequalAxesEquallyBusy) {
  // Rings 4 and 16, in 64ths of the array: a part that begins on axis 0 asks 48 + 15 of them, one
  // that begins on axis 1 asks 3 + 60. Equal: 48 a + 3 b = 15 a + 60 b, 33 a = 57 b, a = 152 of
  // 240.
  EXPECT_EQ(part_sizes({ring(4), ring(16)}), (std::vector<std::uint64_t>{152, 88}));
  // A line beside a ring counts twice: 24 a + 3 b = 2 (7 a + 28 b), 10 a = 53 b, a = 202.
  EXPECT_EQ(part_sizes({ring(4), line(8)}), (std::vector<std::uint64_t>{202, 38}));
}

TEST(CollectiveTime, OfNothingIsItsStart) {
  EXPECT_EQ(cost(Kind::all_reduce, {ring(4)}, 0).time, Femtoseconds{1'000'000'000});
  EXPECT_EQ(link_bytes(Kind::all_reduce, {ring(4)}, 0), 0U);
}

TEST(CollectiveTime, MeetsPublishedBandwidthRegimesOfTorus) {
  const GroupAxis r16 = ring(16);
  const GroupAxis r4 = ring(4);
  const GroupAxis r8 = ring(8);
  EXPECT_NEAR(microseconds(45e9, Kind::all_gather, {r16}, 16), 166.7, 0.1);
  EXPECT_NEAR(microseconds(45e9, Kind::all_gather, {r16}, 256), 2667, 1);
  EXPECT_NEAR(microseconds(45e9, Kind::all_reduce, {r16}, 16), 333.3, 0.1);
  EXPECT_NEAR(microseconds(45e9, Kind::all_reduce, {r16}, 256), 5333, 1);
  EXPECT_NEAR(microseconds(45e9, Kind::all_to_all, {r16}, 16), 44.4, 0.1);
  EXPECT_NEAR(microseconds(45e9, Kind::all_to_all, {r16}, 256), 711, 1);
  EXPECT_NEAR(microseconds(45e9, Kind::all_gather, {r16, r16}, 16), 88.5, 0.1);
  EXPECT_NEAR(microseconds(45e9, Kind::all_gather, {r16, r16}, 256), 1417, 1);
  EXPECT_NEAR(microseconds(90e9, Kind::all_gather, {r4, r4, r4}, 16), 29.2, 0.1);
  EXPECT_NEAR(microseconds(90e9, Kind::all_gather, {r4, r4, r4}, 256), 467, 1);
  EXPECT_NEAR(microseconds(90e9, Kind::all_gather, {r8, r8, r8}, 16), 29.6, 0.1);
  EXPECT_NEAR(microseconds(90e9, Kind::all_gather, {r8, r8, r8}, 256), 473, 1);
}

TEST(CollectiveTime, OfAnAllToAllInRotatedPartsIsTheBisectionBound) {
  EXPECT_NEAR(link_microseconds(45e9, Kind::all_to_all, {ring(16), ring(16)}, 256), 44.4, 0.1);
  EXPECT_NEAR(microseconds(45e9, Kind::all_to_all, {ring(16), ring(16)}, 256), 44.4, 0.1);
  EXPECT_NEAR(link_microseconds(90e9, Kind::all_to_all, {ring(4), ring(4), ring(4)}, 256), 22.2,
              0.1);
}

TEST(CollectiveTime, OfALineIsTwiceThatOfARing) {
  // Scaling book: 34 MB over a v5e line of four, 560 us in theory (it rounds 4 W x 3).
  EXPECT_NEAR(microseconds(45e9, Kind::all_gather, {line(4)}, 34), 566.7, 0.1);
  EXPECT_NEAR(link_microseconds(45e9, Kind::all_to_all, {line(4)}, 32),
              2 * link_microseconds(45e9, Kind::all_to_all, {ring(4)}, 32), 0.1);
  // In chunks, v k / 4 over the middle link: not the v (k - 1) / 2 of one chunk from end to end.
  EXPECT_NEAR(microseconds(45e9, Kind::all_to_all, {line(4)}, 32), 8e6 / 45e9 * 1e6, 0.1);
}

// One phase walked send by send. `start[i]` is when position i has the data; so is the answer.
using Times = std::vector<std::uint64_t>;

Times walked(const IciConfig& ici, const GroupAxis& axis, Exchange exchange, std::uint64_t bytes,
             const Times& start) {
  const std::uint64_t k = axis.length;
  const bool transpose = exchange == Exchange::transpose;
  std::vector<Times> received(k + 1, Times(k, 0));  // [step][position], upwards; 0: nothing.
  Times free = start;
  for (std::uint64_t step = 1; step < k; ++step) {
    for (std::uint64_t i = 0; i < k; ++i) {
      std::uint64_t size = transpose ? ceil_div((k - 1 - i) * bytes, k) : bytes;
      bool sends = exchange == Exchange::scatter ? step > i : step <= i + 1;
      sends = sends && i + 1 < k;
      if (axis.wraps) {
        sends = step <= k / 2;
        size = transpose ? ceil_div((k + 1 - 2 * step) * bytes, 2 * k) : bytes;
        const std::uint64_t opposite = exchange == Exchange::scatter ? 1 : k / 2;
        size = !transpose && k % 2 == 0 && step == opposite ? ceil_div(bytes, 2) : size;
      }
      if (sends) {
        free[i] = std::max(free[i], received[step - 1][i]) +
                  to_femtoseconds(ici.collective_step).count() +
                  transfer_time(Bytes{size}, ici.bandwidth).count();
        received[step][(i + 1) % k] = free[i] + to_femtoseconds(ici.hop_latency).count();
      }
    }
  }
  Times end = start;
  for (std::uint64_t i = 0; i < k; ++i) {
    for (std::uint64_t step = 1; step < k; ++step) {  // Downwards is the mirror image.
      end[i] = std::max({end[i], received[step][i], received[step][k - 1 - i]});
    }
  }
  return end;
}

TEST(CollectiveTime, OfOneChunkOnOneAxisEqualsAWalkOverEverySend) {
  const IciConfig ici = systole::testing::small_chip().ici.value();
  for (std::uint32_t k = 2; k <= 9; ++k) {
    for (const GroupAxis& axis : {ring(k), line(k)}) {
      for (const std::uint64_t bytes : {1U, 7U, 100U, 250U}) {
        const std::uint64_t shard = ceil_div(bytes, k);
        const Times start(k, to_femtoseconds(ici.collective_start).count());
        const auto expect = [&](Kind kind, const Times& end) {
          EXPECT_EQ(collective_cost(ici, kind, {axis}, Bytes{bytes}).time.count(),
                    *std::max_element(end.begin(), end.end()))
              << "length " << k << ", wraps " << axis.wraps << ", bytes " << bytes;
        };
        const Times scattered = walked(ici, axis, Exchange::scatter, shard, start);
        expect(Kind::reduce_scatter, scattered);
        expect(Kind::all_gather, walked(ici, axis, Exchange::gather, shard, start));
        expect(Kind::all_reduce, walked(ici, axis, Exchange::gather, shard, scattered));
        expect(Kind::all_to_all, walked(ici, axis, Exchange::transpose, shard, start));
      }
    }
  }
}

TEST(LinkTimes, OfALineFollowTheChipsBelowAndAbove) {
  const IciConfig ici = links(1e9);  // One byte takes 1e6 fs.
  const auto bytes = [&](Exchange exchange, std::uint64_t n) {
    std::vector<std::uint64_t> result;
    for (const Femtoseconds t : link_times(ici, line(4), {0, exchange, n, 1})) {
      result.push_back(t.count() / 1'000'000);
    }
    return result;
  };
  EXPECT_EQ(bytes(Exchange::gather, 5), (std::vector<std::uint64_t>{5, 10, 15, 0}));
  EXPECT_EQ(bytes(Exchange::scatter, 5), (std::vector<std::uint64_t>{15, 10, 5, 0}));
  EXPECT_EQ(bytes(Exchange::transpose, 16), (std::vector<std::uint64_t>{12, 16, 12, 0}));
}

}  // namespace
}  // namespace systole
