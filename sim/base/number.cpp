// SPDX-License-Identifier: Apache-2.0
#include "base/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace systole {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() &&
         (is_digit(text[at]) || (text[at] == '_' && at > 0 && is_digit(text[at - 1]) &&
                                 at + 1 < text.size() && is_digit(text[at + 1])))) {
    ++at;
  }
  return at;
}

bool has_leading_zero(std::string_view number) {
  const std::size_t first = number.starts_with('-') ? 1 : 0;
  return number.size() > first + 1 && number[first] == '0' &&
         (is_digit(number[first + 1]) || number[first + 1] == '_');
}

// Significant digits without a point, and the power of ten of the first: 0.0029 is {"29", -3}.
struct Digits {
  bool negative;
  std::string digits;
  int exponent;
};

Digits digits_of(double value) {
  std::array<char, 64> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                    std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data()));
  const std::size_t e = text.find('e');
  Digits out{.negative = value < 0, .digits = {}, .exponent = 0};
  for (const char c : text.substr(0, e)) {
    if (c != '.') {
      out.digits += c;
    }
  }
  std::string_view exponent = text.substr(e + 1);
  if (exponent.starts_with('+')) {
    exponent.remove_prefix(1);
  }
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), out.exponent);
  return out;
}

std::string place_point(const Digits& d, int shift) {
  const int exponent = d.exponent + shift;
  const int count = static_cast<int>(d.digits.size());
  const std::string sign = d.negative ? "-" : "";
  if (exponent < -4 || exponent > 15) {
    const std::string rest = count > 1 ? "." + d.digits.substr(1) : "";
    return fmt::format("{}{}{}e{}", sign, d.digits.substr(0, 1), rest, exponent);
  }
  if (exponent < 0) {
    return sign + "0." + std::string(static_cast<std::size_t>(-exponent) - 1, '0') + d.digits;
  }
  const std::size_t whole = static_cast<std::size_t>(exponent) + 1;
  if (exponent + 1 >= count) {
    return sign + d.digits + std::string(whole - d.digits.size(), '0');
  }
  return sign + d.digits.substr(0, whole) + "." + d.digits.substr(whole);
}

}  // namespace

NumberAndUnit split_unit(std::string_view text) {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  std::size_t end = skip_digits(text, sign);
  if (end == sign) {
    return {.number = {}, .unit = text};
  }
  if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) {
    end = skip_digits(text, end + 1);
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    std::size_t digits = end + 1;
    if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) {
      ++digits;
    }
    std::size_t last = digits;
    while (last < text.size() && is_digit(text[last])) {
      ++last;
    }
    end = last > digits ? last : end;
  }
  std::string_view unit = text.substr(end);
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  return {.number = text.substr(0, end), .unit = unit};
}

Parsed<Decimal> take_apart(std::string_view number) {
  if (number.empty()) {
    return {.value = {}, .flaw = Flaw::not_a_number};
  }
  if (has_leading_zero(number)) {
    return {.value = {}, .flaw = Flaw::leading_zero};
  }
  Decimal out;
  const std::size_t e = number.find_first_of("eE");
  for (const char c : number.substr(0, e)) {
    if (c != '_') {
      out.mantissa += c;
    }
  }
  if (e != std::string_view::npos) {
    std::string_view digits = number.substr(e + 1);
    if (digits.starts_with('+')) {
      digits.remove_prefix(1);
    }
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), out.exponent);
    constexpr int kFarOutside = 10'000;
    if (error != std::errc{} || end != digits.data() + digits.size() ||
        std::abs(out.exponent) > kFarOutside) {
      return {.value = {}, .flaw = Flaw::too_large};
    }
  }
  return {.value = std::move(out), .flaw = {}};
}

Parsed<double> to_double(const Decimal& decimal, int shift) {
  const std::string text = fmt::format("{}e{}", decimal.mantissa, decimal.exponent + shift);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range || !std::isfinite(value)) {
    return {.value = 0, .flaw = Flaw::too_large};
  }
  if (error != std::errc{} || end != text.data() + text.size()) {
    return {.value = 0, .flaw = Flaw::not_a_number};
  }
  return {.value = value == 0 ? 0.0 : value, .flaw = {}};  // No minus zero.
}

std::string print_number(double value) { return print_shifted(value, 0); }

std::string print_shifted(double value, int shift) {
  return value == 0 ? "0" : place_point(digits_of(value), shift);
}

double shift_decimal(double value, int shift) {
  return to_double(take_apart(print_number(value)).value, shift).value;
}

int decimal_exponent(double value) { return digits_of(value).exponent; }

}  // namespace systole
