// SPDX-License-Identifier: Apache-2.0
// Work for a matrix unit, as data: one tile and the rows that stream past it.
#pragma once

#include <optional>
#include <vector>

#include "model/array_unit.hpp"

namespace systole::cosim {

// Output stationary: step k is activations[k] and weights[k], and there are no scales nor flags.
struct Pass {
  std::vector<model::Row> weights;      // The rows of the tile.
  std::vector<model::Row> activations;  // The rows that stream.
  model::Row scales;                    // Empty: none are sent.
  model::PassFlags flags{};
};

class PassSource {
 public:
  virtual ~PassSource() = default;

  [[nodiscard]] virtual std::optional<Pass> next() = 0;  // Nothing: that was all.

  // The unit was reset: what its accumulators hold is lost, and what was queued never entered.
  virtual void restart() = 0;
};

}  // namespace systole::cosim
