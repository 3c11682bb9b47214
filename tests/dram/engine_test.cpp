// SPDX-License-Identifier: Apache-2.0
// One channel: what is skipped equals what is served command by command, in cycles, counts and end
// state. SYSTOLE_FULL=1 tries ten times as many cases.
#include <fmt/format.h>
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

// Neighbours of one stream are one train of several requests now and then.
void submit(Channel& channel, const std::vector<Request>& requests) {
  std::uint64_t train = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const bool last =
        i + 1 == requests.size() || requests[i + 1].stream != requests[i].stream || i % 3 == 0;
    channel.submit(requests[i], train, last);
    train += last ? 1 : 0;
  }
}

Outcome run(const Timing& timing, const std::vector<Request>& requests, Pace pace,
            EpochMemo* memo) {
  Outcome outcome{{}, {}, Channel(timing)};
  submit(outcome.channel, requests);
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

// The same in pieces: to a horizon of arrivals or of columns, and on from a copy.
TEST(Channel, ServedInPiecesEqualsServedInOneGo) {
  Random random(6);
  for (int i = 0; i < cases(40); ++i) {
    SCOPED_TRACE(i);
    const Device device = random_device(random);
    Service service = random_service(random);
    service.policy = draw(random, 3) == 0 ? Policy::window : Policy::batched;
    const Timing timing(device, service);
    const auto requests = random_requests(random, device, 4, 20'000, draw(random, 60'000));
    EpochMemo memo;
    const Outcome whole = run(timing, requests, Pace::visits, &memo);
    Outcome pieces{{}, {}, Channel(timing)};
    submit(pieces.channel, requests);
    Channel copy = pieces.channel;
    for (std::uint64_t cut = 0; copy.has_work(); cut += draw(random, 5000)) {
      const Horizon horizon =
          draw(random, 2) == 0 ? Horizon{.arrivals = cut} : Horizon{.columns = cut};
      const std::uint64_t before = copy.settled();
      while (const auto done = copy.serve(horizon, &memo)) {
        pieces.completions.push_back(*done);
      }
      EXPECT_LE(copy.settled(), std::max(before, horizon.arrivals));
      Channel next = copy;
      (void)copy.serve();  // What a copy goes on to do is its own affair.
      copy = next;
    }
    pieces.channel = copy;
    pieces.totals = copy.totals();
    expect_equal(whole, pieces);
    ASSERT_FALSE(HasFailure());
  }
}

// Which stream goes on after a repeated epoch depends on the latest columns before its end: they
// are compared with arrivals behind the oldest requests. Here a stream's first request ends around
// a refresh, and its second one comes a little before that.
TEST(Channel, ArrivalsBehindTheOldestRequestsAreMetAfterRepeatedEpochs) {
  const Timing timing(make_device({}, Layout::stream), {});
  EpochMemo memo;
  std::uint64_t jumps = 0;
  for (std::uint64_t bursts = 4000; bursts < 6000; bursts += 37) {
    std::vector<Request> requests{{0, Direction::read, 0, 20'000, 0},
                                  {1, Direction::read, 1U << 24U, bursts, 0}};
    const std::uint64_t end = run(timing, requests, Pace::visits, nullptr).completions[0].at;
    for (const std::uint64_t before : {500U, 400U, 300U, 200U, 150U, 100U, 50U}) {
      SCOPED_TRACE(fmt::format("{} bursts, {} before their end", bursts, before));
      std::vector<Request> more = requests;
      more.push_back({1, Direction::read, 1U << 25U, 1000, end - before});
      const std::uint64_t known = memo.jumps();
      expect_equal(run(timing, more, Pace::commands, nullptr),
                   run(timing, more, Pace::visits, &memo));
      jumps += memo.jumps() - known;
      ASSERT_FALSE(HasFailure());
    }
  }
  EXPECT_GT(jumps, 500U);
}

// Regular runs are skipped in all ways to refresh.
TEST(Channel, SkippingVisitsEqualsEveryCommandWithRefreshByBankOrNone) {
  Random random(7);
  for (int i = 0; i < cases(60); ++i) {
    SCOPED_TRACE(i);
    const Device device = random_device(random);
    Service service = random_service(random);
    service.refresh = i % 2 == 0 ? Refresh::bank : Refresh::off;
    const Timing timing(device, service);
    const auto requests = random_requests(random, device, 4, 10'000, draw(random, 40'000));
    EpochMemo memo;
    expect_equal(run(timing, requests, Pace::commands, nullptr),
                 run(timing, requests, Pace::visits, &memo));
    EXPECT_EQ(memo.jumps(), 0U);
    ASSERT_FALSE(HasFailure());
  }
}

}  // namespace
}  // namespace systole::dram
