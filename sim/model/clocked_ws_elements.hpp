// SPDX-License-Identifier: Apache-2.0
// The processing elements of the weight-stationary array, skew included, register by register as
// rtl/README.md lists them. Structure of arrays: each register is one array over all elements, and
// one edge is one pass over each array that has something to take.
#pragma once

#include <cstdint>
#include <memory>

#include "model/array_unit.hpp"
#include "model/toggles.hpp"
#include "numerics/arithmetic.hpp"

namespace systole::model {

// What one element's registers hold in this cycle.
struct WsElement {
  bool active;  // A valid activation meets the weight.
  numerics::Code act_q, shift_q, shadow_q, weight_q;
  numerics::Sum sum_q;
};

class WsElements {
 public:
  virtual ~WsElements() = default;

  // What transfers into the array at an edge; null where nothing does.
  struct Entry {
    const Row* activations = nullptr;
    bool first = false;
    const Row* weights = nullptr;
    std::uint32_t tag = 0;  // Index of the weights' row in its tile.
  };
  virtual void clock(const Entry& entry) = 0;

  // Forgets what is valid. The registers that hold data keep it.
  virtual void reset() = 0;

  // What leaves the columns in this cycle: column c's is of the activations that entered
  // rows * latency + c + 1 edges ago, if any did.
  [[nodiscard]] virtual const numerics::Sum* sums() const = 0;

  [[nodiscard]] virtual WsElement element(std::uint32_t row, std::uint32_t column) const = 0;
};

// Counts into `toggles`, which outlives the elements, unless it is null.
[[nodiscard]] std::unique_ptr<WsElements> ws_elements(const ArrayConfig& config, Toggles* toggles);

}  // namespace systole::model
