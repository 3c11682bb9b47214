// SPDX-License-Identifier: Apache-2.0
// Quantities as people write them: "1.05 GHz", "32 GiB", "0.65 pJ", "64Ki".
//
// One table holds every unit. A decimal prefix shifts the exponent of the decimal text before it
// becomes a double, and every other factor is a power of two, so what is read is the double nearest
// to what is written. `b` is a bit, `B` a byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/number.hpp"

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

// In base units. Spaces between number and unit are optional, underscores may group digits.
[[nodiscard]] Parsed<double> parse_quantity(std::string_view text, Dimension dimension);

// Exact. 1e3, 1.5Ki and 1_000 are whole; suffixes k K M G T (decimal) and Ki Mi Gi Ti (binary).
[[nodiscard]] Parsed<std::uint64_t> parse_integer(std::string_view text);

// Reads back as the same double. Whole multiples of 1024 bytes print in KiB and up.
[[nodiscard]] std::string print_quantity(double value, Dimension dimension);

}  // namespace systole
