// SPDX-License-Identifier: Apache-2.0
// The engine against the plain reading of its contract, link by link and cycle by cycle.
#include "reference.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "traffic.hpp"

namespace systole::network::testing {
namespace {

FlitConfig random_config(Random& random) {
  FlitConfig config = plain({});
  const std::uint32_t axes = 1 + random.below(3);
  for (std::uint32_t i = 0; i < axes; ++i) {
    const std::uint32_t length = 1 + random.below(axes == 1 ? 9 : axes == 2 ? 5 : 4);
    config.axes.push_back({.length = length, .wraps = length > 1 && random.below(3) != 0});
  }
  config.virtual_channels = 1 + random.below(3);
  config.packet_flits = 1 + random.below(4);
  config.freedom = static_cast<DeadlockFreedom>(random.below(3));
  config.arbitration = static_cast<Arbitration>(random.below(2));
  config.buffer_flits = 1 + random.below(6);
  if (config.freedom == DeadlockFreedom::bubble) {
    config.buffer_flits += 2 * config.packet_flits;
  }
  config.router_cycles = random.below(3);
  config.link_cycles = 1 + random.below(4);
  config.local_ports = 1 + random.below(3);
  return config;
}

// Runs both, in bursts with quiet times between them; true if they agree throughout.
void compare(const FlitConfig& config, Random& random, std::uint64_t end) {
  FlitNetwork network(config);
  Reference reference(config);
  const Torus& torus = network.torus();
  const std::uint32_t busy = 1 + random.below(100);  // Percent of a chip's cycles.
  std::vector<Reference::Done> delivered;
  while (network.now() < end) {
    const bool is_burst = network.now() % 200 < 120;
    for (Chip chip = 0; chip < torus.chips(); ++chip) {
      if (is_burst && random.below(100 * config.packet_flits) < busy) {
        const std::uint32_t flits = config.freedom == DeadlockFreedom::bubble
                                        ? config.packet_flits
                                        : 1 + random.below(config.packet_flits);
        const Packet packet{chip, random.below(torus.chips()), flits};
        const std::uint64_t cycle = network.now() + random.below(10);
        network.inject(packet, cycle);
        reference.inject(packet, cycle);
      }
    }
    static_cast<void>(network.run_until(network.now() + 1));  // `none` may lock: so must both.
    reference.step();
    for (const Delivery& delivery : network.take_delivered()) {
      delivered.push_back({delivery.packet, delivery.delivered});
    }
    ASSERT_EQ(network.now(), reference.now);
    ASSERT_EQ(delivered.size(), reference.done.size()) << "cycle " << reference.now;
    for (Chip chip = 0; chip < torus.chips(); ++chip) {
      for (Direction direction = 0; direction < torus.directions(); ++direction) {
        ASSERT_EQ(network.link_flits(chip, direction), (reference.link_flits[{chip, direction}]))
            << "cycle " << reference.now << ", chip " << chip << " " << Torus::name(direction);
      }
    }
  }
  EXPECT_EQ(delivered, reference.done);
}

TEST(FlitNetworkReference, EveryFlitCrossesEveryLinkInTheSameCycle) {
  const int cases = std::getenv("SYSTOLE_FULL") != nullptr ? 1000 : 60;
  Random random(20);
  for (int i = 0; i < cases && !HasFatalFailure(); ++i) {
    SCOPED_TRACE(::testing::Message() << "case " << i);
    compare(random_config(random), random, 500);
  }
}

}  // namespace
}  // namespace systole::network::testing
