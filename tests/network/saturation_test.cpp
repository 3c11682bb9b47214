// SPDX-License-Identifier: Apache-2.0
// Where uniform traffic saturates, and that rings never lock unless nothing prevents it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "traffic.hpp"

namespace systole::network::testing {
namespace {

// Flits a chip and cycle that leave the network when each chip offers `rate`, in one-flit packets
// to all chips alike, itself included.
double accepted(const std::vector<Axis>& axes, double rate) {
  constexpr std::uint64_t kWarm = 3000;
  constexpr std::uint64_t kEnd = 9000;
  FlitNetwork network(plain(axes));
  Random random(5);
  std::uint64_t before = 0;
  const std::uint32_t chips = network.torus().chips();
  for (std::uint64_t cycle = 0; cycle < kEnd; ++cycle) {
    if (cycle == kWarm) {
      before = network.counters().flits_ejected;
    }
    for (Chip chip = 0; chip < chips; ++chip) {
      if (random.below(1'000'000) < rate * 1e6) {
        network.inject({chip, random.below(chips), 1}, cycle);
      }
    }
    EXPECT_EQ(network.run_until(cycle + 1), std::nullopt);
  }
  return static_cast<double>(network.counters().flits_ejected - before) /
         static_cast<double>((kEnd - kWarm) * chips);
}

// The offered rate up to which all is accepted lies between `low` and `high`.
void expect_saturation(const std::vector<Axis>& axes, double low, double high) {
  EXPECT_GT(accepted(axes, low), 0.985 * low);
  EXPECT_LT(accepted(axes, high), 0.985 * high);
}

TEST(Saturation, OfAnEightByEightTorusIsAt60To75Percent) {
  expect_saturation(torus({8, 8}), 0.60, 0.75);
}

TEST(Saturation, OfAnEightByEightMeshIsAt40To48Percent) {
  expect_saturation(mesh({8, 8}), 0.40, 0.48);
}

TEST(Saturation, OfSmallToriIsAt80PercentOrMore) {
  expect_saturation(torus({4, 4}), 0.80, 1.0);
  expect_saturation(torus({4, 4, 4}), 0.80, 1.0);
}

// One-flit buffers (with bubble: room for the two packets that it needs).
FlitConfig tight(std::vector<Axis> axes, DeadlockFreedom freedom) {
  FlitConfig config = plain(std::move(axes));
  config.freedom = freedom;
  config.virtual_channels = 1;
  config.buffer_flits = freedom == DeadlockFreedom::bubble ? 2 : 1;
  return config;
}

std::vector<Axis> random_torus(Random& random) {
  const std::uint32_t lengths[] = {4, 5, 8};
  std::vector<std::uint32_t> shape;
  const std::uint32_t axes = 1 + random.below(3);
  for (std::uint32_t i = 0; i < axes; ++i) {
    shape.push_back(lengths[random.below(axes == 3 ? 2 : 3)]);
  }
  return torus(shape);
}

TEST(Deadlock, NeitherDatelineNorBubbleEverLocks) {
  const bool is_full = std::getenv("SYSTOLE_FULL") != nullptr;
  const int cases = is_full ? 4 : 24;
  const std::uint64_t cycles = is_full ? 1'000'000 : 4'000;
  Random random(6);
  for (int i = 0; i < cases; ++i) {
    const std::vector<Axis> axes = random_torus(random);
    const Pattern pattern = i % 2 == 0 ? Pattern::uniform : Pattern::tornado;
    for (const DeadlockFreedom freedom : {DeadlockFreedom::dateline, DeadlockFreedom::bubble}) {
      FlitConfig config = tight(axes, freedom);
      if (i % 4 >= 2) {  // Worms over several routers.
        config.packet_flits = 5;
        config.buffer_flits *= freedom == DeadlockFreedom::bubble ? 5 : 1;
      }
      FlitNetwork network(config);
      const std::optional<Deadlock> deadlock = saturate(network, pattern, random, cycles);
      ASSERT_FALSE(deadlock.has_value()) << deadlock->text();
      ASSERT_EQ(network.run(), std::nullopt);  // And the network empties.
      EXPECT_EQ(network.counters().flits_injected, network.counters().flits_ejected);
      EXPECT_GT(network.counters().flits_ejected, cycles / 10);
    }
  }
}

TEST(Deadlock, OneVirtualChannelWithoutEitherLocks) {
  for (const std::uint32_t k : {4U, 5U, 8U}) {
    for (const Pattern pattern : {Pattern::uniform, Pattern::tornado}) {
      if (pattern == Pattern::tornado && k == 4) {
        continue;  // (4 - 1) / 2 = 1 hop: nobody waits inside the ring.
      }
      for (const std::vector<Axis>& axes : {torus({k}), torus({k, k})}) {
        FlitNetwork network(tight(axes, DeadlockFreedom::none));
        Random random(7);
        EXPECT_TRUE(saturate(network, pattern, random, 100'000).has_value())
            << "k = " << k << ", " << axes.size() << " axes";
      }
    }
  }
}

TEST(Deadlock, RingsOfThreeAndMeshesNeedNothing) {
  Random random(8);
  for (const std::vector<Axis>& axes : {torus({3, 3, 3}), torus({2, 3}), mesh({8, 8})}) {
    FlitNetwork network(tight(axes, DeadlockFreedom::none));
    EXPECT_EQ(saturate(network, Pattern::uniform, random, 10'000), std::nullopt);
  }
}

TEST(Deadlock, NamesTheCircleOfBuffersThatWaitForEachOther) {
  // Each chip of a ring of 5 sends one flit two chips up: all five links fill in cycle 2, and each
  // flit waits for the place of the next.
  FlitNetwork network(tight(torus({5}), DeadlockFreedom::none));
  for (Chip chip = 0; chip < 5; ++chip) {
    network.inject({chip, (chip + 2) % 5, 1}, 0);
  }
  const std::optional<Deadlock> deadlock = network.run();
  ASSERT_TRUE(deadlock.has_value());
  const std::vector<Channel> expected = {
      {0, 0, 0, 4}, {1, 0, 0, 0}, {2, 0, 0, 1}, {3, 0, 0, 2}, {4, 0, 0, 3}};
  EXPECT_EQ(deadlock->waiting, expected);
  EXPECT_EQ(deadlock->cycle, 1002U);  // 1000 without a move.
  EXPECT_NE(deadlock->text().find("packet 4 at chip 0, arrived by +0 on virtual channel 0"),
            std::string::npos);
}

TEST(Deadlock, ACircleThatIsNamedIsOneInTheNetwork) {
  Random random(10);
  FlitConfig config = tight(torus({5, 4}), DeadlockFreedom::none);
  config.packet_flits = 3;
  FlitNetwork network(config);
  const std::optional<Deadlock> deadlock = saturate(network, Pattern::uniform, random, 100'000);
  ASSERT_TRUE(deadlock.has_value());
  const std::vector<Channel>& waiting = deadlock->waiting;
  ASSERT_GE(waiting.size(), 4U);  // No shorter circle exists on this torus.
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const Channel& next = waiting[(i + 1) % waiting.size()];
    ASSERT_LT(next.from, network.torus().directions());
    EXPECT_EQ(network.torus().neighbour(waiting[i].chip, next.from), next.chip);
  }
}

}  // namespace
}  // namespace systole::network::testing
