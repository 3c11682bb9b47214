// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "base/error.hpp"

namespace systole {
namespace {

// Known answers of philox4x32-10 in Random123's kat_vectors: all-zero counter and key give words
// 6627e8d5 e169c58d bc57ac4c 9b00dbd8, all-one 408f276d 41c83b0e a20bc7c6 6d5451fd.
TEST(Random, UniformIsPhilox4x32WithTheSeedAsKeyAndThePlaceAsCounter) {
  EXPECT_EQ(uniform(0, 0, 0), (static_cast<double>(0xe169c58d6627e8d5ULL >> 12) + 0.5) * 0x1p-52);
  const std::uint64_t ones = ~std::uint64_t{0};
  EXPECT_EQ(uniform(ones, ones, ones),
            (static_cast<double>(0x41c83b0e408f276dULL >> 12) + 0.5) * 0x1p-52);
}

TEST(Random, EverySeedAndPlaceHasItsOwnNumber) {
  const double here = uniform(1, 2, 3);
  EXPECT_EQ(uniform(1, 2, 3), here);
  EXPECT_NE(uniform(2, 2, 3), here);
  EXPECT_NE(uniform(1, 3, 3), here);
  EXPECT_NE(uniform(1, 2, 4), here);
  EXPECT_NE(uniform(1 + (1ULL << 32), 2, 3), here);
  EXPECT_NE(uniform(1, 2 + (1ULL << 32), 3), here);
  EXPECT_NE(uniform(1, 2, 3 + (1ULL << 32)), here);
}

// The mean of n uniforms has a deviation of sqrt(1/12/n): 0.0009 here; the variance 0.00024.
TEST(Random, UniformHasMeanOneHalfAndVarianceOneTwelfth) {
  const int n = 100'000;
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < n; ++i) {
    const double u = uniform(7, static_cast<std::uint64_t>(i), 0);
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
    squares += (u - 0.5) * (u - 0.5);
  }
  EXPECT_NEAR(sum / n, 0.5, 4 * 0.0009);
  EXPECT_NEAR(squares / n, 1.0 / 12.0, 4 * 0.00024);
}

TEST(Random, NormalQuantileAgreesWithBoostFromTailToTail) {
  const boost::math::normal normal;
  for (const double p :
       {1e-300, 1e-100, 1e-16,  1e-12, 1e-9, 1e-6,  1e-3,       0.01,       0.05,
        0.0749, 0.0751, 0.1,    0.25,  0.4,  0.499, 0.501,      0.6,        0.75,
        0.9,    0.9249, 0.9251, 0.95,  0.99, 0.999, 1.0 - 1e-6, 1.0 - 1e-9, 1.0 - 1e-12}) {
    const double expected = boost::math::quantile(normal, p);
    EXPECT_NEAR(normal_quantile(p), expected, 1e-14 * std::abs(expected)) << p;
  }
  EXPECT_EQ(normal_quantile(0.5), 0.0);
}

// 1.6448536269514722: the 95% point in any table of the normal distribution.
TEST(Random, NormalQuantileOf95PercentIs1Point645) {
  EXPECT_DOUBLE_EQ(normal_quantile(0.95), 1.6448536269514722);
  EXPECT_NEAR(normal_quantile(0.05), -1.6448536269514722, 1e-15);
}

TEST(Random, NormalQuantileRefusesZeroAndOne) {
  EXPECT_THROW((void)normal_quantile(0.0), Bug);
  EXPECT_THROW((void)normal_quantile(1.0), Bug);
}

}  // namespace
}  // namespace systole
