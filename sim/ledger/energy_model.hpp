// SPDX-License-Identifier: Apache-2.0
// What actions cost in one technology, every number with unit, 90% range, kind and source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.hpp"

namespace systole {

enum class ValueKind : std::uint8_t {
  measured,
  measured_scaled,
  published,
  derived,
  fit,
  assumed,
  structural_zero
};
[[nodiscard]] std::string_view name(ValueKind kind);

// One number of an energy model. The range is multiplicative: 90% of log-normal belief lies between
// value x low and value x high.
struct Parameter {
  std::string key;  // "mac.bf16", "sram.a", "hbm.hbm2.read".
  double value;     // In the unit of the key's table row.
  double low;
  double high;
  ValueKind kind;
  std::string source;
  std::string note;
};

struct EnergyModel {
  std::string name;                   // "n7".
  std::string node;                   // Process it describes: a chip's measured idle power applies
                                      // only under its own node.
  std::string hash;                   // Of the canonical content.
  std::vector<Parameter> parameters;  // In table order.
  std::vector<std::string> overridden;  // Keys given again by the file that extends another.

  [[nodiscard]] const Parameter& at(std::string_view key) const;  // Bug if the table lacks it.
};

[[nodiscard]] EnergyModel read_energy_model(const std::string& file);
[[nodiscard]] EnergyModel energy_model(const Document& document);

}  // namespace systole
