// SPDX-License-Identifier: Apache-2.0
#include "base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
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
    case Dimension::none: break;
    case Dimension::bytes: add_data(out, dimension, ""); break;
    case Dimension::data_rate: add_data(out, dimension, "/s"); break;
    case Dimension::frequency: add(out, dimension, kUp, "Hz"); break;
    case Dimension::time: add(out, dimension, kDown, "s"); break;
    case Dimension::power: add(out, dimension, kPower, "W"); break;
    case Dimension::length: add(out, dimension, kDown, "m"); break;
    case Dimension::area:
      out = {{"m2", dimension, 0, 0}, {"mm2", dimension, -6, 0}, {"um2", dimension, -12, 0}};
      break;
    case Dimension::energy: add_energy(out, dimension, "J"); break;
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
    case Dimension::power_density: add(out, dimension, kPower, "W/mm2"); break;
    case Dimension::clock_power_density: add(out, dimension, kPower, "W/mm2/GHz"); break;
  }
  std::stable_partition(out.begin(), out.end(),
                        [](const Unit& u) { return u.decimal == 0 && u.binary == 0; });
  return out;
}

const Unit kNoSuffix{.symbol = "", .dimension = Dimension::none, .decimal = 0, .binary = 0};

// The prefixes of data are the suffixes of counts: 64Ki. Null if there is no such suffix.
const Unit* integer_suffix(std::string_view suffix) {
  const Units& table = units(Dimension::bytes);
  const auto unit = std::ranges::find(table, fmt::format("{}B", suffix), &Unit::symbol);
  return unit == table.end() ? nullptr : &*unit;
}

// The digits of a mantissa as one number; the exponent drops by one for each behind the point.
Parsed<std::uint64_t> whole_digits(std::string_view mantissa, int& exponent) {
  const std::size_t point = mantissa.find('.');
  if (point != std::string_view::npos) {
    mantissa = mantissa.substr(0, mantissa.find_last_not_of('0') + 1);
  }
  std::uint64_t digits = 0;
  for (std::size_t i = 0; i < mantissa.size(); ++i) {
    if (i == point || mantissa[i] == '-') {
      continue;
    }
    if (__builtin_mul_overflow(digits, std::uint64_t{10}, &digits) ||
        __builtin_add_overflow(digits, static_cast<std::uint64_t>(mantissa[i] - '0'), &digits)) {
      return {.value = 0, .flaw = Flaw::too_large};
    }
    exponent -= i > point ? 1 : 0;
  }
  return {.value = digits, .flaw = {}};
}

// digits x 10^exponent x 2^binary, exactly: a negative exponent must cancel factor by factor.
Parsed<std::uint64_t> multiply(std::uint64_t digits, int exponent, int binary) {
  std::uint64_t scale = std::uint64_t{1} << binary;
  for (; exponent < 0; ++exponent) {
    for (const std::uint64_t prime : {2U, 5U}) {
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

// The largest of KiB, MiB, ... that goes into an amount of data without a rest.
const Unit* binary_unit(double value, Dimension dimension) {
  const Unit* best = nullptr;
  if (dimension != Dimension::bytes) {
    return best;
  }
  for (const Unit& unit : units(dimension)) {
    const double count = std::ldexp(value, -unit.binary);
    const bool is_whole = std::abs(count) >= 1 && count == std::floor(count);
    if (unit.decimal == 0 && unit.binary > 0 && unit.symbol.ends_with('B') && is_whole &&
        (best == nullptr || unit.binary > best->binary)) {
      best = &unit;
    }
  }
  return best;
}

// The largest decimal unit that leaves at least 1 before the point, else the smallest there is.
const Unit& decimal_unit(double value, Dimension dimension) {
  const int exponent = decimal_exponent(value);
  const Unit* best = nullptr;
  for (const Unit& unit : units(dimension)) {
    if (unit.binary != 0) {
      continue;
    }
    const bool fits = exponent >= unit.decimal;
    const bool best_fits = best != nullptr && exponent >= best->decimal;
    if (best == nullptr || (fits && !best_fits) || (fits && unit.decimal > best->decimal) ||
        (!fits && !best_fits && unit.decimal < best->decimal)) {
      best = &unit;
    }
  }
  return *best;
}

}  // namespace

std::string_view name(Dimension dimension) {
  switch (dimension) {
    case Dimension::none: return "plain number";
    case Dimension::bytes: return "amount of data";
    case Dimension::data_rate: return "data rate";
    case Dimension::frequency: return "frequency";
    case Dimension::time: return "time";
    case Dimension::power: return "power";
    case Dimension::length: return "length";
    case Dimension::area: return "area";
    case Dimension::energy: return "energy";
    case Dimension::energy_per_byte: return "energy per byte";
    case Dimension::energy_per_bit: return "energy per bit";
    case Dimension::energy_per_bit_length: return "energy per bit and length";
    case Dimension::power_density: return "power per area";
    case Dimension::clock_power_density: return "power per area and frequency";
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
  const Unit* suffix = parts.unit.empty() ? &kNoSuffix : integer_suffix(parts.unit);
  const bool apart = parts.number.size() + parts.unit.size() != text.size();
  if (suffix == nullptr || apart) {  // With a space between it is a unit, not a suffix.
    return {.value = 0, .flaw = Flaw::unwanted_unit};
  }
  int exponent = decimal.value.exponent + suffix->decimal;
  const Result digits = whole_digits(decimal.value.mantissa, exponent);
  if (!digits.ok() || digits.value == 0) {
    return digits;
  }
  if (decimal.value.mantissa.starts_with('-')) {
    return {.value = 0, .flaw = Flaw::negative};
  }
  return multiply(digits.value, exponent, suffix->binary);
}

std::string print_quantity(double value, Dimension dimension) {
  if (dimension == Dimension::none) {
    return print_number(value);
  }
  if (value == 0) {
    return fmt::format("0 {}", base_unit(dimension));
  }
  if (const Unit* unit = binary_unit(value, dimension)) {
    return fmt::format("{} {}", print_number(std::ldexp(value, -unit->binary)), unit->symbol);
  }
  const Unit& unit = decimal_unit(value, dimension);
  return fmt::format("{} {}", print_shifted(value, -unit.decimal), unit.symbol);
}

}  // namespace systole
