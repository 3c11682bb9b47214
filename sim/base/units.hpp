// SPDX-License-Identifier: Apache-2.0
// Numbers and quantities as people write them: "1.05 GHz", "32 GiB", "0.65 pJ", "64Ki".
//
// One table holds every unit. A decimal prefix shifts the exponent of the decimal text before it
// becomes a double, and every other factor is a power of two, so what is read is the double nearest
// to what is written. `b` is a bit, `B` a byte. No locale is asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace systole {

enum class Dimension : std::uint8_t {
  none,                   // A plain number.
  bytes,                  // B
  data_rate,              // B/s
  frequency,              // Hz
  time,                   // s
  power,                  // W
  length,                 // m
  area,                   // m2
  energy,                 // pJ: energies of single actions are never written in joules.
  energy_per_byte,        // pJ/B
  energy_per_bit,         // pJ/b
  energy_per_bit_length,  // pJ/b/mm
  power_density,          // W/mm2
  clock_power_density     // W/mm2/GHz
};

[[nodiscard]] std::string_view name(Dimension dimension);       // "data rate".
[[nodiscard]] std::string_view base_unit(Dimension dimension);  // "B/s"; "" for a plain number.

// 1 symbol = 10^decimal x 2^binary base units of its dimension.
struct Unit {
  std::string symbol;
  Dimension dimension;
  int decimal;
  int binary;
};

// Every unit of a dimension, the base unit first.
[[nodiscard]] const std::vector<Unit>& units(Dimension dimension);

// The dimensions that have a unit of this name.
[[nodiscard]] std::vector<Dimension> dimensions_of(std::string_view symbol);

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

// In base units. Spaces between number and unit are optional, underscores may group digits.
[[nodiscard]] Parsed<double> parse_quantity(std::string_view text, Dimension dimension);

// Exact. 1e3, 1.5Ki and 1_000 are whole; suffixes k K M G T (decimal) and Ki Mi Gi Ti (binary).
[[nodiscard]] Parsed<std::uint64_t> parse_integer(std::string_view text);

// Reads back as the same double. Whole multiples of 1024 bytes print in KiB and up.
[[nodiscard]] std::string print_quantity(double value, Dimension dimension);

// The shortest text that reads back as the same double.
[[nodiscard]] std::string print_number(double value);

// value x 10^exponent as if its shortest decimal text had been shifted: 0.0029 and 3 give 2.9.
[[nodiscard]] double shift_decimal(double value, int exponent);

}  // namespace systole
