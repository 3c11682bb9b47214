// SPDX-License-Identifier: Apache-2.0
// The processing elements of the output-stationary array, skew included, register by register as
// rtl/README.md lists them: operands move right and down, the sums stay. Structure of arrays, as
// clocked_ws_elements.hpp.
#pragma once

#include <cstdint>
#include <memory>

#include "model/array_unit.hpp"
#include "model/toggles.hpp"
#include "numerics/arithmetic.hpp"

namespace systole::model {

// What one element's registers hold in this cycle.
struct OsElement {
  numerics::Code act_q, weight_q;
  numerics::Sum sum_q;
};

class OsElements {
 public:
  virtual ~OsElements() = default;

  // What transfers into the array at an edge; null where nothing does.
  struct Entry {
    const Row* activations = nullptr;
    const Row* weights = nullptr;
    bool first = false;
  };
  virtual void clock(const Entry& entry) = 0;

  // Forgets what is valid. The registers that hold data keep it.
  virtual void reset() = 0;

  [[nodiscard]] virtual OsElement element(std::uint32_t row, std::uint32_t column) const = 0;
};

// Counts into `toggles`, which outlives the elements, unless it is null.
[[nodiscard]] std::unique_ptr<OsElements> os_elements(const ArrayConfig& config, Toggles* toggles);

}  // namespace systole::model
