// SPDX-License-Identifier: Apache-2.0
// Whole-number arithmetic that never wraps: a count beyond 2^63 is a broken law, not a small
// number.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "base/error.hpp"

namespace systole {

inline constexpr std::uint64_t kLargestCount = std::uint64_t{1} << 63;

[[nodiscard]] inline std::uint64_t product(std::initializer_list<std::uint64_t> factors) {
  std::uint64_t result = 1;
  bool fits = true;
  for (const std::uint64_t factor : factors) {
    if (factor == 0) {
      return 0;
    }
    fits = !__builtin_mul_overflow(result, factor, &result) && result <= kLargestCount && fits;
  }
  check(fits, "law broken: no counter above 2^63: a product of shapes is larger");
  return result;
}

[[nodiscard]] inline std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  check(!__builtin_add_overflow(a, b, &result) && result <= kLargestCount,
        "law broken: no counter above 2^63: {} + {} is larger", a, b);
  return result;
}

}  // namespace systole
