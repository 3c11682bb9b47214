// SPDX-License-Identifier: Apache-2.0
// The matrix unit's arithmetic, bit for bit: one definition for RTL, clocked model and tests.
//
// A processing element is named by its weights' type; activations have the same type, except that
// ternary weights meet int8 activations. Two kinds of sum run down a column:
//
// * integer sums (int8, int4, ternary, fp4): int32, wrapping modulo 2^32. An fp4 product is a whole
//   number of quarters, so an fp4 sum counts quarters and is exact.
// * fp32 sums (bf16, fp8_e4m3, fp8_e5m2): y = ftz(ftz(a * b) + c). ftz turns a subnormal result,
//   and a zero of either sign, into +0. Inputs that are subnormal fp32 or bf16 read as 0. The
//   products are exact unless they leave the exponent range, so the one rounding (to nearest, ties
//   to even) is in the addition; this is not a fused multiply-add. Any NaN result is kNan.
//   Infinities as IEEE 754 (0 x inf and inf - inf are NaN).
//
// Order, from which the bits of a matrix product follow:
// 1. A tile's sum runs from row 0 to the last row of the array and starts at +0. Rows beyond the
//    depth hold 0 weights and get 0 activations.
// 2. Tile sums of one group are added in the order of K: the first as it is, each next by
//    add_sums(group, tile).
// 3. At the group's end, if the product has scales, the group becomes scale_sum(group, scale).
//    Without scales all of K is one group, which leaves as it is.
// 4. Scaled groups are added in the order of K: the first as it is, each next by
//    add_fp32(result, group).
// A tile never spans groups: where a group is smaller than the array is deep, tiles use only the
// first rows.
#pragma once

#include <cstdint>

#include "base/data_type.hpp"
#include "numerics/formats.hpp"

namespace systole::numerics {

// The processing elements there are, by the type of their weights.
inline constexpr std::array kElementTypes{DataType::int8, DataType::int4,     DataType::ternary,
                                          DataType::bf16, DataType::fp8_e4m3, DataType::fp8_e5m2,
                                          DataType::fp4};

// What streams past weights of this type: int8 for ternary, the same type otherwise.
[[nodiscard]] constexpr DataType activation_type(DataType weights) {
  return weights == DataType::ternary ? DataType::int8 : weights;
}

// True if sums down a column are int32; fp32 otherwise.
[[nodiscard]] constexpr bool has_integer_sums(DataType weights) {
  return weights == DataType::int8 || weights == DataType::int4 || weights == DataType::ternary ||
         weights == DataType::fp4;
}

// Bits of an int32 or fp32 sum.
using Sum = std::uint32_t;

// ftz(a + b) on the bits of fp32 numbers.
[[nodiscard]] Sum add_fp32(Sum a, Sum b);

// What a processing element computes: sum + activation x weight.
[[nodiscard]] Sum multiply_add(DataType weights, Code activation, Code weight, Sum sum);

// What an accumulator adds: int32 or fp32, by the kind of sum.
[[nodiscard]] Sum add_sums(DataType weights, Sum a, Sum b);

// ftz(fp32(sum) x ftz(scale)): the sum is first rounded to fp32 (to nearest, ties to even; exact up
// to 2^24), an fp4 sum's quarters taken into account exactly; the product is rounded once, as IEEE
// 754 rounds with its subnormals, and then flushed. So what rounds up to 2^-126, the smallest
// normal number, stays: products from 2^-126 - 2^-150 on. (Sums and products of operands never
// round there.)
[[nodiscard]] Sum scale_sum(DataType weights, Sum sum, Sum scale);

}  // namespace systole::numerics
