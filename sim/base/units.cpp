// SPDX-License-Identifier: Apache-2.0
#include "base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>

namespace systole {
namespace {

struct Prefix {
  std::string_view text;
  int decimal;
  int binary;
};

constexpr std::array kUp{Prefix{"", 0, 0},  Prefix{"k", 3, 0}, Prefix{"K", 3, 0},
                         Prefix{"M", 6, 0}, Prefix{"G", 9, 0}, Prefix{"T", 12, 0}};
constexpr std::array kBinary{Prefix{"Ki", 0, 10}, Prefix{"Mi", 0, 20}, Prefix{"Gi", 0, 30},
                             Prefix{"Ti", 0, 40}};
constexpr std::array kDown{Prefix{"", 0, 0},   Prefix{"m", -3, 0},  Prefix{"u", -6, 0},
                           Prefix{"n", -9, 0}, Prefix{"p", -12, 0}, Prefix{"f", -15, 0}};
constexpr std::array kPower{Prefix{"", 0, 0},  Prefix{"u", -6, 0}, Prefix{"m", -3, 0},
                            Prefix{"k", 3, 0}, Prefix{"K", 3, 0},  Prefix{"M", 6, 0}};

constexpr std::array kDimensions{Dimension::none,           Dimension::bytes,
                                 Dimension::data_rate,      Dimension::frequency,
                                 Dimension::time,           Dimension::power,
                                 Dimension::length,         Dimension::area,
                                 Dimension::energy,         Dimension::energy_per_byte,
                                 Dimension::energy_per_bit, Dimension::energy_per_bit_length,
                                 Dimension::power_density,  Dimension::clock_power_density};

using Units = std::vector<Unit>;

template <class Prefixes>
void add(Units& out, Dimension dimension, const Prefixes& prefixes, std::string_view stem,
         int decimal = 0, int binary = 0) {
  for (const Prefix& prefix : prefixes) {
    out.push_back({.symbol = fmt::format("{}{}", prefix.text, stem),
                   .dimension = dimension,
                   .decimal = prefix.decimal + decimal,
                   .binary = prefix.binary + binary});
  }
}

// Data counts in bytes; a bit is 2^-3 of one.
void add_data(Units& out, Dimension dimension, const std::string& per) {
  add(out, dimension, kUp, "B" + per);
  add(out, dimension, kBinary, "B" + per);
  add(out, dimension, kUp, "b" + per, 0, -3);
  add(out, dimension, kBinary, "b" + per, 0, -3);
}

// Joules of a stem such as "J/B", whose base is the picojoule.
void add_energy(Units& out, Dimension dimension, std::string_view stem, int binary = 0) {
  constexpr int kPicojoulesInAJoule = 12;
  add(out, dimension, kDown, stem, kPicojoulesInAJoule, binary);
}

Units table_of(Dimension dimension) {
  Units out;
  switch (dimension) {
    case Dimension::none:
      break;
    case Dimension::bytes:
      add_data(out, dimension, "");
      break;
    case Dimension::data_rate:
      add_data(out, dimension, "/s");
      break;
    case Dimension::frequency:
      add(out, dimension, kUp, "Hz");
      break;
    case Dimension::time:
      add(out, dimension, kDown, "s");
      break;
    case Dimension::power:
      add(out, dimension, kPower, "W");
      break;
    case Dimension::length:
      add(out, dimension, kDown, "m");
      break;
    case Dimension::area:
      out = {{"m2", dimension, 0, 0}, {"mm2", dimension, -6, 0}, {"um2", dimension, -12, 0}};
      break;
    case Dimension::energy:
      add_energy(out, dimension, "J");
      break;
    case Dimension::energy_per_byte:
      add_energy(out, dimension, "J/B");
      add_energy(out, dimension, "J/b", 3);
      add_energy(out, dimension, "J/bit", 3);
      break;
    case Dimension::energy_per_bit:
      add_energy(out, dimension, "J/b");
      add_energy(out, dimension, "J/bit");
      add_energy(out, dimension, "J/B", -3);
      break;
    case Dimension::energy_per_bit_length:
      add_energy(out, dimension, "J/b/mm");
      add_energy(out, dimension, "J/bit/mm");
      add_energy(out, dimension, "J/B/mm", -3);
      break;
    case Dimension::power_density:
      add(out, dimension, kPower, "W/mm2");
      break;
    case Dimension::clock_power_density:
      add(out, dimension, kPower, "W/mm2/GHz");
      break;
  }
  std::stable_partition(out.begin(), out.end(),
                        [](const Unit& u) { return u.decimal == 0 && u.binary == 0; });
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() &&
         (is_digit(text[at]) || (text[at] == '_' && at > 0 && is_digit(text[at - 1]) &&
                                 at + 1 < text.size() && is_digit(text[at + 1])))) {
    ++at;
  }
  return at;
}

// A decimal number taken apart: mantissa "-1.05", exponent 9.
struct Decimal {
  std::string mantissa;
  int exponent = 0;
};

bool has_leading_zero(std::string_view number) {
  const std::size_t first = number.starts_with('-') ? 1 : 0;
  return number.size() > first + 1 && number[first] == '0' &&
         (is_digit(number[first + 1]) || number[first + 1] == '_');
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
    return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + d.digits;
  }
  const auto whole = static_cast<std::size_t>(exponent + 1);
  if (exponent + 1 >= count) {
    return sign + d.digits + std::string(whole - d.digits.size(), '0');
  }
  return sign + d.digits.substr(0, whole) + "." + d.digits.substr(whole);
}

}  // namespace

std::string_view name(Dimension dimension) {
  switch (dimension) {
    case Dimension::none:
      return "plain number";
    case Dimension::bytes:
      return "amount of data";
    case Dimension::data_rate:
      return "data rate";
    case Dimension::frequency:
      return "frequency";
    case Dimension::time:
      return "time";
    case Dimension::power:
      return "power";
    case Dimension::length:
      return "length";
    case Dimension::area:
      return "area";
    case Dimension::energy:
      return "energy";
    case Dimension::energy_per_byte:
      return "energy per byte";
    case Dimension::energy_per_bit:
      return "energy per bit";
    case Dimension::energy_per_bit_length:
      return "energy per bit and length";
    case Dimension::power_density:
      return "power per area";
    case Dimension::clock_power_density:
      return "power per area and frequency";
  }
  return "";
}

std::string_view base_unit(Dimension dimension) {
  return units(dimension).empty() ? std::string_view{} : units(dimension).front().symbol;
}

const std::vector<Unit>& units(Dimension dimension) {
  static const std::map<Dimension, Units> table = [] {
    std::map<Dimension, Units> out;
    for (const Dimension d : kDimensions) {
      out[d] = table_of(d);
    }
    return out;
  }();
  return table.at(dimension);
}

std::vector<Dimension> dimensions_of(std::string_view symbol) {
  std::vector<Dimension> out;
  for (const Dimension d : kDimensions) {
    if (std::ranges::any_of(units(d), [&](const Unit& u) { return u.symbol == symbol; })) {
      out.push_back(d);
    }
  }
  return out;
}

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

Parsed<double> parse_quantity(std::string_view text, Dimension dimension) {
  const NumberAndUnit parts = split_unit(text);
  const Parsed<Decimal> decimal = take_apart(parts.number);
  if (!decimal.ok()) {
    return {.value = 0, .flaw = decimal.flaw};
  }
  if (dimension == Dimension::none) {
    return parts.unit.empty() ? to_double(decimal.value, 0)
                              : Parsed<double>{.value = 0, .flaw = Flaw::unwanted_unit};
  }
  if (parts.unit.empty()) {
    return {.value = 0, .flaw = Flaw::missing_unit};
  }
  const Units& table = units(dimension);
  const auto unit = std::ranges::find(table, parts.unit, &Unit::symbol);
  if (unit == table.end()) {
    const bool exists = !dimensions_of(parts.unit).empty();
    return {.value = 0, .flaw = exists ? Flaw::wrong_unit : Flaw::unknown_unit};
  }
  Parsed<double> out = to_double(decimal.value, unit->decimal);
  if (out.ok()) {
    out.value = std::ldexp(out.value, unit->binary);
    if (!std::isfinite(out.value)) {
      return {.value = 0, .flaw = Flaw::too_large};
    }
  }
  return out;
}

Parsed<std::uint64_t> parse_integer(std::string_view text) {
  using Result = Parsed<std::uint64_t>;
  const NumberAndUnit parts = split_unit(text);
  const Parsed<Decimal> decimal = take_apart(parts.number);
  if (!decimal.ok()) {
    return {.value = 0, .flaw = decimal.flaw};
  }
  std::uint64_t scale = 1;
  int exponent = decimal.value.exponent;
  if (!parts.unit.empty()) {
    // The prefixes of data are the suffixes of counts; a space makes a unit of them.
    const auto& table = units(Dimension::bytes);
    const std::string as_bytes = fmt::format("{}B", parts.unit);
    const auto unit = std::ranges::find(table, as_bytes, &Unit::symbol);
    const bool apart = parts.number.size() + parts.unit.size() != text.size();
    if (unit == table.end() || apart) {
      return {.value = 0, .flaw = Flaw::unwanted_unit};
    }
    exponent += unit->decimal;
    scale <<= unit->binary;
  }
  // value = digits x scale x 10^exponent; a negative exponent must cancel factor by factor.
  std::uint64_t digits = 0;
  bool in_fraction = false;
  for (const char c : decimal.value.mantissa) {
    if (c == '.') {
      in_fraction = true;
    } else if (is_digit(c)) {
      if (__builtin_mul_overflow(digits, std::uint64_t{10}, &digits) ||
          __builtin_add_overflow(digits, static_cast<std::uint64_t>(c - '0'), &digits)) {
        return {.value = 0, .flaw = Flaw::too_large};
      }
      exponent -= in_fraction ? 1 : 0;
    }
  }
  if (digits == 0) {
    return Result{};
  }
  if (decimal.value.mantissa.starts_with('-')) {
    return {.value = 0, .flaw = Flaw::negative};
  }
  for (; exponent < 0; ++exponent) {
    for (const std::uint64_t prime : {2, 5}) {
      std::uint64_t& factor = digits % prime == 0 ? digits : scale;
      if (factor % prime != 0) {
        return {.value = 0, .flaw = Flaw::not_whole};
      }
      factor /= prime;
    }
  }
  for (; exponent > 0; --exponent) {
    if (__builtin_mul_overflow(digits, std::uint64_t{10}, &digits)) {
      return {.value = 0, .flaw = Flaw::too_large};
    }
  }
  if (__builtin_mul_overflow(digits, scale, &digits)) {
    return {.value = 0, .flaw = Flaw::too_large};
  }
  return {.value = digits, .flaw = {}};
}

std::string print_number(double value) {
  return value == 0 ? "0" : place_point(digits_of(value), 0);
}

std::string print_quantity(double value, Dimension dimension) {
  if (dimension == Dimension::none) {
    return print_number(value);
  }
  if (value == 0) {
    return fmt::format("0 {}", base_unit(dimension));
  }
  const Units& table = units(dimension);
  const Unit* best = nullptr;
  if (dimension == Dimension::bytes) {
    for (const Unit& unit : table) {
      const double count = std::ldexp(value, -unit.binary);
      if (unit.decimal == 0 && unit.binary > 0 && unit.symbol.ends_with('B') &&
          std::abs(count) >= 1 && count == std::floor(count) &&
          (best == nullptr || unit.binary > best->binary)) {
        best = &unit;
      }
    }
    if (best != nullptr) {
      return fmt::format("{} {}", print_number(std::ldexp(value, -best->binary)), best->symbol);
    }
  }
  // The largest decimal unit that leaves at least 1 before the point, else the smallest there is.
  const Digits digits = digits_of(value);
  const auto better = [&](const Unit& unit) {
    if (best == nullptr) {
      return true;
    }
    const bool fits = digits.exponent >= unit.decimal;
    const bool best_fits = digits.exponent >= best->decimal;
    return fits ? !best_fits || unit.decimal > best->decimal
                : !best_fits && unit.decimal < best->decimal;
  };
  for (const Unit& unit : table) {
    if (unit.binary == 0 && better(unit)) {
      best = &unit;
    }
  }
  return fmt::format("{} {}", place_point(digits, -best->decimal), best->symbol);
}

double shift_decimal(double value, int exponent) {
  if (value == 0) {
    return 0;
  }
  const std::string text =
      fmt::format("{}e{}", place_point(digits_of(value), -digits_of(value).exponent),
                  digits_of(value).exponent + exponent);
  double out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace systole
