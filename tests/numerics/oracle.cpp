// SPDX-License-Identifier: Apache-2.0
#include "oracle.hpp"

#include <mpfr.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace systole::oracle {
namespace {

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Real {
 public:
  explicit Real(mpfr_prec_t precision) { mpfr_init2(value_, precision); }
  ~Real() { mpfr_clear(value_); }
  Real(const Real&) = delete;
  Real& operator=(const Real&) = delete;

  [[nodiscard]] mpfr_ptr get() { return value_; }

 private:
  mpfr_t value_;
};

// What MPFR rounded to the grid's precision with an unbounded exponent, brought into its range. The
// ternary value of that rounding lets MPFR avoid a double one (MPFR manual, mpfr_subnormalize).
double in_range(Real& real, int ternary, const Grid& grid) {
  const mpfr_exp_t emin = mpfr_get_emin();
  const mpfr_exp_t emax = mpfr_get_emax();
  mpfr_set_emin(grid.least + 1);  // MPFR's significands are in [1/2, 1).
  mpfr_set_emax(grid.limit);
  ternary = mpfr_check_range(real.get(), ternary, MPFR_RNDN);
  mpfr_subnormalize(real.get(), ternary, MPFR_RNDN);
  const double value = mpfr_get_d(real.get(), MPFR_RNDN);
  mpfr_set_emin(emin);
  mpfr_set_emax(emax);
  return value;
}

mpfr_ptr exactly(Real& real, double value) {
  mpfr_set_d(real.get(), value, MPFR_RNDN);
  return real.get();
}

double flushed(double value) { return std::fabs(value) < 0x1p-126 ? 0.0 : value; }

// Sign, exponent and significand of an IEEE 754 or OCP format.
struct Layout {
  int exponent_bits;
  int mantissa_bits;
  int bias;
};

Layout layout(DataType type) {
  switch (type) {
    case DataType::bf16: return {8, 7, 127};
    case DataType::fp8_e4m3: return {4, 3, 7};
    case DataType::fp8_e5m2: return {5, 2, 15};
    case DataType::fp4: return {2, 1, 1};
    case DataType::fp32: return {8, 23, 127};
    default: throw std::logic_error("not a floating-point format");
  }
}

double float_value(DataType type, std::uint32_t code) {
  const auto [exponent_bits, mantissa_bits, bias] = layout(type);
  const auto field = [code](int low, int width) {
    return static_cast<int>((code >> low) & ((1U << width) - 1));
  };
  const double sign = field(mantissa_bits + exponent_bits, 1) != 0 ? -1.0 : 1.0;
  const int exponent = field(mantissa_bits, exponent_bits);
  const int mantissa = field(0, mantissa_bits);
  if (type == DataType::fp8_e4m3) {
    if (exponent == 15 && mantissa == 7) {
      return kNotANumber;
    }
  } else if (type != DataType::fp4 && exponent == (1 << exponent_bits) - 1) {
    return mantissa == 0 ? sign * kInfinity : kNotANumber;
  }
  if (exponent == 0) {
    const bool flushes = type == DataType::bf16 || type == DataType::fp32;
    return flushes || mantissa == 0 ? 0.0 : sign * std::ldexp(mantissa, 1 - bias - mantissa_bits);
  }
  return sign * std::ldexp((1 << mantissa_bits) + mantissa, exponent - bias - mantissa_bits);
}

double integer_value(std::uint32_t code, int bits) {
  const int number = static_cast<int>(code);
  return number >= 1 << (bits - 1) ? number - (1 << bits) : number;
}

// Two's complement, or the code of a ternary number.
std::uint32_t encode_integer(DataType type, double value) {
  if (std::isnan(value)) {
    return 0;
  }
  static Real whole(64);
  mpfr_roundeven(whole.get(), exactly(whole, value));
  const double number = mpfr_get_d(whole.get(), MPFR_RNDN);
  if (type == DataType::ternary) {
    return number == 0 ? 0 : number > 0 ? 1 : 3;
  }
  const double half = type == DataType::int8 ? 128 : 16 / 2;
  const double kept = std::max(-half, std::min(half - 1, number));
  return static_cast<std::uint32_t>(kept < 0 ? kept + 2 * half : kept);
}

// The code of a value of the format's grid; `top` is the code of the largest there is.
std::uint32_t float_code(DataType type, double value) {
  const auto [exponent_bits, mantissa_bits, bias] = layout(type);
  int exponent = 0;
  std::frexp(value, &exponent);
  exponent = std::max(exponent - 1, 1 - bias);
  const double units = std::ldexp(std::fabs(value), mantissa_bits - exponent);
  const bool normal = units >= (1 << mantissa_bits);
  const auto mantissa = static_cast<std::uint32_t>(units) & ((1U << mantissa_bits) - 1);
  const auto field = static_cast<std::uint32_t>(normal ? exponent + bias : 0);
  const std::uint32_t sign = value < 0 ? 1 : 0;
  return sign << (exponent_bits + mantissa_bits) | field << mantissa_bits | mantissa;
}

std::uint32_t encode_float(DataType type, double value) {
  const bool wide = type == DataType::bf16 || type == DataType::fp32;
  if (std::isnan(value)) {
    return type == DataType::fp4 ? 0 : type == DataType::bf16 ? 0x7fc0 : wide ? 0x7fc00000 : 0x7f;
  }
  const auto [exponent_bits, mantissa_bits, bias] = layout(type);
  double number = rounded(value, {.precision = mantissa_bits + 1,
                                  .least = 1 - bias - mantissa_bits,
                                  .limit = wide ? 128 : 200});
  if (wide) {
    number = flushed(number);
    if (std::isinf(number)) {
      const std::uint32_t infinity = 0xffU << mantissa_bits;
      return number > 0 ? infinity : infinity | 1U << (8 + mantissa_bits);
    }
  } else {
    // OCP OFP8 table 2 and OCP MX table 5: the largest finite values.
    const double largest = type == DataType::fp4 ? 6 : type == DataType::fp8_e4m3 ? 448 : 57344;
    number = std::max(-largest, std::min(largest, number));
  }
  return number == 0 ? 0 : float_code(type, number);
}

bool is_integer(DataType weights) {
  return weights == DataType::int8 || weights == DataType::int4 || weights == DataType::ternary;
}

std::int64_t signed_value(std::uint32_t sum) {
  return sum < 0x80000000U ? std::int64_t{sum} : std::int64_t{sum} - 0x100000000;
}

}  // namespace

double rounded(double value, const Grid& grid) {
  static Real exact(53);
  static Real real(2);
  mpfr_set_prec(real.get(), grid.precision);
  const int ternary = mpfr_set(real.get(), exactly(exact, value), MPFR_RNDN);
  return in_range(real, ternary, grid);
}

double rounded_sum(double a, double b, const Grid& grid) {
  static Real x(53);
  static Real y(53);
  static Real real(2);
  mpfr_set_prec(real.get(), grid.precision);
  const int ternary = mpfr_add(real.get(), exactly(x, a), exactly(y, b), MPFR_RNDN);
  return in_range(real, ternary, grid);
}

double rounded_product(double a, double b, const Grid& grid) {
  static Real x(53);
  static Real y(53);
  static Real real(2);
  mpfr_set_prec(real.get(), grid.precision);
  const int ternary = mpfr_mul(real.get(), exactly(x, a), exactly(y, b), MPFR_RNDN);
  return in_range(real, ternary, grid);
}

double value(DataType type, std::uint32_t code) {
  switch (type) {
    case DataType::int8: return integer_value(code, 8);
    case DataType::int4: return integer_value(code, 4);
    case DataType::ternary: return code == 1 ? 1 : code == 3 ? -1 : 0;
    default: return float_value(type, code);
  }
}

double fp32_value(std::uint32_t bits) { return float_value(DataType::fp32, bits); }

std::uint32_t fp32_bits(double value) {
  if (std::isnan(value)) {
    return 0x7fc00000;
  }
  if (std::isinf(value)) {
    return value > 0 ? 0x7f800000 : 0xff800000;
  }
  return flushed(value) == 0 ? 0 : float_code(DataType::fp32, value);
}

std::uint32_t encode(DataType type, double value) {
  return is_integer(type) ? encode_integer(type, value) : encode_float(type, value);
}

std::uint32_t add_fp32(std::uint32_t a, std::uint32_t b) {
  return fp32_bits(rounded_sum(fp32_value(a), fp32_value(b), kFp32));
}

std::uint32_t multiply_add(DataType weights, std::uint32_t activation, std::uint32_t weight,
                           std::uint32_t sum) {
  const DataType activations = weights == DataType::ternary ? DataType::int8 : weights;
  const double a = value(activations, activation);
  const double w = value(weights, weight);
  if (is_integer(weights) || weights == DataType::fp4) {
    const double units = weights == DataType::fp4 ? 4 : 1;
    const auto product = static_cast<std::int64_t>(a * w * units);  // Exact: below 2^15.
    return static_cast<std::uint32_t>(signed_value(sum) + product);
  }
  const double product = flushed(rounded_product(a, w, kFp32));
  return fp32_bits(rounded_sum(product, fp32_value(sum), kFp32));
}

std::uint32_t add_sums(DataType weights, std::uint32_t a, std::uint32_t b) {
  if (is_integer(weights) || weights == DataType::fp4) {
    return static_cast<std::uint32_t>(signed_value(a) + signed_value(b));
  }
  return add_fp32(a, b);
}

std::uint32_t scale_sum(DataType weights, std::uint32_t sum, std::uint32_t scale) {
  double number = fp32_value(sum);
  if (is_integer(weights) || weights == DataType::fp4) {
    const auto whole = static_cast<double>(signed_value(sum));
    number = rounded(weights == DataType::fp4 ? whole / 4 : whole, kFp32);
  }
  return fp32_bits(rounded_product(number, fp32_value(scale), kFp32));
}

}  // namespace systole::oracle
