// SPDX-License-Identifier: Apache-2.0
// The definitions of sim/numerics a second time, from the standards and with GNU MPFR: what the
// floor is held against. It shares no code with the floor.
//
// Every value here is a double, used as a container only: values of all formats and of fp32 are
// exact in it. MPFR does the arithmetic and rounds it once, correctly, to the format asked for.
#pragma once

#include <cstdint>

#include "base/data_type.hpp"

namespace systole::oracle {

// A binary format as IEEE 754 has them, subnormals included.
struct Grid {
  int precision;  // Bits of a significand, the leading one included.
  int least;      // The smallest subnormal is 2^least.
  int limit;      // What rounds to 2^limit or more is infinite.
};

inline constexpr Grid kFp32{.precision = 24, .least = -149, .limit = 128};

// Rounded to nearest, ties to even, once. A zero may have either sign.
[[nodiscard]] double rounded(double value, const Grid& grid);
[[nodiscard]] double rounded_sum(double a, double b, const Grid& grid);
[[nodiscard]] double rounded_product(double a, double b, const Grid& grid);

// The value of an element and of the bits of an fp32 number. Flushed: never -0 nor a subnormal of
// bf16 or fp32.
[[nodiscard]] double value(DataType type, std::uint32_t code);
[[nodiscard]] double fp32_value(std::uint32_t bits);

// The bits of a value that is exact in fp32, after a subnormal or a -0 became +0.
[[nodiscard]] std::uint32_t fp32_bits(double value);

[[nodiscard]] std::uint32_t encode(DataType type, double value);

[[nodiscard]] std::uint32_t add_fp32(std::uint32_t a, std::uint32_t b);
[[nodiscard]] std::uint32_t multiply_add(DataType weights, std::uint32_t activation,
                                         std::uint32_t weight, std::uint32_t sum);
[[nodiscard]] std::uint32_t add_sums(DataType weights, std::uint32_t a, std::uint32_t b);
[[nodiscard]] std::uint32_t scale_sum(DataType weights, std::uint32_t sum, std::uint32_t scale);

}  // namespace systole::oracle
