// SPDX-License-Identifier: Apache-2.0
#include "numerics/formats.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/error.hpp"
#include "numerics/float_format.hpp"
#include "numerics/multiply_add.hpp"

namespace systole::numerics {
namespace {

// Nearest whole number, ties to even, in [low, high]; NaN is 0.
std::int32_t nearest_integer(float value, std::int32_t low, std::int32_t high) {
  if (std::isnan(value)) {
    return 0;
  }
  const float clamped = std::clamp(value, static_cast<float>(low), static_cast<float>(high));
  return static_cast<std::int32_t>(std::nearbyint(clamped));
}

Code encode_integer(float value, std::uint32_t bits) {
  const std::int32_t half = std::int32_t{1} << (bits - 1);
  const auto number = static_cast<Code>(nearest_integer(value, -half, half - 1));
  return number & ((Code{1} << bits) - 1);
}

Code encode_ternary(float value) {
  constexpr Code kPlusOne = 0b01;
  constexpr Code kMinusOne = 0b11;
  const std::int32_t number = nearest_integer(value, -1, 1);
  if (number == 0) {
    return 0;
  }
  return number > 0 ? kPlusOne : kMinusOne;
}

Code encode_float(float value, const FloatFormat& format) {
  if (std::isnan(value)) {
    return format.nan;
  }
  if (value == 0.0F) {
    return 0;
  }
  // Beyond fp32's range all values are the same; so is infinity, which ilogb could not take.
  const double magnitude = std::min(std::fabs(static_cast<double>(value)), 0x1p128);
  const int smallest = 1 - format.bias;  // Exponent of the subnormals and of the first normals.
  const int exponent = std::max(std::ilogb(magnitude), smallest);
  const auto mantissa_bits = static_cast<int>(format.mantissa_bits);
  // In units of the last place: exact, and then rounded once. Codes count these units from zero up,
  // so a mantissa that rounds up to the next power of two carries into the exponent by itself.
  const auto units =
      static_cast<Code>(std::nearbyint(std::ldexp(magnitude, mantissa_bits - exponent)));
  Code code = (static_cast<Code>(exponent - smallest) << mantissa_bits) + units;
  code = std::min(code, format.saturates ? format.largest : format.largest + 1);
  if (code == 0 || (!format.subnormals && code < (Code{1} << mantissa_bits))) {
    return 0;
  }
  return std::signbit(value) ? code | (Code{1} << (format.bits - 1)) : code;
}

}  // namespace

float decode(DataType type, Code code) {
  switch (type) {
    case DataType::int8: return static_cast<float>(integer_operand<DataType::int8>(code));
    case DataType::int4: return static_cast<float>(integer_operand<DataType::int4>(code));
    case DataType::ternary: return static_cast<float>(integer_operand<DataType::ternary>(code));
    case DataType::bf16: return decode(kBf16, code);
    case DataType::fp8_e4m3: return decode(kFp8E4m3, code);
    case DataType::fp8_e5m2: return decode(kFp8E5m2, code);
    case DataType::fp4: return decode(kFp4, code);
    case DataType::fp32: return decode(kFp32, code);
  }
  throw Bug("unknown number format");
}

Code encode(DataType type, float value) {
  switch (type) {
    case DataType::int8: return encode_integer(value, 8);
    case DataType::int4: return encode_integer(value, 4);
    case DataType::ternary: return encode_ternary(value);
    case DataType::bf16: return encode_float(value, kBf16);
    case DataType::fp8_e4m3: return encode_float(value, kFp8E4m3);
    case DataType::fp8_e5m2: return encode_float(value, kFp8E5m2);
    case DataType::fp4: return encode_float(value, kFp4);
    case DataType::fp32: return encode_float(value, kFp32);
  }
  throw Bug("unknown number format");
}

float decode_e8m0(std::uint8_t code) {
  constexpr std::uint8_t kE8m0Nan = 0xff;
  // The code is fp32's exponent field.
  return code == kE8m0Nan ? std::bit_cast<float>(kNan) : read_fp32(Sum{code} << 23);
}

}  // namespace systole::numerics
