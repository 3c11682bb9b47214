// SPDX-License-Identifier: Apache-2.0
#include "numerics/multiply_add.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>

#include "base/error.hpp"
#include "oracle.hpp"
#include "vectors.hpp"

namespace systole::numerics {
namespace {

using oracle::Seen;
using oracle::Vectors;

// Where int32 wraps, and where a product of two int8 (2^14 at most) just does not make it.
constexpr std::array<Sum, 10> kIntegerSums{0,          1,          0xffffffff, 0x7fffffff,
                                           0x80000000, 0x7fffc000, 0x7fffbfff, 0x80004000,
                                           0x80003fff, 0x12345678};

// Zeros, subnormals, the ends of the range, values that an fp8 product cancels or ties with, NaNs.
constexpr std::array<Sum, 24> kFloatSums{
    0x00000000, 0x80000000, 0x00000001, 0x807fffff, 0x00800000, 0x80800001, 0x3f800000, 0xbf800000,
    0xb8800000, 0x3a800001, 0x42ff0000, 0xc3d00000, 0x4b800000, 0xcb800001, 0x4cffffff, 0xc9ffffff,
    0x57ffffff, 0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0xffc00001};

template <std::size_t count>
void expect_every_pair(DataType weights, const std::array<Sum, count>& sums) {
  std::uint64_t cases = 0;
  for (Code a = 0; a < Code{1} << bits(activation_type(weights)); ++a) {
    for (Code w = 0; w < Code{1} << bits(weights); ++w) {
      for (const Sum sum : sums) {
        ASSERT_EQ(multiply_add(weights, a, w, sum), oracle::multiply_add(weights, a, w, sum))
            << name(weights) << std::hex << ": " << a << " x " << w << " + " << sum;
        ++cases;
      }
    }
  }
  const auto pairs = std::uint64_t{1} << (bits(weights) + bits(activation_type(weights)));
  EXPECT_EQ(cases, pairs * count);
}

TEST(MultiplyAdd, EveryPairOfIntegersAddsUpModulo2To32) {
  expect_every_pair(DataType::int8, kIntegerSums);
  expect_every_pair(DataType::int4, kIntegerSums);
  expect_every_pair(DataType::ternary, kIntegerSums);
}

TEST(MultiplyAdd, EveryPairOfFp4AddsItsQuarters) { expect_every_pair(DataType::fp4, kIntegerSums); }

TEST(MultiplyAdd, EveryPairOfFp8E4m3RoundsOnceInTheSum) {
  expect_every_pair(DataType::fp8_e4m3, kFloatSums);
}

TEST(MultiplyAdd, EveryPairOfFp8E5m2RoundsOnceInTheSum) {
  expect_every_pair(DataType::fp8_e5m2, kFloatSums);
}

// A sum that the product nearly cancels, or any.
Sum sum_beside(Vectors& vectors, DataType weights, Code a, Code w) {
  const double product = oracle::value(weights, a) * oracle::value(weights, w);
  return vectors.fp32_beside(oracle::fp32_bits(oracle::rounded(product, oracle::kFp32)));
}

TEST(MultiplyAdd, Fp8WithRandomSumsIsAsDefined) {
  Vectors vectors(3);
  const std::uint64_t count = oracle::announced(1'000'000, "vectors");
  for (std::uint64_t i = 0; i < count; ++i) {
    const DataType weights = i % 2 == 0 ? DataType::fp8_e4m3 : DataType::fp8_e5m2;
    const Code a = vectors.below(256);
    const Code w = vectors.below(256);
    const Sum sum = sum_beside(vectors, weights, a, w);
    ASSERT_EQ(multiply_add(weights, a, w, sum), oracle::multiply_add(weights, a, w, sum))
        << name(weights) << std::hex << ": " << a << " x " << w << " + " << sum;
  }
}

TEST(MultiplyAdd, Bf16IsAsDefinedAtTheEdges) {
  Vectors vectors(4);
  const std::uint64_t count = oracle::announced(1'000'000, "vectors");
  Seen seen;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto [a, w] = vectors.bf16_factors();
    const Sum sum = sum_beside(vectors, DataType::bf16, a, w);
    const Sum result = multiply_add(DataType::bf16, a, w, sum);
    ASSERT_EQ(result, oracle::multiply_add(DataType::bf16, a, w, sum))
        << std::hex << a << " x " << w << " + " << sum;
    seen.add(result);
  }
  EXPECT_GT(seen.nan, count / 100);
  EXPECT_GT(seen.infinite, count / 100);
  EXPECT_GT(seen.zero, count / 100);
  EXPECT_GT(seen.other, count / 2);
}

TEST(MultiplyAdd, IsNotAFusedMultiplyAdd) {
  // 2^-63 x 2^-64 is a subnormal: the product is flushed before the sum.
  EXPECT_EQ(multiply_add(DataType::bf16, 0x2000, 0x1f80, 0x00800000), 0x00800000U);
  EXPECT_EQ(ftz(std::fmaf(0x1p-63F, 0x1p-64F, 0x1p-126F)), 0x1.8p-126F);
  // 2^64 x 2^64 is infinite before -2^127 could bring it back.
  EXPECT_EQ(multiply_add(DataType::bf16, 0x5f80, 0x5f80, 0xff000000), 0x7f800000U);
  EXPECT_EQ(ftz(std::fmaf(0x1p64F, 0x1p64F, -0x1p127F)), 0x1p127F);
}

TEST(MultiplyAdd, SpecialValuesAreThoseOfIeee754WithOneNan) {
  constexpr Code kZero = 0x0000;
  constexpr Code kOne = 0x3f80;
  constexpr Code kInf = 0x7f80;
  EXPECT_EQ(multiply_add(DataType::bf16, kZero, kInf, 0), kNan);
  EXPECT_EQ(multiply_add(DataType::bf16, 0x0001, kInf, 0), kNan);  // A subnormal reads as 0.
  EXPECT_EQ(multiply_add(DataType::bf16, kOne, kInf, 0xff800000), kNan);
  EXPECT_EQ(multiply_add(DataType::bf16, kOne, kOne, 0xffc12345), kNan);
  EXPECT_EQ(multiply_add(DataType::bf16, kOne, kInf, 0x3f800000), 0x7f800000U);
  EXPECT_EQ(multiply_add(DataType::bf16, kOne, 0x8000, 0x80000000), 0U);  // -0 + -0 is +0.
  EXPECT_EQ(multiply_add(DataType::fp8_e4m3, 0xff, 0x00, 0), kNan);
  EXPECT_EQ(multiply_add(DataType::fp8_e5m2, 0x7c, 0x80, 0), kNan);
}

// So rows of the array beyond a tile's depth do not show.
TEST(MultiplyAdd, ZeroTimesZeroChangesNoSumThatArithmeticProduces) {
  Vectors vectors(5);
  for (const DataType weights : kElementTypes) {
    for (int i = 0; i < 10'000; ++i) {
      const Sum sum = has_integer_sums(weights) ? vectors.int32() : add_fp32(vectors.fp32(), 0);
      ASSERT_EQ(multiply_add(weights, 0, 0, sum), sum) << name(weights);
    }
  }
}

TEST(MultiplyAdd, ThereIsNoElementWithFp32Weights) {
  EXPECT_THROW((void)multiply_add(DataType::fp32, 0, 0, 0), Bug);
}

}  // namespace
}  // namespace systole::numerics
