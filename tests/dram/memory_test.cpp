// SPDX-License-Identifier: Apache-2.0
// A whole memory: folded equals unfolded, and what is planned and dropped leaves no trace.
#include "dram/memory.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "random_device.hpp"

namespace systole::dram {
namespace {

int cases(int count) { return std::getenv("SYSTOLE_FULL") != nullptr ? 10 * count : count; }

struct Arrival {
  Train train;
  std::uint64_t at;
};

// Aligned ones and any others, in one piece or several.
Train random_train(Random& random) {
  const bool aligned = draw(random, 2) == 0;
  const std::uint64_t unit = aligned ? 16384 : 1;
  const std::uint64_t segments = draw(random, 3) == 0 ? 1 + draw(random, 6) : 1;
  return {.base = Bytes{draw(random, 1U << 22U) / unit * unit},
          .bytes = Bytes{(1 + draw(random, aligned ? 8 : 200'000)) * unit * segments},
          .segments = segments,
          .stride = Bytes{(1 + draw(random, 16)) * (aligned ? 16384 : 5000)},
          .direction = draw(random, 3) == 0 ? Direction::write : Direction::read,
          .stream = static_cast<std::uint32_t>(draw(random, 4))};
}

std::vector<Arrival> random_arrivals(Random& random) {
  std::vector<Arrival> arrivals;
  std::uint64_t now = 0;
  const std::uint64_t spread = draw(random, 2) == 0 ? 200 : 8000;
  for (std::uint64_t i = 0, count = 2 + draw(random, 12); i < count; ++i) {
    now += draw(random, 4) == 0 ? 0 : draw(random, spread);
    arrivals.push_back({random_train(random), now});
  }
  return arrivals;
}

// What a chip sees: trains come in their time, and completions too if no train comes sooner.
struct Log {
  std::vector<Completion> completions;
  Counts totals;
  bool operator==(const Log&) const = default;
};

Log run(Memory& memory, const std::vector<Arrival>& arrivals) {
  Log log;
  std::size_t next = 0;
  while (next < arrivals.size() || memory.next()) {
    if (memory.next() && (next == arrivals.size() || memory.next()->at <= arrivals[next].at)) {
      log.completions.push_back(*memory.next());
      memory.pop();
    } else {
      memory.submit(arrivals[next].train, arrivals[next].at);
      ++next;
    }
  }
  log.totals = memory.totals(2'000'000);
  return log;
}

constexpr Memory::Options kPlain{
    .folding = Folding::each_alone, .epochs = false, .pace = Pace::commands};

TEST(Memory, FoldedAndSkippedEqualsEachChannelCommandByCommand) {
  Random random(4);
  for (int i = 0; i < cases(60); ++i) {
    SCOPED_TRACE(i);
    const Device device = random_device(random);
    Service service = random_service(random);
    service.policy = draw(random, 4) == 0 ? Policy::window : Policy::batched;
    service.refresh = static_cast<Refresh>(draw(random, 3));
    const auto channels = static_cast<std::uint32_t>(1 + draw(random, 8));
    const std::vector<Arrival> arrivals = random_arrivals(random);
    Memory folded(device, service, channels);
    Memory plain(device, service, channels, kPlain);
    const Log expected = run(plain, arrivals);
    ASSERT_EQ(expected.completions.size(), arrivals.size());
    ASSERT_TRUE(run(folded, arrivals).completions == expected.completions);
    ASSERT_EQ(folded.totals(2'000'000), expected.totals);
  }
}

// Trains of one piece, all known to each channel before it begins: no plan is ever dropped.
std::vector<Completion> known_from_the_start(const Timing& timing, std::uint32_t channels,
                                             const std::vector<Arrival>& arrivals) {
  std::vector<Completion> sums(arrivals.size());
  for (std::uint32_t channel = 0; channel < channels; ++channel) {
    Channel alone(timing);
    for (std::size_t k = 0; k < arrivals.size(); ++k) {
      const Train& train = arrivals[k].train;
      const std::uint64_t begin = train.base.count() / 32;
      const std::uint64_t end = ceil_div(train.base.count() + train.bytes.count(), 32);
      const std::uint64_t first = timing.map().share(begin, channel, channels);
      const std::uint64_t count = timing.map().share(end, channel, channels) - first;
      if (count > 0) {
        alone.submit({train.stream, train.direction, first, count, arrivals[k].at}, k);
      }
    }
    while (const auto done = alone.serve({}, nullptr, Pace::commands)) {
      Completion& sum = sums[done->train];
      sum.train = done->train;
      sum.at = std::max(sum.at, done->at);
      sum.counts += done->counts;
    }
  }
  return sums;
}

std::vector<Completion> by_train(std::vector<Completion> completions) {
  std::ranges::sort(completions, {}, &Completion::train);
  return completions;
}

TEST(Memory, DroppedPlansChangeNothingAgainstArrivalsKnownFromTheStart) {
  Random random(5);
  for (int i = 0; i < cases(60); ++i) {
    SCOPED_TRACE(i);
    const Device device = random_device(random);
    Service service = random_service(random);
    service.policy = draw(random, 4) == 0 ? Policy::window : Policy::batched;
    std::vector<Arrival> arrivals = random_arrivals(random);
    for (Arrival& arrival : arrivals) {
      arrival.train.segments = 1;
    }
    Memory memory(device, service, 3);
    ASSERT_TRUE(by_train(run(memory, arrivals).completions) ==
                known_from_the_start(Timing(device, service), 3, arrivals));
  }
}

// Whole rounds over all channels, close behind one another: many make a queue longer that has not
// been empty, some find it empty for long, others come for another stream.
TEST(Memory, KeptPlansChangeNothingAgainstArrivalsKnownFromTheStart) {
  Random random(8);
  for (int i = 0; i < cases(60); ++i) {
    SCOPED_TRACE(i);
    const Device device = random_device(random);
    Service service = random_service(random);
    service.policy = draw(random, 8) == 0 ? Policy::window : Policy::batched;
    const Timing timing(device, service);
    const std::uint64_t round = timing.map().granule() * 4 * 32;
    const std::uint64_t pause = draw(random, 2) == 0 ? 300 : 3000;
    std::vector<Arrival> arrivals;
    std::uint64_t now = 0;
    for (int k = 0; k < 40; ++k) {
      now += draw(random, 3) == 0 ? 0 : draw(random, draw(random, 8) == 0 ? 20 * pause : pause);
      arrivals.push_back({{.base = Bytes{draw(random, 1U << 12U) * round},
                           .bytes = Bytes{(1 + draw(random, 64)) * round},
                           .direction = draw(random, 4) == 0 ? Direction::write : Direction::read,
                           .stream = draw(random, 4) == 0 ? 1U : 0U},
                          now});
    }
    Memory memory(device, service, 4);
    ASSERT_TRUE(by_train(run(memory, arrivals).completions) ==
                known_from_the_start(timing, 4, arrivals));
  }
}

// Four 64 KB tiles over 16 channels of 32-byte bursts: 128 bursts a channel each, all channels
// alike.
TEST(Memory, AlignedTilesAreServedOnceForAllChannels) {
  Memory memory(make_device({}, Layout::stream), {}, 16);
  for (std::uint64_t tile = 0; tile < 4; ++tile) {
    memory.submit({.base = Bytes{tile << 16U}, .bytes = Bytes{1U << 16U}}, 0);
  }
  EXPECT_EQ(memory.lanes(), 1U);
  // Three tRRD_S, tRCD, 124 tCCD_S, CL and a burst.
  ASSERT_TRUE(memory.next());
  EXPECT_EQ(*memory.next(), (Completion{0, 12U + 14U + 248U + 14U + 2U,
                                        Counts{.activate = 4U * 16U, .read = 2048}}));
  EXPECT_EQ(memory.busy_cycles(memory.next()->counts), 2048U * 2U);
}

// One burst sets one channel apart. With batches of one the next round over all channels leaves
// them in equal turns, and the refresh after that closes the same rows.
TEST(Memory, ChannelsThatATrainSetApartBecomeOneAgain) {
  Service service;
  service.batch = 1;
  Memory memory(make_device({}, Layout::stream), service, 16);
  const auto serve = [&](std::uint64_t bytes, std::uint64_t now) {
    memory.submit({.base = Bytes{0}, .bytes = Bytes{bytes}}, now);
    const std::size_t lanes = memory.lanes();
    while (memory.next()) {
      memory.pop();
    }
    return lanes;
  };
  EXPECT_EQ(serve(32, 0), 2U);
  EXPECT_EQ(serve(16 * 32, 5000), 2U);
  EXPECT_EQ(serve(16 * 32, 10'000), 1U);
  // Channel 0 opened its row three times, the others twice; refreshes closed what was open.
  EXPECT_EQ(
      memory.totals(20'000),
      (Counts{
          .activate = 1 + 2 * 16, .precharge = 1 + 2 * 16, .read = 1 + 2 * 16, .refresh = 5 * 16}));
}

// 64 GiB, far more than a channel can be stepped through in a test's time.
TEST(Memory, ATrainOf64GibibytesIsServedInNoTime) {
  Memory memory(make_device({}, Layout::stream), {}, 16);
  memory.submit({.base = Bytes{0}, .bytes = Bytes{std::uint64_t{64} << 30U}}, 0);
  ASSERT_TRUE(memory.next());
  const std::uint64_t bursts = std::uint64_t{1} << 31U;
  EXPECT_EQ(memory.next()->counts.read, bursts);
  EXPECT_EQ(memory.next()->counts.activate % 16, 0U);
  const double share =
      2.0 * static_cast<double>(bursts) / 16 / static_cast<double>(memory.next()->at);
  EXPECT_NEAR(share, 1.0 - (14.0 + 260.0 + 14.0 + 13.0) / 3900.0, 0.002);
}

}  // namespace
}  // namespace systole::dram
