// SPDX-License-Identifier: Apache-2.0
#include "reference.hpp"

#include <gtest/gtest.h>

#include "dram/checker.hpp"
#include "streams.hpp"

namespace systole::dram {
namespace {

std::string broken(const Device& device, const CommandTrace& trace, Refresh refresh) {
  const auto violation = first_violation(device, trace, refresh);
  return violation ? describe(*violation) : "";
}

// hbm sources: a stream with the group in the low bits keeps the bus but for
// (tRP + tRFC + tRCD + drain) / tREFI, with a drain of 9 to 17 cycles.
TEST(Reference, StreamKeepsTheBusButForItsRefreshes) {
  const Device device = shipped_device("hbm2");
  const ReferenceResult result = reference(
      device, {},
      {{.stream = 0, .direction = Direction::read, .first = 0, .count = 4000, .arrival = 0}});
  EXPECT_EQ(result.counts.read, 4000U);
  EXPECT_EQ(result.counts.refresh, 2U);
  const double first_data = 14 + 14;
  const double refreshes = 2 * (14 + 260 + 14);
  EXPECT_NEAR(static_cast<double>(result.completed[0]), 4000 * 2 + first_data + refreshes, 2 * 17);
}

TEST(Reference, StreamWithoutRefreshHasNoIdleCycleAfterTheFirstBurst) {
  const Device device = shipped_device("hbm2");
  const ReferenceResult result = reference(
      device, {.refresh = Refresh::off},
      {{.stream = 0, .direction = Direction::read, .first = 0, .count = 2000, .arrival = 0}});
  // tRCD; three more rows open tRRD apart; 1,996 bursts; CL and the last burst.
  EXPECT_EQ(result.completed[0], 14U + 3U * 4U + 1996U * 2U + 14U + 2U);
}

TEST(Reference, DoesOnlyWhatTheCheckerAllows) {
  Random random(1);
  for (int i = 0; i < 30; ++i) {
    const Device device = shaken_device(random);
    const Policy policy = i % 2 == 0 ? Policy::batched : Policy::window;
    const Refresh refresh = i % 3 == 0 ? Refresh::all : i % 3 == 1 ? Refresh::bank : Refresh::off;
    const Service service = mixed_service(random, policy, refresh);
    const ReferenceResult result = reference(device, service, mixed_requests(random, device, 200));
    EXPECT_EQ(result.counts.read + result.counts.write, 200U);
    EXPECT_EQ(broken(device, result.trace, refresh), "") << device.name << " case " << i;
  }
}

}  // namespace
}  // namespace systole::dram
