// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "numerics/arithmetic.hpp"
#include "oracle.hpp"
#include "vectors.hpp"

namespace systole::numerics {
namespace {

using oracle::Seen;
using oracle::Vectors;

Sum bits_of(float value) { return std::bit_cast<Sum>(value); }

void expect_edges(const Seen& seen, std::uint64_t count) {
  EXPECT_GT(seen.nan, count / 1000);
  EXPECT_GT(seen.infinite, count / 1000);
  EXPECT_GT(seen.zero, count / 1000);
  EXPECT_GT(seen.other, count / 2);
}

TEST(Sums, AddFp32RoundsOnceAndFlushes) {
  Vectors vectors(6);
  const std::uint64_t count = oracle::announced(1'000'000, "vectors");
  Seen seen;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Sum a = vectors.fp32();
    const Sum b = vectors.fp32_beside(a);
    const Sum result = add_fp32(a, b);
    ASSERT_EQ(result, oracle::add_fp32(a, b)) << std::hex << a << " + " << b;
    seen.add(result);
  }
  expect_edges(seen, count);
}

TEST(Sums, AddFp32AtItsEdges) {
  EXPECT_EQ(add_fp32(bits_of(0x1.000002p-126F), bits_of(-0x1p-126F)), 0U);  // 2^-149, flushed.
  EXPECT_EQ(add_fp32(0x007fffff, 0x007fffff), 0U);                          // Subnormals are 0.
  EXPECT_EQ(add_fp32(0x80000000, 0x80000000), 0U);
  EXPECT_EQ(add_fp32(0x7f7fffff, 0x7f7fffff), 0x7f800000U);
  // Half a unit in the last place of the largest number ties up to infinity; less does not.
  EXPECT_EQ(add_fp32(0x7f7fffff, bits_of(0x1p103F)), 0x7f800000U);
  EXPECT_EQ(add_fp32(0x7f7fffff, bits_of(0x1.fffffep102F)), 0x7f7fffffU);
  EXPECT_EQ(add_fp32(bits_of(0x1p24F), bits_of(1.0F)), bits_of(0x1p24F));
  EXPECT_EQ(add_fp32(bits_of(0x1p24F + 2), bits_of(1.0F)), bits_of(0x1p24F + 4));
}

TEST(Sums, AddSumsWrapsIntegersAndRoundsFp32) {
  Vectors vectors(7);
  for (int i = 0; i < 100'000; ++i) {
    for (const DataType weights : kElementTypes) {
      const bool integer = has_integer_sums(weights);
      const Sum a = integer ? vectors.int32() : vectors.fp32();
      const Sum b = integer ? vectors.int32() : vectors.fp32_beside(a);
      ASSERT_EQ(add_sums(weights, a, b), oracle::add_sums(weights, a, b))
          << name(weights) << std::hex << ": " << a << " + " << b;
    }
  }
}

TEST(Sums, ScaleSumOfFp32RoundsOnce) {
  Vectors vectors(8);
  const std::uint64_t count = oracle::announced(1'000'000, "vectors");
  Seen seen;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto [sum, scale] = vectors.fp32_factors();
    const Sum result = scale_sum(DataType::bf16, sum, scale);
    ASSERT_EQ(result, oracle::scale_sum(DataType::bf16, sum, scale))
        << std::hex << sum << " x " << scale;
    seen.add(result);
  }
  expect_edges(seen, count);
}

TEST(Sums, ScaleSumOfIntegersRoundsTheSumAndTheProduct) {
  Vectors vectors(9);
  const std::uint64_t count = oracle::announced(1'000'000, "vectors");
  Seen seen;
  for (std::uint64_t i = 0; i < count; ++i) {
    const DataType weights = i % 2 == 0 ? DataType::int8 : DataType::fp4;
    const Sum sum = vectors.int32();
    const Sum scale = vectors.fp32();
    const Sum result = scale_sum(weights, sum, scale);
    ASSERT_EQ(result, oracle::scale_sum(weights, sum, scale))
        << name(weights) << std::hex << ": " << sum << " x " << scale;
    seen.add(result);
  }
  expect_edges(seen, count);
}

TEST(Sums, ScaleSumRoundsIntegersBeyond2To24First) {
  constexpr Sum kTie = (1 << 24) + 1;  // To even: 2^24.
  EXPECT_EQ(scale_sum(DataType::int8, kTie, bits_of(1.0F)), bits_of(0x1p24F));
  EXPECT_EQ(scale_sum(DataType::int4, 0U - kTie, bits_of(1.0F)), bits_of(-0x1p24F));
  EXPECT_EQ(scale_sum(DataType::fp4, kTie, bits_of(4.0F)), bits_of(0x1p24F));
  // One rounding of the exact product would give 2^24 + 2: (2^24 + 1) x (1 + 2^-23) is past a tie.
  EXPECT_EQ(scale_sum(DataType::ternary, kTie, bits_of(0x1.000002p0F)), bits_of(0x1p24F + 2));
  EXPECT_EQ(scale_sum(DataType::int8, 0x7fffffff, bits_of(1.0F)), bits_of(0x1p31F));
  EXPECT_EQ(scale_sum(DataType::int8, 0x80000000, bits_of(1.0F)), bits_of(-0x1p31F));
}

TEST(Sums, Fp4QuartersMeetTheSmallestScalesExactly) {
  for (Sum quarters = 0; quarters < 64; ++quarters) {
    for (Sum scale = 0x00800000; scale < 0x00800000 + (5U << 23); scale += 0x1555) {
      for (const Sum sum : {quarters, 0U - quarters}) {
        ASSERT_EQ(scale_sum(DataType::fp4, sum, scale),
                  oracle::scale_sum(DataType::fp4, sum, scale))
            << std::hex << sum << " x " << scale;
      }
    }
  }
  EXPECT_EQ(scale_sum(DataType::fp4, 3, bits_of(0x1p-126F)), 0U);
  EXPECT_EQ(scale_sum(DataType::fp4, 4, bits_of(0x1p-126F)), bits_of(0x1p-126F));
}

// Rounded as fp32 has subnormals, then flushed: what rounds up to the smallest normal stays. Both
// products are 2^-126 - 2^-150, a tie between it and the largest subnormal.
TEST(Sums, AProductThatRoundsUpToTheSmallestNormalIsNotFlushed) {
  EXPECT_EQ(scale_sum(DataType::fp4, 3, 0x00aaaaaa), 0x00800000U);
  EXPECT_EQ(scale_sum(DataType::bf16, bits_of(0x1.fffffep-1F), bits_of(0x1p-126F)), 0x00800000U);
  EXPECT_EQ(scale_sum(DataType::bf16, bits_of(0x1.fffffcp-1F), bits_of(0x1p-126F)), 0U);
}

TEST(Sums, EveryE8m0ScaleMultipliesAsItsPowerOfTwo) {
  Vectors vectors(10);
  for (std::uint32_t code = 0; code < 256; ++code) {
    const Sum scale = bits_of(decode_e8m0(static_cast<std::uint8_t>(code)));
    for (int i = 0; i < 1000; ++i) {
      const Sum sum = vectors.int32();
      ASSERT_EQ(scale_sum(DataType::fp4, sum, scale), oracle::scale_sum(DataType::fp4, sum, scale))
          << std::hex << sum << " x 2^(" << code << " - 127)";
    }
  }
}

TEST(Sums, ScaleSumKnowsInfinitiesAndNans) {
  EXPECT_EQ(scale_sum(DataType::int8, 0, 0x7f800000), kNan);
  EXPECT_EQ(scale_sum(DataType::int8, 0xffffffff, 0x7f800000), 0xff800000U);
  EXPECT_EQ(scale_sum(DataType::int8, 1, 0xffffffff), kNan);
  EXPECT_EQ(scale_sum(DataType::int8, 0xffffffff, 0), 0U);  // -1 x 0 is -0, which is +0.
  EXPECT_EQ(scale_sum(DataType::fp8_e4m3, 0x7f800001, 0x3f800000), kNan);
  EXPECT_EQ(scale_sum(DataType::fp8_e5m2, 0x007fffff, 0x7f800000), kNan);
}

}  // namespace
}  // namespace systole::numerics
