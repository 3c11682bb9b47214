// SPDX-License-Identifier: Apache-2.0
// Units side by side: the same inputs in every cycle, and every bit of their outputs compared.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cosim/driver.hpp"
#include "model/array_unit.hpp"

namespace systole::cosim {

struct Contender {
  std::string name;  // "rtl".
  model::ArrayUnit& unit;
};

// The first cycle in which not all outputs were equal.
struct Mismatch {
  struct Value {
    std::string name;  // Of the unit.
    std::string value;
  };

  std::uint64_t cycle;  // From the first, which is 0.
  std::string signal;   // As the RTL names the pin: "results_o[3]".
  std::vector<Value> values;
  std::vector<std::string> history;  // The cycles before it and the cycle itself, a line each.
};

struct Compared {
  std::uint64_t cycles = 0;     // In which all outputs were equal.
  std::uint64_t transfers = 0;  // On all channels.
  std::optional<Mismatch> mismatch;
};

// Runs all units for so many cycles, or to the first mismatch. The first unit's answers are what
// the driver hears.
[[nodiscard]] Compared lockstep(std::span<const Contender> contenders, Driver& driver,
                                std::uint64_t cycles);

// Some lines of text, each ended.
[[nodiscard]] std::string explain(const Mismatch& mismatch);

}  // namespace systole::cosim
