// SPDX-License-Identifier: Apache-2.0
// Each part of an epoch's key is needed: without it the comparison of engine_test.cpp fails. And a
// device whose timers outlive a refresh gets no memo.
#include <gtest/gtest.h>

#include "config/memory.hpp"
#include "dram/channel.hpp"
#include "dram/standard.hpp"
#include "random_device.hpp"

namespace systole::dram {
namespace {

class Forgetful : public EpochMemo {
 public:
  explicit Forgetful(KeyPart part) : part_(part) {}

 private:
  [[nodiscard]] bool keeps(KeyPart part) const override { return part != part_; }
  const KeyPart part_;
};

class Credulous : public EpochMemo {
 private:
  [[nodiscard]] bool trusts(const Timing& /*timing*/) const override { return true; }
};

std::vector<Completion> run(const Timing& timing, const std::vector<Request>& requests,
                            EpochMemo* memo) {
  Channel channel(timing);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    channel.submit(requests[i], i);
  }
  std::vector<Completion> completions;
  while (const auto done = channel.serve({}, memo)) {
    completions.push_back(*done);
  }
  return completions;
}

// Long backlogged streams of both directions, some of which meet in their rows.
std::vector<Request> long_streams(Random& random) {
  std::vector<Request> requests;
  const std::uint64_t count = 2 + draw(random, 2);
  for (std::uint32_t stream = 0; stream < count; ++stream) {
    requests.push_back(
        {.stream = stream,
         .direction = draw(random, 2) == 0 ? Direction::write : Direction::read,
         .first = draw(random, 2) * 1'000'000 + 8 * draw(random, 4) + draw(random, 2),
         .count = 5'000 + draw(random, 5'000),
         .arrival = 0});
  }
  return requests;
}

// A short period, so that few numbers make up a key, and a memo that has served other streams.
int wrong_without(KeyPart part) {
  Random random(2);
  int wrong = 0;
  std::uint64_t jumps = 0;
  for (int i = 0; i < 20; ++i) {
    const Shape shape{.groups = 1, .banks = 2, .rows = 1U << 15U, .columns = 4};
    const Device device = make_device(random_timings(random), Layout::stream, shape);
    Service service = random_service(random);
    service.batch = static_cast<std::uint32_t>(1 + draw(random, i % 2 == 0 ? 8 : 200));
    const Timing timing(device, service);
    Forgetful forgetful(part);
    EpochMemo memo;
    bool is_wrong = false;
    for (int other = 0; other < 4; ++other) {
      const std::vector<Request> requests = long_streams(random);
      const auto expected = run(timing, requests, nullptr);
      EXPECT_EQ(run(timing, requests, &memo), expected);
      is_wrong = is_wrong || run(timing, requests, &forgetful) != expected;
    }
    jumps += memo.jumps();
    wrong += is_wrong ? 1 : 0;
  }
  EXPECT_GT(jumps, 1000U);
  return wrong;
}

TEST(EpochKey, WithoutThePhaseCyclesAreWrong) { EXPECT_GT(wrong_without(KeyPart::phase), 0); }
TEST(EpochKey, WithoutTheSlackCyclesAreWrong) { EXPECT_GT(wrong_without(KeyPart::slack), 0); }
TEST(EpochKey, WithoutTheTurnCyclesAreWrong) { EXPECT_GT(wrong_without(KeyPart::turn), 0); }
TEST(EpochKey, WithoutTheDirectionCyclesAreWrong) {
  EXPECT_GT(wrong_without(KeyPart::direction), 0);
}
TEST(EpochKey, WithoutTheDistanceOfRowsCyclesAreWrong) {
  EXPECT_GT(wrong_without(KeyPart::rows), 0);
}

// A window of four activates that outlives the refresh.
TEST(EpochMemo, IsRefusedWhereTimersOutliveTheRefresh) {
  Random random(3);
  int wrong = 0;
  for (int i = 0; i < 20; ++i) {
    Timings timings = random_timings(random);
    timings.rfc = 20;
    timings.faw = static_cast<std::uint32_t>(timings.ras + timings.rp + 60 + draw(random, 100));
    const Device device = make_device(timings, Layout::stream);
    const Timing timing(device, random_service(random));
    EXPECT_FALSE(timing.regenerates());
    const std::vector<Request> requests = long_streams(random);
    EpochMemo memo;
    Credulous credulous;
    const auto expected = run(timing, requests, nullptr);
    EXPECT_EQ(run(timing, requests, &memo), expected);
    EXPECT_EQ(memo.jumps(), 0U);
    wrong += run(timing, requests, &credulous) != expected ? 1 : 0;
  }
  EXPECT_GT(wrong, 0);  // So the refusal is not for nothing.
}

// HBM2: everything has run out 274 cycles after the rows were closed; of tRFC = 260 few are needed.
TEST(Timing, RegeneratesFromTheRefreshTimeTheLongestTimerLeaves) {
  EXPECT_TRUE(Timing(make_device({}, Layout::stream), {}).regenerates());
  // After a refresh an activate waits tRFC; before it, it waited tRAS + tRP = 48 = tRC.
  EXPECT_TRUE(Timing(make_device({.rfc = 1}, Layout::stream), {}).regenerates());
  // 60 > 34 + 14 + 11, by the window of activates.
  EXPECT_FALSE(Timing(make_device({.faw = 60, .rfc = 11}, Layout::stream), {}).regenerates());
  EXPECT_TRUE(Timing(make_device({.faw = 60, .rfc = 12}, Layout::stream), {}).regenerates());
}

TEST(Timing, EveryShippedMemoryRegeneratesAndHasRegularVisits) {
  for (const char* name : {"ddr3", "hbm2", "hbm2e", "hbm3", "hbm3e"}) {
    const MemoryConfig memory =
        read_memory(std::string(SYSTOLE_SOURCE_DIR "/configs/memories/") + name + ".yaml");
    for (const auto& [preset, rows] : memory.presets) {
      for (const auto& [mapping, fields] : memory.mappings) {
        const Timing timing(resolve(memory, preset, mapping, memory.cycle), {});
        EXPECT_TRUE(timing.regenerates()) << name << ' ' << preset << ' ' << mapping;
        EXPECT_GT(timing.map().block_bits(), timing.map().visit_bits()) << name << ' ' << mapping;
        EXPECT_LT(timing.map().period_bits(), 16U) << name << ' ' << mapping;
      }
    }
  }
}

}  // namespace
}  // namespace systole::dram
