// SPDX-License-Identifier: Apache-2.0
// One channel: what is skipped equals what is served command by command, in cycles, counts and end
// state. SYSTOLE_FULL=1 tries ten times as many cases.
#include <gtest/gtest.h>

#include <cstdlib>

#include "dram/channel.hpp"
#include "random_device.hpp"

namespace systole::dram {
namespace {

int cases(int count) { return std::getenv("SYSTOLE_FULL") != nullptr ? 10 * count : count; }

struct Outcome {
  std::vector<Completion> completions;
  Counts totals;
  Channel channel;
};

Outcome run(const Timing& timing, const std::vector<Request>& requests, Pace pace,
            EpochMemo* memo) {
  Outcome outcome{{}, {}, Channel(timing)};
  for (std::size_t i = 0; i < requests.size(); ++i) {
    outcome.channel.submit(requests[i], i);
  }
  while (std::optional<Completion> done = outcome.channel.serve({}, memo, pace)) {
    outcome.completions.push_back(*done);
  }
  outcome.totals = outcome.channel.totals();
  return outcome;
}

void expect_equal(const Outcome& one, const Outcome& other) {
  EXPECT_EQ(one.completions, other.completions);
  EXPECT_EQ(one.totals, other.totals);
  const std::uint64_t now = std::max(one.channel.settled(), other.channel.settled());
  EXPECT_TRUE(one.channel.is_same_from(other.channel, now));
}

TEST(Channel, SkippingVisitsAndEpochsEqualsEveryCommand) {
  Random random(1);
  std::uint64_t jumps = 0;
  for (int i = 0; i < cases(600); ++i) {
    SCOPED_TRACE(i);
    const Device device = random_device(random);
    const Timing timing(device, random_service(random));
    const std::uint64_t bursts = 2000 + draw(random, draw(random, 8) == 0 ? 200'000 : 20'000);
    const auto requests =
        random_requests(random, device, 6, bursts, draw(random, 2) == 0 ? 0 : 4 * bursts);
    EpochMemo memo;
    const Outcome commands = run(timing, requests, Pace::commands, nullptr);
    expect_equal(commands, run(timing, requests, Pace::visits, nullptr));
    expect_equal(commands, run(timing, requests, Pace::commands, &memo));
    expect_equal(commands, run(timing, requests, Pace::visits, &memo));
    jumps += memo.jumps();
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(jumps, 10'000U);
}

}  // namespace
}  // namespace systole::dram
