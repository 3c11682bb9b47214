// SPDX-License-Identifier: Apache-2.0
// Zero load, credits, conservation and mistakes. physics: T0 = hops (router + link) + flits;
// throughput of a link min(1, V B / RTT) with RTT = router + 2 link.
#include "network/flit_network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "traffic.hpp"

namespace systole::network::testing {
namespace {

using ::testing::HasSubstr;

// Hops between two chips, straight from their coordinates.
std::uint32_t distance(const std::vector<Axis>& axes, Chip from, Chip to) {
  std::uint32_t sum = 0;
  for (const Axis& axis : axes) {
    const std::uint32_t a = from % axis.length;
    const std::uint32_t b = to % axis.length;
    const std::uint32_t straight = a < b ? b - a : a - b;
    sum += axis.wraps ? std::min(straight, axis.length - straight) : straight;
    from /= axis.length;
    to /= axis.length;
  }
  return sum;
}

void expect_zero_load(FlitConfig config) {
  FlitNetwork network(config);
  const std::uint32_t chips = network.torus().chips();
  for (Chip from = 0; from < chips; ++from) {
    for (Chip to = 0; to < chips; ++to) {
      const std::uint64_t start = network.now() + 3;
      network.inject({from, to, config.packet_flits}, start);
      ASSERT_EQ(network.run(), std::nullopt);
      const std::vector<Delivery> delivered = network.take_delivered();
      ASSERT_EQ(delivered.size(), 1U);
      ASSERT_EQ(delivered[0].delivered - start,
                distance(config.axes, from, to) * (config.router_cycles + config.link_cycles) +
                    config.packet_flits)
          << "from " << from << " to " << to;
    }
  }
}

TEST(FlitNetwork, AloneAPacketTakesItsHopsAndItsFlits) {
  const std::vector<std::vector<Axis>> shapes = {
      torus({2}),
      torus({5}),
      mesh({4}),
      torus({8, 8}),
      torus({3, 4}),
      mesh({4, 3}),
      torus({4, 4, 4}),
      mesh({2, 3, 4}),
      mesh({1}),
      torus({2, 3, 5}),
      {{.length = 4, .wraps = true}, {.length = 3, .wraps = false}}};
  for (const std::vector<Axis>& axes : shapes) {
    for (const DeadlockFreedom freedom : {DeadlockFreedom::dateline, DeadlockFreedom::bubble}) {
      FlitConfig config = plain(axes);
      config.freedom = freedom;
      config.buffer_flits = 32;
      expect_zero_load(config);
      config.packet_flits = 5;
      config.router_cycles = 3;
      config.link_cycles = 7;
      expect_zero_load(config);
      config.local_ports = 3;
      config.router_cycles = 0;
      expect_zero_load(config);
    }
  }
}

// Flits that leave chip 0 for chip 1 in `rounds` round trips of a credit, once under way.
std::uint64_t steady_flits(FlitConfig config, std::uint64_t rounds) {
  FlitNetwork network(config);
  const std::uint64_t round = config.router_cycles + 2 * config.link_cycles;
  const std::uint64_t begin = 20 * round;
  const std::uint64_t end = begin + rounds * round;
  for (std::uint64_t i = 0; i < end; ++i) {
    network.inject({0, 1, config.packet_flits}, 0);
  }
  EXPECT_EQ(network.run_until(begin), std::nullopt);
  const std::uint64_t before = network.counters().flits_ejected;
  EXPECT_EQ(network.run_until(end), std::nullopt);
  return network.counters().flits_ejected - before;
}

TEST(FlitNetwork, ALinkCarriesWhatItsCreditsAllow) {
  for (const std::uint32_t packet : {1U, 3U}) {
    for (std::uint32_t channels = 1; channels <= 4; ++channels) {
      for (std::uint32_t buffer = 1; buffer <= 5; ++buffer) {
        for (std::uint32_t link = 1; link <= 6; ++link) {
          for (std::uint32_t router = 0; router <= 2; ++router) {
            FlitConfig config = plain(mesh({2}));
            config.virtual_channels = channels;
            config.buffer_flits = buffer;
            config.packet_flits = packet;
            config.router_cycles = router;
            config.link_cycles = link;
            const std::uint64_t round = router + 2 * link;
            EXPECT_EQ(steady_flits(config, 30),
                      30 * std::min<std::uint64_t>(round, channels * buffer))
                << packet << " flits, " << channels << " x " << buffer << ", round " << round;
          }
        }
      }
    }
  }
}

TEST(FlitNetwork, NoFlitIsLostOrMadeInAnyCycle) {
  Random random(3);
  for (const DeadlockFreedom freedom : {DeadlockFreedom::dateline, DeadlockFreedom::bubble}) {
    FlitConfig config = plain(torus({4, 5}));
    config.freedom = freedom;
    config.packet_flits = 3;
    FlitNetwork network(config);
    std::uint64_t injected = 0;
    for (int i = 0; i < 2000; ++i) {
      network.inject({random.below(20), random.below(20), 3}, random.below(500));
      injected += 3;
    }
    for (std::uint64_t cycle = 0; cycle < 1000; ++cycle) {
      ASSERT_EQ(network.run_until(cycle), std::nullopt);
      ASSERT_EQ(network.counters().flits_injected,
                network.counters().flits_ejected + network.flits_inside());
    }
    ASSERT_EQ(network.run(), std::nullopt);
    std::uint64_t delivered = 0;
    for (const Delivery& delivery : network.take_delivered()) {
      delivered += delivery.what.flits;
    }
    EXPECT_EQ(delivered, injected);
    EXPECT_EQ(network.counters().flits_injected, injected);
    EXPECT_EQ(network.counters().flits_ejected, injected);
    EXPECT_EQ(network.flits_inside(), 0U);
  }
}

TEST(FlitNetwork, LinksCarryWhatTheWaysSay) {
  // A 4x3 torus: chip = x + 4 y. Ways go along x first; the n-th packet of a pair goes up in a tie
  // if n + x + y of its source is even. Worked out link by link in plain steps.
  FlitConfig config = plain(torus({4, 3}));
  config.packet_flits = 2;
  FlitNetwork network(config);
  Random random(4);
  std::map<std::pair<Chip, Direction>, std::uint64_t> expected;
  std::map<std::pair<Chip, Chip>, std::uint32_t> sent;
  std::uint64_t hops = 0;
  for (int i = 0; i < 5000; ++i) {
    const Chip from = random.below(12);
    const Chip to = random.below(12);
    network.inject({from, to, 2}, 0);
    std::uint32_t x = from % 4;
    std::uint32_t y = from / 4;
    const bool ties_up = (sent[{from, to}]++ + x + y) % 2 == 0;
    const std::uint32_t right = (to % 4 + 4 - x) % 4;
    const bool goes_right = right == 1 || (right == 2 && ties_up);
    for (; x != to % 4; x = (x + (goes_right ? 1 : 3)) % 4, ++hops) {
      expected[{x + 4 * y, goes_right ? 0 : 1}] += 2;
    }
    const bool goes_up = (to / 4 + 3 - y) % 3 == 1;
    for (; y != to / 4; y = (y + (goes_up ? 1 : 2)) % 3, ++hops) {
      expected[{x + 4 * y, goes_up ? 2 : 3}] += 2;
    }
  }
  ASSERT_EQ(network.run(), std::nullopt);
  for (Chip chip = 0; chip < 12; ++chip) {
    for (Direction direction = 0; direction < 4; ++direction) {
      EXPECT_EQ(network.link_flits(chip, direction), (expected[{chip, direction}]));
    }
  }
  EXPECT_EQ(network.counters().flit_hops, 2 * hops);
}

TEST(FlitNetwork, TiesLoadBothSidesOfARingAlike) {
  // All to all, v = k packets a chip: every link carries v k / 8 of them, k a multiple of 4.
  for (const std::uint32_t k : {4U, 8U}) {
    FlitNetwork network(plain(torus({k, k})));
    for (Chip from = 0; from < k * k; ++from) {
      for (Chip to = 0; to < k * k; ++to) {
        network.inject({from, to, 1}, 0);
      }
    }
    ASSERT_EQ(network.run(), std::nullopt);
    for (Chip chip = 0; chip < k * k; ++chip) {
      for (Direction direction = 0; direction < 4; ++direction) {
        EXPECT_EQ(network.link_flits(chip, direction), k * k * k / 8);
      }
    }
  }
}

TEST(FlitNetwork, AWrappedPairHasTwoLinks) {
  FlitNetwork network(plain(torus({2})));
  network.inject({0, 1, 1}, 0);
  network.inject({0, 1, 1}, 0);
  ASSERT_EQ(network.run(), std::nullopt);
  EXPECT_EQ(network.link_flits(0, 0), 1U);
  EXPECT_EQ(network.link_flits(0, 1), 1U);
}

TEST(FlitNetwork, QuietCyclesAreSkippedWithoutBeingForgotten) {
  FlitNetwork network(plain(torus({4})));
  network.inject({0, 1, 1}, 1'000'000'000'000);
  ASSERT_EQ(network.run(), std::nullopt);
  EXPECT_EQ(network.take_delivered().at(0).delivered, 1'000'000'000'003U);
  EXPECT_EQ(network.run_until(2'000'000'000'000), std::nullopt);
  EXPECT_EQ(network.now(), 2'000'000'000'000U);
}

TEST(FlitNetwork, SaysEverythingThatDoesNotFitTogether) {
  FlitConfig config = plain(torus({17, 16}));
  config.virtual_channels = 20;
  config.buffer_flits = 0;
  config.link_cycles = 0;
  config.local_ports = 0;
  config.watchdog_cycles = 1;
  try {
    FlitNetwork network(config);
    FAIL() << "accepted";
  } catch (const UserError& error) {
    EXPECT_EQ(error.diagnostics().size(), 6U);
    EXPECT_THAT(error.what(), HasSubstr("at most 256 chips, not 272"));
  }
}

TEST(FlitNetwork, ABubbleNeedsRoomForTwoPackets) {
  FlitConfig config = plain(torus({4}));
  config.freedom = DeadlockFreedom::bubble;
  config.packet_flits = 4;
  config.buffer_flits = 8;
  EXPECT_NO_THROW(FlitNetwork{config});
  config.buffer_flits = 7;
  EXPECT_THROW(FlitNetwork{config}, UserError);
}

}  // namespace
}  // namespace systole::network::testing
