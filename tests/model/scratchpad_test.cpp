// SPDX-License-Identifier: Apache-2.0
// One number of slots a cycle against hand counts, and against a scratchpad bank by bank.
#include "model/scratchpad.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "bank_oracle.hpp"
#include "tiny.hpp"

namespace systole::model {
namespace {

ChipConfig chip_of(std::uint32_t banks, std::uint32_t ports) {
  ChipConfig chip{};  // Without links.
  chip.scratchpad = tiny_scratchpad();
  chip.scratchpad.banks = banks;
  chip.scratchpad.ports = ports;
  return chip;
}

std::uint64_t serve(Scratchpad& scratchpad, std::uint64_t begin, std::uint64_t at_best,
                    std::uint64_t accesses) {
  return scratchpad
      .serve(Cycles{begin},
             {.begin = Cycles{begin}, .at_best = Cycles{at_best}, .accesses = accesses})
      .count();
}

TEST(Scratchpad, AStreamWithinTheSlotsTakesItsBest) {
  Scratchpad scratchpad(chip_of(4, 1));
  EXPECT_EQ(serve(scratchpad, 100, 10, 40), 110U);
  EXPECT_EQ(serve(scratchpad, 200, 7, 0), 207U);
}

TEST(Scratchpad, AStreamThatWantsMoreTakesAccessesOverBanksTimesPorts) {
  Scratchpad one(chip_of(4, 1));
  EXPECT_EQ(serve(one, 0, 10, 81), 21U);
  Scratchpad two(chip_of(4, 2));
  EXPECT_EQ(serve(two, 0, 10, 81), 11U);
  EXPECT_EQ(serve(two, 20, 0, 81), 31U);
}

TEST(Scratchpad, TheSecondGetsWhatTheFirstLeaves) {
  Scratchpad scratchpad(chip_of(4, 1));
  EXPECT_EQ(serve(scratchpad, 0, 10, 30), 10U);
  // Of its 2 a cycle 1 in the first 10 cycles, then 2: 10 and 5 cycles.
  EXPECT_EQ(serve(scratchpad, 0, 10, 20), 15U);
  // Of its 4 a cycle none, then 2 for 5 cycles, then 4 for 3: 10 and 12 of 22.
  EXPECT_EQ(serve(scratchpad, 0, 5, 22), 18U);
}

TEST(Scratchpad, AStreamThatComesLaterMayBeginEarlier) {
  Scratchpad scratchpad(chip_of(4, 1));
  EXPECT_EQ(
      scratchpad.serve(Cycles{0}, {.begin = Cycles{10}, .at_best = Cycles{10}, .accesses = 40}),
      Cycles{20});
  // 10 cycles before it, none beside it, 5 behind it.
  EXPECT_EQ(serve(scratchpad, 0, 15, 60), 25U);
}

TEST(Scratchpad, LinksKeepTheirSlots) {
  ChipConfig chip = tiny_chip();  // 16, of which links keep 3.
  EXPECT_EQ(chip.link_slots(), 3U);
  Scratchpad scratchpad(chip);
  EXPECT_EQ(serve(scratchpad, 0, 1, 130), 10U);
}

TEST(Scratchpad, ForgetsWhatHasPassedAndNothingElse) {
  Scratchpad scratchpad(chip_of(4, 1));
  EXPECT_EQ(serve(scratchpad, 0, 100, 400), 100U);
  EXPECT_EQ(serve(scratchpad, 99, 1, 4), 101U);
  EXPECT_EQ(serve(scratchpad, 101, 1, 4), 102U);
}

// Random streams, in order of age, of `least` to all of the slots at best.
struct Mix {
  std::uint32_t banks;
  std::uint32_t ports;
  std::vector<BankStream> streams;

  Mix(std::uint32_t seed, std::uint64_t most_streams, double least, double most) {
    std::mt19937 random(seed);
    const auto pick = [&](std::uint64_t low, std::uint64_t high) {
      return low + random() % (high - low + 1);
    };
    banks = static_cast<std::uint32_t>(pick(2, 32));
    ports = static_cast<std::uint32_t>(pick(1, 2));
    const std::uint64_t count = pick(2, most_streams);
    std::uint64_t begin = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      begin += pick(0, 60);
      const std::uint64_t at_best = pick(8, 400);
      const double slots = static_cast<double>(at_best) * banks * ports;
      const auto low = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(least * slots));
      const auto high = std::max<std::uint64_t>(low, static_cast<std::uint64_t>(most * slots));
      streams.push_back({.begin = begin,
                         .at_best = at_best,
                         .accesses = pick(low, high),
                         .first_bank = pick(0, banks - 1)});
    }
  }

  [[nodiscard]] double slots() const { return static_cast<double>(banks) * ports; }
  // Cycles in which a stream of that width comes to all entries of all banks once.
  [[nodiscard]] double turn(const BankStream& s) const {
    return slots() * static_cast<double>(s.at_best) / static_cast<double>(s.accesses);
  }
  [[nodiscard]] std::vector<double> by_number() const {
    Scratchpad scratchpad(chip_of(banks, ports));
    std::vector<double> ends;
    for (const BankStream& s : streams) {
      ends.push_back(static_cast<double>(serve(scratchpad, s.begin, s.at_best, s.accesses)));
    }
    return ends;
  }
  [[nodiscard]] std::vector<double> by_bank() const {
    const std::vector<std::uint64_t> ends = serve_by_bank(banks, ports, streams);
    return {ends.begin(), ends.end()};
  }
};

constexpr std::uint32_t kMixes = 600;

TEST(ScratchpadByBank, StreamsWithinTheSlotsAreNotDelayedByMoreThanACycleForEach) {
  for (std::uint32_t seed = 0; seed < kMixes; ++seed) {
    const Mix mix(seed, 6, 0.0, 1.0 / 6);
    const std::vector<double> banks = mix.by_bank();
    const std::vector<double> number = mix.by_number();
    for (std::size_t i = 0; i < mix.streams.size(); ++i) {
      const BankStream& s = mix.streams[i];
      ASSERT_EQ(number[i], static_cast<double>(s.begin + s.at_best)) << "seed " << seed;
      ASSERT_GE(banks[i], number[i]) << "seed " << seed;
      ASSERT_LE(banks[i], number[i] + static_cast<double>(mix.streams.size())) << "seed " << seed;
    }
  }
}

TEST(ScratchpadByBank, TwoStreamsOfAnyWidthEndWithinTheTurnsThatBuffersHold) {
  for (std::uint32_t seed = 0; seed < kMixes; ++seed) {
    const Mix mix(seed, 2, 0.0, 1.0);
    const std::vector<double> banks = mix.by_bank();
    const std::vector<double> number = mix.by_number();
    for (std::size_t i = 0; i < 2; ++i) {
      ASSERT_NEAR(banks[i], number[i], 2 * mix.turn(mix.streams[i]) + 2) << "seed " << seed;
    }
  }
}

// Which of several comes first differs where buffers let the younger catch up; when all are through
// does not.
TEST(ScratchpadByBank, WideStreamsAreThroughTogetherWithinTheTurnsThatBuffersHold) {
  for (std::uint32_t seed = 0; seed < kMixes; ++seed) {
    const Mix mix(seed, 6, 0.25, 1.0);
    const std::vector<double> banks = mix.by_bank();
    const std::vector<double> number = mix.by_number();
    ASSERT_NEAR(*std::ranges::max_element(banks), *std::ranges::max_element(number),
                2 * 4.0 + static_cast<double>(mix.streams.size()))
        << "seed " << seed;
  }
}

TEST(Scratchpad, NeverServesMoreThanItsSlots) {
  for (std::uint32_t seed = 0; seed < kMixes; ++seed) {
    const Mix mix(seed, 6, 0.0, 3.0);
    const std::vector<double> ends = mix.by_number();
    double all = 0.0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      const BankStream& s = mix.streams[i];
      const auto mine = static_cast<double>(s.accesses);
      ASSERT_GE(ends[i], static_cast<double>(s.begin) + mine / mix.slots()) << "seed " << seed;
      all += mine;
    }
    ASSERT_LE(all, mix.slots() * (*std::ranges::max_element(ends) -
                                  static_cast<double>(mix.streams.front().begin)))
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace systole::model
