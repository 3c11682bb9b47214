// SPDX-License-Identifier: Apache-2.0
#include "dram/patterns.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace systole::dram {
namespace {

constexpr Bytes kCapacity{std::uint64_t{8} << 30U};

std::uint64_t bytes_of(const std::vector<Train>& trains) {
  std::uint64_t out = 0;
  for (const Train& train : trains) {
    out += train.bytes.count();
  }
  return out;
}

TEST(Patterns, MoveTheBytesThatWereAskedFor) {
  for (const char* name : {"seq_rd", "seq_wr", "mix_5050", "streams_7", "stride_1024", "tile64k"}) {
    EXPECT_EQ(bytes_of(trains(parse_pattern(name), Bytes{1U << 22U}, kCapacity)), 1U << 22U)
        << name;
  }
}

TEST(Patterns, MixIsAStreamOfReadsAndAStreamOfWritesInAnotherHalf) {
  const auto mix = trains(parse_pattern("mix_5050"), Bytes{1000}, kCapacity);
  ASSERT_EQ(mix.size(), 2U);
  EXPECT_EQ(mix[0].direction, Direction::read);
  EXPECT_EQ(mix[1].direction, Direction::write);
  EXPECT_EQ(mix[1].base.count(), (std::uint64_t{4} << 30U) + 7 * 4096);
}

TEST(Patterns, StrideBeyondTheCapacityStartsAgainOneLineFurther) {
  const auto passes = trains(parse_pattern("stride_1024"), Bytes{4 * 64}, Bytes{2048});
  ASSERT_EQ(passes.size(), 2U);
  EXPECT_EQ(passes[0].segments, 2U);
  EXPECT_EQ(passes[1].base.count(), 64U);
}

TEST(Patterns, TilesBeginAtMultiplesOfTheirSize) {
  for (const Train& tile : trains(parse_pattern("tile64k"), Bytes{1U << 22U}, kCapacity)) {
    EXPECT_EQ(tile.base.count() % 65536, 0U);
    EXPECT_LT(tile.base.count(), kCapacity.count());
  }
}

TEST(Patterns, RandomAccessesAreTheSameEachTimeAndHalfOfThemWrite) {
  const Pattern pattern = parse_pattern("rand64_5050");
  RandomAccesses one(pattern, kCapacity);
  RandomAccesses other(pattern, kCapacity);
  int writes = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto a = one.next();
    const auto b = other.next();
    EXPECT_EQ(a.base, b.base);
    EXPECT_EQ(a.base % 64, 0U);
    writes += a.direction == Direction::write ? 1 : 0;
  }
  EXPECT_NEAR(writes, 5000, 4 * 50);  // Four standard deviations.
}

std::string mistake(const char* word) {
  try {
    static_cast<void>(parse_pattern(word));
  } catch (const UserError& error) {
    return error.diagnostics().front().message;
  }
  return "";
}

TEST(Patterns, UnknownOnesAreRefusedWithWhatIsNear) {
  EXPECT_EQ(mistake("seq_rdd"), "unknown pattern 'seq_rdd'; did you mean 'seq_rd'?");
  EXPECT_EQ(
      mistake("stride_100"),
      "'stride_100': a stride is a multiple of 64 bytes, at most 64 MiB, as in 'stride_1024'");
  EXPECT_EQ(mistake("streams_0"), "'streams_0': there are 1 to 1048576 streams, as in 'streams_8'");
}

}  // namespace
}  // namespace systole::dram
