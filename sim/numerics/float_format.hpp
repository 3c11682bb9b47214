// SPDX-License-Identifier: Apache-2.0
// The floating-point formats as data: sign, exponent, mantissa from the top, biased, the exponent
// field 0 for zero and subnormals. What differs is the top of the range and whether subnormals
// count, so one decoder and one encoder serve all.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "numerics/formats.hpp"

namespace systole::numerics {

struct FloatFormat {
  std::uint32_t bits;
  std::uint32_t mantissa_bits;
  int bias;
  Code largest;  // Code of the largest finite value; the codes beyond it are infinity and NaN.
  bool has_infinity;
  bool saturates;   // What is beyond the largest becomes it when encoded.
  bool subnormals;  // They count; else they read as 0.
  Code nan;         // 0 where there is none.
};

inline constexpr FloatFormat kFp32{32, 23, 127, 0x7f7fffff, true, false, false, kNan};
inline constexpr FloatFormat kBf16{16, 7, 127, 0x7f7f, true, false, false, 0x7fc0};
inline constexpr FloatFormat kFp8E4m3{8, 3, 7, 0x7e, false, true, true, 0x7f};
inline constexpr FloatFormat kFp8E5m2{8, 2, 15, 0x7b, true, true, true, 0x7f};
inline constexpr FloatFormat kFp4{4, 1, 1, 0x7, false, true, true, 0};

[[nodiscard]] constexpr float decode(const FloatFormat& format, Code code) {
  const std::uint32_t sign = (code >> (format.bits - 1)) & 1;
  const Code magnitude = code & ((Code{1} << (format.bits - 1)) - 1);
  const std::uint32_t unit = 1U << format.mantissa_bits;
  const std::uint32_t exponent = magnitude / unit;
  const std::uint32_t mantissa = magnitude % unit;
  constexpr int kFp32Bias = 127;
  // 2^e by its bits, as std::ldexp is not constexpr; e is that of a normal fp32.
  const auto power = [](int e) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(e + kFp32Bias) << 23);
  };

  float value = 0.0F;
  if (magnitude > format.largest) {
    if (!format.has_infinity || magnitude > format.largest + 1) {
      return std::bit_cast<float>(kNan);
    }
    value = std::numeric_limits<float>::infinity();
  } else if (exponent > 0) {
    value = (1.0F + static_cast<float>(mantissa) / static_cast<float>(unit)) *
            power(static_cast<int>(exponent) - format.bias);
  } else if (format.subnormals) {
    value = static_cast<float>(mantissa) / static_cast<float>(unit) * power(1 - format.bias);
  }
  return sign != 0 && value != 0.0F ? -value : value;
}

}  // namespace systole::numerics
