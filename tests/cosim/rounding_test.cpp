// SPDX-License-Identifier: Apache-2.0
// Products made so that they round in the ways that random ones seldom or never meet.
#include <gtest/gtest.h>

#include <algorithm>

#include "cosim/product.hpp"
#include "cosim/random_codes.hpp"
#include "units.hpp"

namespace systole::cosim {
namespace {

using numerics::Code;

std::vector<RtlVariant> variants_of(DataType type) {
  std::vector<RtlVariant> out = rtl_variants();
  std::erase_if(out,
                [&](const RtlVariant& v) { return v.config.type != type || v.config.rows > 16; });
  return out;
}

void expect_product(const RtlVariant& variant, const Product& product) {
  const auto unit = variant.make(1);
  const auto multiplied =
      multiply(variant.config, product, {.seed = 1, .bubbles = false, .resets = false}, *unit);
  ASSERT_TRUE(multiplied) << variant.name;
  ASSERT_EQ(multiplied->result,
            numerics::matmul(product.shape, product.activations, product.weights, product.scales))
      << variant.name << ", product of depth " << product.shape.k;
}

Code bf16_power(int exponent, bool negative) {
  constexpr int kBias = 127;
  return static_cast<Code>((kBias + exponent) << 7) | (negative ? 0x8000U : 0U);
}

// 1 + 2^-low + 2^high for all distances at which the second is above, at and below the last place
// of the first, and the first two about half the last place of the third: each bit that is shifted
// out decides a tie once. Even columns add the third, odd ones subtract it.
Product shifted_out(const RtlVariant& variant) {
  constexpr std::uint32_t kDepth = 3;
  const bool is_output_stationary = variant.config.dataflow == Dataflow::output_stationary;
  Product product{.shape = {.weights = DataType::bf16,
                            .m = 0,
                            .n = variant.config.columns,
                            .k = kDepth,
                            .rows = is_output_stationary ? kDepth : variant.config.rows,
                            .group = 0},
                  .activations = {},
                  .weights = {},
                  .scales = {}};
  for (int low = 1; low <= 25; ++low) {
    for (int high = 20; high <= 28; ++high) {
      for (const bool negative : {false, true}) {
        product.activations.insert(
            product.activations.end(),
            {bf16_power(0, false), bf16_power(-low, negative), bf16_power(high, false)});
        ++product.shape.m;
      }
    }
  }
  for (std::uint32_t k = 0; k < kDepth; ++k) {
    for (std::uint32_t n = 0; n < product.shape.n; ++n) {
      product.weights.push_back(bf16_power(0, k == 2 && n % 2 == 1));
    }
  }
  return product;
}

TEST(Rounding, OfBf16SumsSeesEachBitThatIsShiftedOut) {
  if (rtl_variants().empty()) {
    GTEST_SKIP() << kNoRtl;
  }
  for (const RtlVariant& variant : variants_of(DataType::bf16)) {
    expect_product(variant, shifted_out(variant));
  }
}

// 1/2 times numbers just below 2^-125, a column each: the first rounds up to the least normal
// number and stays, all others are subnormal and are flushed.
TEST(Rounding, OfScaledSumsAtTheLeastNormalNumberKeepsOnlyWhatRoundsUpToIt) {
  if (rtl_variants().empty()) {
    GTEST_SKIP() << kNoRtl;
  }
  for (const RtlVariant& variant : variants_of(DataType::bf16)) {
    if (variant.config.dataflow == Dataflow::output_stationary) {
      continue;  // Has no scales.
    }
    constexpr numerics::Sum kBelow = 0x00ff'ffff;  // 2^-125 - 2^-149
    const std::uint32_t columns = variant.config.columns;
    Product product{.shape = {.weights = DataType::bf16,
                              .m = 1,
                              .n = columns,
                              .k = 1,
                              .rows = variant.config.rows,
                              .group = 1},
                    .activations = {bf16_power(-1, false)},
                    .weights = std::vector<Code>(columns, bf16_power(0, false)),
                    .scales = {}};
    for (std::uint32_t n = 0; n < columns; ++n) {
      product.scales.push_back(kBelow - n);
    }
    expect_product(variant, product);
  }
}

// One group, all products of the same sign: sums between `depth` x 96^2 and `depth` x 128^2. Int8,
// whose products are the largest, outgrows the 24 bits that fp32 holds in a few thousand rows.
Product deep(const RtlVariant& variant, std::uint32_t depth, bool negative, Draw& draw) {
  const numerics::MatmulShape shape{.weights = DataType::int8,
                                    .m = std::min(4U, variant.config.accumulator_rows),
                                    .n = variant.config.columns,
                                    .k = depth,
                                    .rows = variant.config.rows,
                                    .group = depth};
  Product product{.shape = shape,
                  .activations = std::vector<Code>(std::size_t{shape.m} * depth),
                  .weights = std::vector<Code>(std::size_t{depth} * shape.n),
                  .scales = std::vector<numerics::Sum>(shape.n)};
  std::ranges::generate(product.activations, [&] { return draw.between(96, 127); });
  std::ranges::generate(product.weights,
                        [&] { return negative ? draw.between(128, 160) : draw.between(96, 127); });
  std::ranges::generate(product.scales,
                        [&] { return random_code(draw, DataType::fp32, Flavour::few_bits); });
  return product;
}

TEST(Rounding, OfInt8SumsBeyond24BitsIsThatOfNumericsBeforeTheyAreScaled) {
  if (rtl_variants().empty()) {
    GTEST_SKIP() << kNoRtl;
  }
  Draw draw(20260, "deep sums");
  for (const RtlVariant& variant : variants_of(DataType::int8)) {
    if (variant.config.dataflow == Dataflow::output_stationary) {
      continue;  // Has no scales.
    }
    for (const std::uint32_t depth : {1900U, 6000U}) {  // 2^24 to 2^25, and 2^25 to 2^27.
      expect_product(variant, deep(variant, depth, draw.bits(1) != 0, draw));
    }
  }
}

}  // namespace
}  // namespace systole::cosim
