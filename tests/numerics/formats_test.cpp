// SPDX-License-Identifier: Apache-2.0
#include "numerics/formats.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "oracle.hpp"
#include "vectors.hpp"

namespace systole::numerics {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::array kFloatTypes{DataType::bf16, DataType::fp8_e4m3, DataType::fp8_e5m2,
                                 DataType::fp4, DataType::fp32};

std::uint32_t bits_of(float value) { return std::bit_cast<std::uint32_t>(value); }

// The same bits, so that zeros are +0 and NaNs kNan.
void expect_decoded(DataType type, Code code) {
  ASSERT_EQ(bits_of(decode(type, code)), oracle::fp32_bits(oracle::value(type, code)))
      << name(type) << " code " << code;
}

TEST(Formats, EveryCodeOfEveryFormatUpTo16BitsDecodesToItsValue) {
  for (const DataType type : kDataTypes) {
    if (type != DataType::fp32) {
      for (Code code = 0; code < Code{1} << bits(type); ++code) {
        expect_decoded(type, code);
      }
    }
  }
}

TEST(Formats, Fp32DecodesToItselfButForSubnormalsZerosAndNans) {
  oracle::Vectors vectors(1);
  const std::uint64_t count = oracle::announced(1'000'000, "fp32 codes");
  for (std::uint64_t i = 0; i < count && !HasFatalFailure(); ++i) {
    expect_decoded(DataType::fp32, vectors.fp32());
  }
}

// OCP OFP8 1.0 table 2, OCP MX 1.0 tables 5 and 7.
TEST(Formats, LimitsAreThoseOfTheStandards) {
  EXPECT_EQ(decode(DataType::fp8_e4m3, 0x7e), 448.0F);
  EXPECT_EQ(decode(DataType::fp8_e4m3, 0x08), 0x1p-6F);
  EXPECT_EQ(decode(DataType::fp8_e4m3, 0x01), 0x1p-9F);
  EXPECT_TRUE(std::isnan(decode(DataType::fp8_e4m3, 0xff)));
  EXPECT_EQ(decode(DataType::fp8_e5m2, 0x7b), 57344.0F);
  EXPECT_EQ(decode(DataType::fp8_e5m2, 0x04), 0x1p-14F);
  EXPECT_EQ(decode(DataType::fp8_e5m2, 0x01), 0x1p-16F);
  EXPECT_EQ(decode(DataType::fp8_e5m2, 0xfc), -kInfinity);
  EXPECT_EQ(decode(DataType::fp4, 0x7), 6.0F);
  EXPECT_EQ(decode(DataType::fp4, 0x1), 0.5F);
  EXPECT_EQ(decode(DataType::bf16, 0x7f7f), 0x1.fep127F);
  EXPECT_EQ(decode(DataType::bf16, 0x0080), 0x1p-126F);
  EXPECT_EQ(decode(DataType::int4, 0x8), -8.0F);
  EXPECT_EQ(decode(DataType::int8, 0x80), -128.0F);
  EXPECT_EQ(decode(DataType::ternary, 0b11), -1.0F);
  EXPECT_EQ(decode(DataType::ternary, 0b10), 0.0F);
}

TEST(Formats, Bf16AndFp32SubnormalsReadAsPlusZero) {
  EXPECT_EQ(bits_of(decode(DataType::bf16, 0x807f)), 0U);
  EXPECT_EQ(bits_of(decode(DataType::fp32, 0x807fffff)), 0U);
  EXPECT_EQ(bits_of(decode(DataType::bf16, 0x8000)), 0U);
}

// A code's value survives encoding; only an infinity of e5m2 saturates.
TEST(Formats, EveryValueEncodesToACodeOfTheSameValue) {
  for (const DataType type : kDataTypes) {
    if (type == DataType::fp32) {
      continue;
    }
    for (Code code = 0; code < Code{1} << bits(type); ++code) {
      const float value = decode(type, code);
      const bool saturates = type == DataType::fp8_e5m2 && std::isinf(value);
      const float expected = saturates ? std::copysign(57344.0F, value) : value;
      const Code again = encode(type, value);
      ASSERT_LT(again, Code{1} << bits(type)) << name(type) << " code " << code;
      ASSERT_EQ(bits_of(decode(type, again)), bits_of(expected)) << name(type) << " code " << code;
      if (value != 0.0F && !std::isnan(value) && !saturates) {
        ASSERT_EQ(again, code) << name(type);  // No two codes share a value but zero.
      }
    }
  }
}

// A number that is often close to a value of the format, or to a tie between two.
float near_grid(oracle::Vectors& vectors, DataType type) {
  const Code code = vectors.bits() & (type == DataType::fp32 ? ~Code{0} : (1U << bits(type)) - 1);
  const float value = decode(type, code);
  const float next = decode(type, type == DataType::fp32 ? code : (code + 1) % (1U << bits(type)));
  const float halfway = std::isfinite(value) && std::isfinite(next) ? value / 2 + next / 2 : value;
  switch (vectors.below(6)) {
    case 0: return value;
    case 1: return halfway;
    case 2: return std::nextafter(halfway, kInfinity);
    case 3: return std::nextafter(halfway, -kInfinity);
    case 4: return value * 1.5F;
    default: return std::bit_cast<float>(vectors.fp32());
  }
}

class Encode : public testing::TestWithParam<DataType> {};

TEST_P(Encode, GivesTheNearestElementTiesToEven) {
  oracle::Vectors vectors(2);
  const std::uint64_t count = oracle::announced(1'000'000, "numbers");
  for (std::uint64_t i = 0; i < count; ++i) {
    const float value = near_grid(vectors, GetParam());
    ASSERT_EQ(encode(GetParam(), value), oracle::encode(GetParam(), static_cast<double>(value)))
        << std::hexfloat << value;
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, Encode, testing::ValuesIn(kDataTypes),
                         [](const auto& type) { return std::string(name(type.param)); });

TEST(Formats, TiesGoToTheEvenElement) {
  EXPECT_EQ(encode(DataType::int8, 2.5F), 2U);
  EXPECT_EQ(encode(DataType::int8, 3.5F), 4U);
  EXPECT_EQ(encode(DataType::int4, -0.5F), 0U);
  EXPECT_EQ(encode(DataType::ternary, 0.5F), 0U);
  EXPECT_EQ(encode(DataType::ternary, -0.6F), 0b11U);
  EXPECT_EQ(decode(DataType::fp4, encode(DataType::fp4, 5.0F)), 4.0F);
  EXPECT_EQ(decode(DataType::fp4, encode(DataType::fp4, 0.75F)), 1.0F);
  EXPECT_EQ(encode(DataType::fp8_e4m3, 0x1p-10F), 0U);
  EXPECT_EQ(encode(DataType::fp8_e4m3, 0x1.8p-9F), 2U);
  EXPECT_EQ(encode(DataType::bf16, 0x1.01p0F), 0x3f80U);
  EXPECT_EQ(encode(DataType::bf16, 0x1.03p0F), 0x3f82U);
}

TEST(Formats, BeyondTheLargestAllButBf16AndFp32Saturate) {
  for (const float value : {1e9F, kInfinity}) {
    EXPECT_EQ(encode(DataType::int8, value), 127U);
    EXPECT_EQ(encode(DataType::int8, -value), 0x80U);
    EXPECT_EQ(encode(DataType::int4, value), 7U);
    EXPECT_EQ(encode(DataType::int4, -value), 8U);
    EXPECT_EQ(encode(DataType::ternary, value), 1U);
    EXPECT_EQ(encode(DataType::fp4, -value), 0xfU);
    EXPECT_EQ(encode(DataType::fp8_e4m3, value), 0x7eU);
    EXPECT_EQ(encode(DataType::fp8_e5m2, -value), 0xfbU);
  }
  EXPECT_EQ(encode(DataType::bf16, 0x1.fefffep127F), 0x7f7fU);
  EXPECT_EQ(encode(DataType::bf16, 0x1.ffp127F), 0x7f80U);
  EXPECT_EQ(encode(DataType::fp32, -kInfinity), 0xff800000U);
}

TEST(Formats, NanBecomesTheFormatsNanOrZero) {
  const float nan = std::bit_cast<float>(0xff800001U);  // Negative and signalling.
  EXPECT_EQ(encode(DataType::bf16, nan), 0x7fc0U);
  EXPECT_EQ(encode(DataType::fp32, nan), 0x7fc00000U);
  EXPECT_EQ(encode(DataType::fp8_e4m3, nan), 0x7fU);
  EXPECT_EQ(encode(DataType::fp8_e5m2, nan), 0x7fU);
  EXPECT_EQ(encode(DataType::fp4, nan), 0U);
  EXPECT_EQ(encode(DataType::int8, nan), 0U);
}

TEST(Formats, WhatRoundsToANormalStaysAndASubnormalBecomesPlusZero) {
  EXPECT_EQ(encode(DataType::bf16, 0x1.fep-127F), 0x0080U);  // A tie, to even: 2^-126.
  EXPECT_EQ(encode(DataType::bf16, -0x1.fdfffcp-127F), 0U);  // Just below it.
  EXPECT_EQ(encode(DataType::fp32, -0x1.fffffcp-127F), 0U);
}

TEST(Formats, ANegativeNumberThatRoundsToZeroIsPlusZero) {
  for (const DataType type : kFloatTypes) {
    EXPECT_EQ(encode(type, -0x1p-149F), 0U) << name(type);
    EXPECT_EQ(encode(type, -0.0F), 0U) << name(type);
  }
}

// OCP MX 1.0, 5.4.1: 2^(code - 127), and 0xff is NaN. 2^-127 is a subnormal of fp32.
TEST(Formats, EveryE8m0CodeIsAPowerOfTwo) {
  EXPECT_EQ(bits_of(decode_e8m0(0)), 0U);
  for (std::uint32_t code = 1; code < 0xff; ++code) {
    ASSERT_EQ(decode_e8m0(static_cast<std::uint8_t>(code)),
              std::ldexp(1.0F, static_cast<int>(code) - 127));
  }
  EXPECT_EQ(bits_of(decode_e8m0(0xff)), kNan);
}

}  // namespace
}  // namespace systole::numerics
