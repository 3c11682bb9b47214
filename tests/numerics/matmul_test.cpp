// SPDX-License-Identifier: Apache-2.0
#include "numerics/matmul.hpp"

#include <gtest/gtest.h>
#include <mpfr.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "oracle.hpp"
#include "vectors.hpp"

namespace systole::numerics {
namespace {

using oracle::Vectors;

struct Operands {
  std::vector<Code> activations;
  std::vector<Code> weights;
  std::vector<Sum> scales;
};

std::uint32_t groups(const MatmulShape& shape) {
  return shape.group == 0 ? 0 : (shape.k + shape.group - 1) / shape.group;
}

// Finite, of magnitudes from 2^-8 to 2^8, so that sums round but nothing overflows or is flushed;
// `wild` adds every other code.
Code operand(Vectors& vectors, DataType type, bool wild) {
  const std::uint32_t sign = vectors.below(2);
  if (type == DataType::bf16) {
    return wild ? vectors.fp32() >> 16
                : sign << 15 | (119 + vectors.below(16)) << 7 | vectors.below(128);
  }
  if (type == DataType::fp8_e4m3 && !wild) {
    return sign << 7 | vectors.below(0x7f);
  }
  if (type == DataType::fp8_e5m2 && !wild) {
    return sign << 7 | (7 + vectors.below(16)) << 2 | vectors.below(4);
  }
  return vectors.below(1U << bits(type));
}

Operands random_operands(const MatmulShape& shape, Vectors& vectors, bool wild) {
  Operands operands;
  for (std::uint32_t i = 0; i < shape.m * shape.k; ++i) {
    const bool odd = wild && vectors.below(shape.k) == 0;
    operands.activations.push_back(operand(vectors, activation_type(shape.weights), odd));
  }
  for (std::uint32_t i = 0; i < shape.k * shape.n; ++i) {
    const bool odd = wild && vectors.below(shape.k) == 0;
    operands.weights.push_back(operand(vectors, shape.weights, odd));
  }
  for (std::uint32_t i = 0; i < groups(shape) * shape.n; ++i) {
    const Sum tame = (119 + vectors.below(16)) << 23 | (vectors.bits() & 0x807fffff);
    operands.scales.push_back(wild && vectors.below(8) == 0 ? vectors.fp32() : tame);
  }
  return operands;
}

// One element of the product as the hardware finds it: pass by pass through all rows of the array,
// then the two accumulators (rtl/README.md, cycles of mxu_ws, rule 5).
Sum expected_element(const MatmulShape& shape, const Operands& operands, std::uint32_t row,
                     std::uint32_t column) {
  const std::uint32_t group_depth = shape.group == 0 ? shape.k : shape.group;
  Sum group = 0;
  Sum result = 0;
  std::uint32_t k = 0;
  while (k < shape.k) {
    const bool sum_start = k % group_depth == 0;
    const std::uint32_t group_end = std::min(shape.k, (k / group_depth + 1) * group_depth);
    const std::uint32_t used = std::min(shape.rows, group_end - k);
    Sum sum = 0;
    for (std::uint32_t r = 0; r < shape.rows; ++r) {
      const Code a = r < used ? operands.activations[row * shape.k + k + r] : 0;
      const Code w = r < used ? operands.weights[(k + r) * shape.n + column] : 0;
      sum = oracle::multiply_add(shape.weights, a, w, sum);
    }
    group = sum_start ? sum : oracle::add_sums(shape.weights, group, sum);
    if (k + used == group_end) {
      const std::uint32_t g = k / group_depth;
      const Sum scaled =
          shape.group == 0
              ? group
              : oracle::scale_sum(shape.weights, group, operands.scales[g * shape.n + column]);
      result = g == 0 ? scaled : oracle::add_fp32(result, scaled);
    }
    k += used;
  }
  return result;
}

void expect_same_bits(const MatmulShape& shape, const Operands& operands) {
  const std::vector<Sum> results =
      matmul(shape, operands.activations, operands.weights, operands.scales);
  ASSERT_EQ(results.size(), std::size_t{shape.m} * shape.n);
  for (std::uint32_t i = 0; i < results.size(); ++i) {
    ASSERT_EQ(results[i], expected_element(shape, operands, i / shape.n, i % shape.n))
        << name(shape.weights) << " k " << shape.k << " rows " << shape.rows << " group "
        << shape.group << " element " << i;
  }
}

class Matmul : public testing::TestWithParam<DataType> {};

TEST_P(Matmul, FollowsTheOrderForDepthsAroundFoldsAndGroups) {
  Vectors vectors(11);
  for (const std::uint32_t rows : {1U, 8U, 32U, 48U, 64U, 128U}) {
    for (const std::uint32_t group : {0U, 32U, 64U, 128U}) {
      for (const std::uint32_t k : {1U, 31U, 32U, 33U, 64U, 127U, 128U, 129U, 200U}) {
        const MatmulShape shape{GetParam(), 1, 2, k, rows, group};
        ASSERT_NO_FATAL_FAILURE(expect_same_bits(shape, random_operands(shape, vectors, false)));
      }
    }
  }
}

TEST_P(Matmul, FollowsTheOrderOnRandomShapesAndWildOperands) {
  Vectors vectors(12);
  const std::uint64_t count = oracle::announced(500, "shapes");
  for (std::uint64_t i = 0; i < count; ++i) {
    const MatmulShape shape{.weights = GetParam(),
                            .m = 1 + vectors.below(4),
                            .n = 1 + vectors.below(5),
                            .k = 1 + vectors.below(100),
                            .rows = 1 + vectors.below(40),
                            .group = vectors.below(3) == 0 ? 0 : 1 + vectors.below(70)};
    ASSERT_NO_FATAL_FAILURE(expect_same_bits(shape, random_operands(shape, vectors, i % 2 == 0)));
  }
}

// The exact value of an element and the sum of the magnitudes of its terms. Operands are multiples
// of 2^-15 and scales of 2^-31, all at most 2^9: 300 bits hold every sum exactly.
class Exact {
 public:
  Exact() { mpfr_inits2(300, value_, magnitude_, term_, factor_, nullptr); }
  ~Exact() { mpfr_clears(value_, magnitude_, term_, factor_, nullptr); }
  Exact(const Exact&) = delete;
  Exact& operator=(const Exact&) = delete;

  void compute(const MatmulShape& shape, const Operands& operands, std::uint32_t row,
               std::uint32_t column) {
    mpfr_set_zero(value_, 1);
    mpfr_set_zero(magnitude_, 1);
    for (std::uint32_t k = 0; k < shape.k; ++k) {
      const Code a = operands.activations[row * shape.k + k];
      mpfr_set_d(term_, oracle::value(activation_type(shape.weights), a), MPFR_RNDN);
      times(oracle::value(shape.weights, operands.weights[k * shape.n + column]));
      if (shape.group != 0) {
        times(oracle::fp32_value(operands.scales[k / shape.group * shape.n + column]));
      }
      inexact_ |= mpfr_add(value_, value_, term_, MPFR_RNDN) != 0;
      mpfr_abs(term_, term_, MPFR_RNDN);
      inexact_ |= mpfr_add(magnitude_, magnitude_, term_, MPFR_RNDN) != 0;
    }
  }

  // |number - value| in units of 2^-24 of the magnitude.
  [[nodiscard]] double error(double number) {
    mpfr_sub_d(term_, value_, number, MPFR_RNDN);
    mpfr_abs(term_, term_, MPFR_RNDN);
    if (mpfr_zero_p(term_) != 0) {
      return 0;
    }
    mpfr_div(term_, term_, magnitude_, MPFR_RNDU);
    return mpfr_get_d(term_, MPFR_RNDU) * 0x1p24;
  }

  [[nodiscard]] bool is_inexact() const { return inexact_; }

 private:
  void times(double factor) {
    mpfr_set_d(factor_, factor, MPFR_RNDN);
    inexact_ |= mpfr_mul(term_, term_, factor_, MPFR_RNDN) != 0;
  }

  mpfr_t value_;
  mpfr_t magnitude_;
  mpfr_t term_;
  mpfr_t factor_;
  bool inexact_ = false;
};

// The value of a result, whatever kind of sum it is.
double result_value(const MatmulShape& shape, Sum result) {
  if (!has_integer_sums(shape.weights) || shape.group != 0) {
    return oracle::fp32_value(result);
  }
  const auto whole = static_cast<double>(std::bit_cast<std::int32_t>(result));
  return shape.weights == DataType::fp4 ? whole / 4 : whole;
}

// Roundings that a term of the sum goes through, at most: one an addition of an fp32 sum, one each
// for the integer's conversion and the scale, one a group. Each is within 2^-24, and n of them
// within n 2^-24 / (1 - n 2^-24) (Higham, Accuracy and Stability, 2nd ed., lemma 3.1).
double roundings(const MatmulShape& shape) {
  const std::uint32_t depth = shape.group == 0 ? shape.k : std::min(shape.k, shape.group);
  double count = 0;
  if (!has_integer_sums(shape.weights)) {
    count += std::min(shape.rows, depth) + (depth + shape.rows - 1) / shape.rows;
  }
  if (shape.group != 0) {
    count += 2 + groups(shape);
  }
  return count;
}

TEST_P(Matmul, IsWithinTheRoundingBoundOfTheExactProduct) {
  Vectors vectors(13);
  double largest = 0;
  const std::uint64_t count = oracle::announced(60, "shapes");
  for (std::uint64_t i = 0; i < count; ++i) {
    const MatmulShape shape{.weights = GetParam(),
                            .m = 2,
                            .n = 3,
                            .k = 1 + vectors.below(300),
                            .rows = 1 + vectors.below(128),
                            .group = std::array{0U, 32U, 64U, 128U}[vectors.below(4)]};
    const Operands operands = random_operands(shape, vectors, false);
    const std::vector<Sum> results =
        matmul(shape, operands.activations, operands.weights, operands.scales);
    Exact exact;
    for (std::uint32_t e = 0; e < results.size(); ++e) {
      exact.compute(shape, operands, e / shape.n, e % shape.n);
      const double error = exact.error(result_value(shape, results[e]));
      const double bound = roundings(shape) / (1 - roundings(shape) * 0x1p-24);
      ASSERT_LE(error, bound) << name(shape.weights) << " k " << shape.k;
      largest = std::max(largest, error);
    }
    ASSERT_FALSE(exact.is_inexact());
  }
  EXPECT_GT(largest, 0);  // Something was rounded: the bound was tested.
}

INSTANTIATE_TEST_SUITE_P(Numerics, Matmul, testing::ValuesIn(kElementTypes),
                         [](const auto& type) { return std::string(name(type.param)); });

constexpr Code kOne = 0x3f80;  // bf16.
constexpr Code k2To24 = 0x4b80;

// Each 1 ties with 2^24 and is lost, unless the ones meet first.
TEST(MatmulOrder, SumsRunFromRow0) {
  const std::vector<Code> ones(3, kOne);
  const MatmulShape shape{.weights = DataType::bf16, .m = 1, .n = 1, .k = 3, .rows = 3, .group = 0};
  const std::vector<Sum> down{std::bit_cast<Sum>(16777216.0F)};
  const std::vector<Sum> up{std::bit_cast<Sum>(16777218.0F)};
  EXPECT_EQ(matmul(shape, {k2To24, kOne, kOne}, ones, {}), down);
  EXPECT_EQ(matmul(shape, {kOne, kOne, k2To24}, ones, {}), up);
}

TEST(MatmulOrder, TheDepthOfTheArrayDecidesWhatMeetsFirst) {
  const std::vector<Code> ones(4, kOne);
  const std::vector<Code> activations{k2To24, 0, kOne, kOne};
  const std::vector<Sum> shallow{std::bit_cast<Sum>(16777218.0F)};
  const std::vector<Sum> deep{std::bit_cast<Sum>(16777216.0F)};
  MatmulShape shape{.weights = DataType::bf16, .m = 1, .n = 1, .k = 4, .rows = 2, .group = 0};
  EXPECT_EQ(matmul(shape, activations, ones, {}), shallow);
  shape.rows = 4;
  EXPECT_EQ(matmul(shape, activations, ones, {}), deep);
}

// By hand: (1 x 3 + 2 x 4) x 0.5 + (3 x -5) x 2 = 5.5 - 30.
TEST(MatmulOrder, EveryGroupHasItsOwnScale) {
  const MatmulShape shape{.weights = DataType::int8, .m = 1, .n = 1, .k = 3, .rows = 4, .group = 2};
  const std::vector<Sum> scales{std::bit_cast<Sum>(0.5F), std::bit_cast<Sum>(2.0F)};
  const std::vector<Sum> expected{std::bit_cast<Sum>(-24.5F)};
  EXPECT_EQ(matmul(shape, {1, 2, 3}, {3, 4, 0xfb}, scales), expected);
}

TEST(MatmulOrder, OperandsThatDoNotFitTheShapeAreABug) {
  const MatmulShape shape{.weights = DataType::int8, .m = 1, .n = 1, .k = 2, .rows = 4, .group = 2};
  EXPECT_NO_THROW((void)matmul(shape, {1, 2}, {3, 4}, {0}));
  EXPECT_THROW((void)matmul(shape, {1}, {3, 4}, {0}), Bug);
  EXPECT_THROW((void)matmul(shape, {1, 2}, {3}, {0}), Bug);
  EXPECT_THROW((void)matmul(shape, {1, 2}, {3, 4}, {}), Bug);
}

}  // namespace
}  // namespace systole::numerics
