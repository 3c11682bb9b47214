// SPDX-License-Identifier: Apache-2.0
// Decimal numbers as people write them, without a locale.
//
// A number is taken apart into mantissa and exponent, so that a prefix such as "n" moves the
// exponent and the text is rounded to a double once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace systole {

enum class Flaw : std::uint8_t {
  not_a_number,
  leading_zero,  // Octal to some readers of YAML.
  missing_unit,
  unknown_unit,
  wrong_unit,  // It exists, but measures something else.
  unwanted_unit,
  not_whole,
  negative,
  too_large  // Or too close to zero to be told from it.
};

template <class T>
struct Parsed {
  T value{};
  std::optional<Flaw> flaw;

  [[nodiscard]] bool ok() const { return !flaw.has_value(); }
};

// "1.2 TB/s" is "1.2" and "TB/s". The number is empty if the text does not start with one.
struct NumberAndUnit {
  std::string_view number;
  std::string_view unit;
};
[[nodiscard]] NumberAndUnit split_unit(std::string_view text);

// "-1.05e9" is mantissa "-1.05" and exponent 9. Underscores may group digits.
struct Decimal {
  std::string mantissa;
  int exponent = 0;
};
[[nodiscard]] Parsed<Decimal> take_apart(std::string_view number);

// The double nearest to decimal x 10^shift.
[[nodiscard]] Parsed<double> to_double(const Decimal& decimal, int shift);

// The shortest text that reads back as the same double.
[[nodiscard]] std::string print_number(double value);

// The shortest text of a value, its point moved: value x 10^shift without rounding again.
[[nodiscard]] std::string print_shifted(double value, int shift);

// value x 10^shift as if its shortest text had been moved: 0.0041 and 3 give 4.1.
[[nodiscard]] double shift_decimal(double value, int shift);

// The power of ten of the first significant digit: 0 for 1 to 9.99.
[[nodiscard]] int decimal_exponent(double value);

}  // namespace systole
