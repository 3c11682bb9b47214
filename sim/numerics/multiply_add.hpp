// SPDX-License-Identifier: Apache-2.0
// What a processing element computes, inline: the clocked model does it for every element in every
// cycle. arithmetic.hpp defines it. Plain float is the implementation of fp32, so whoever includes
// this compiles with -ffp-contract=off (linking `numerics` brings it) and without -ffast-math.
#pragma once

#include <array>
#include <bit>
#include <cfloat>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "base/error.hpp"
#include "numerics/arithmetic.hpp"
#include "numerics/float_format.hpp"

#ifdef __FAST_MATH__
#error "-ffast-math breaks the definition of a sum's bits."
#endif

namespace systole::numerics {

static_assert(std::numeric_limits<float>::is_iec559 && FLT_EVAL_METHOD == 0,
              "float must be fp32 and be rounded after every operation");

inline constexpr Sum kSign = 0x80000000;
inline constexpr Sum kSmallestNormal = 0x00800000;
inline constexpr Sum kInfinity = 0x7f800000;

// A subnormal or a zero of either sign becomes +0; a NaN stays. A mask rather than a choice, since
// GCC then makes vector code of a loop over elements: four times as fast.
[[nodiscard]] inline Sum ftz(Sum bits) {
  const Sum counts = (bits & ~kSign) >= kSmallestNormal ? 1 : 0;
  return bits & -counts;
}
[[nodiscard]] inline float ftz(float value) {
  return std::bit_cast<float>(ftz(std::bit_cast<Sum>(value)));
}

// fp32 as it comes in: what its bits mean here.
[[nodiscard]] inline float read_fp32(Sum bits) { return std::bit_cast<float>(ftz(bits)); }

// fp32 as it goes out: flushed, with one NaN.
[[nodiscard]] inline Sum write_fp32(float value) {
  const Sum bits = ftz(std::bit_cast<Sum>(value));
  return (bits & ~kSign) > kInfinity ? kNan : bits;
}

// Every value of a format by its code.
template <std::size_t codes>
[[nodiscard]] constexpr std::array<float, codes> decoded(const FloatFormat& format) {
  std::array<float, codes> values{};
  for (Code code = 0; code < codes; ++code) {
    values[code] = decode(format, code);
  }
  return values;
}

inline constexpr std::array kFp8E4m3Values = decoded<256>(kFp8E4m3);
inline constexpr std::array kFp8E5m2Values = decoded<256>(kFp8E5m2);

// An operand of an fp32 sum.
template <DataType type>
[[nodiscard]] inline float float_operand(Code code) {
  static_assert(type == DataType::bf16 || type == DataType::fp8_e4m3 || type == DataType::fp8_e5m2);
  if constexpr (type == DataType::bf16) {
    return read_fp32(code << 16);
  } else if constexpr (type == DataType::fp8_e4m3) {
    return kFp8E4m3Values[code & 0xff];
  } else {
    return kFp8E5m2Values[code & 0xff];
  }
}

// An operand of an integer sum; fp4 in halves, so that products are quarters.
template <DataType type>
[[nodiscard]] inline std::int32_t integer_operand(Code code) {
  static_assert(has_integer_sums(type));
  if constexpr (type == DataType::int8) {
    return static_cast<std::int8_t>(code & 0xff);
  } else if constexpr (type == DataType::int4) {
    return static_cast<std::int32_t>((code & 0xf) ^ 8) - 8;
  } else if constexpr (type == DataType::ternary) {
    constexpr std::array<std::int8_t, 4> kTernary{0, 1, 0, -1};
    return kTernary[code & 3];
  } else {
    constexpr std::array<std::int8_t, 16> kHalves{0, 1,  2,  3,  4,  6,  8,  12,
                                                  0, -1, -2, -3, -4, -6, -8, -12};
    return kHalves[code & 0xf];
  }
}

// sum + activation x weight, as the run-time function of this name.
template <DataType weights>
[[nodiscard]] inline Sum multiply_add(Code activation, Code weight, Sum sum) {
  constexpr DataType kActivations = activation_type(weights);
  if constexpr (has_integer_sums(weights)) {
    return sum + static_cast<Sum>(integer_operand<kActivations>(activation) *
                                  integer_operand<weights>(weight));
  } else {
    const float product =
        ftz(float_operand<kActivations>(activation) * float_operand<weights>(weight));
    return write_fp32(product + read_fp32(sum));
  }
}

// What `call` makes of the type of the weights, as a constant; a Bug if no element has it.
template <class Call>
[[nodiscard]] auto with_weights(DataType weights, Call call) {
  switch (weights) {
    case DataType::int8: return call.template operator()<DataType::int8>();
    case DataType::int4: return call.template operator()<DataType::int4>();
    case DataType::ternary: return call.template operator()<DataType::ternary>();
    case DataType::bf16: return call.template operator()<DataType::bf16>();
    case DataType::fp8_e4m3: return call.template operator()<DataType::fp8_e4m3>();
    case DataType::fp8_e5m2: return call.template operator()<DataType::fp8_e5m2>();
    case DataType::fp4: return call.template operator()<DataType::fp4>();
    case DataType::fp32: break;
  }
  throw Bug("no processing element has fp32 weights");
}

}  // namespace systole::numerics
