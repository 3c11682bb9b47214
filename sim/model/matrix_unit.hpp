// SPDX-License-Identifier: Apache-2.0
// The matrix unit's clock: when the passes of one systolic array begin and end.
//
// Weight stationary, double-buffered: a load takes l = ceil(rows / load_rows) cycles and may start
// when the tile before has become active; pass i becomes active at
//   t(i) = max(load start + l, t(i-1) + s(i-1)),
// s being the cycles it streams, and its last result leaves at t + s + F + edge_cycles, where
// F = (rows + 1) mac_latency + columns - 3 is the way through the array. Serial: l + s + F a pass.
// Equal passes behind each other follow in closed form, so a whole block costs one step however
// many tiles it has. README.md has the other dataflows; rtl/ is the reference.
#pragma once

#include <cstdint>

#include "base/quantity.hpp"
#include "config/chip.hpp"

namespace systole::model {

class MatrixUnit {
 public:
  explicit MatrixUnit(const MatrixUnitConfig& config);

  struct Times {
    Cycles begin;        // The first load (or stream) begins: the unit is busy from here.
    Cycles last_active;  // The last pass begins to stream: its tile has left the block.
    Cycles end;          // The last result is out.
  };

  // Takes `passes` equal passes of `stream` cycles whose operands are there from `available` on.
  // Calls come in order of time.
  Times accept(std::uint64_t passes, Cycles stream, Cycles available);

  // What was accepted last takes that much longer.
  void stretch(Cycles more);

 private:
  [[nodiscard]] Times accept_serial(std::uint64_t passes, Cycles stream, Cycles available);

  Cycles load_;  // 0 where nothing is held in the array.
  Cycles bus_;   // Output stationary: cycles in which a pass's results leave. 0 otherwise.
  Cycles fill_;  // From the last row in to the last result out.
  bool serial_;
  Cycles shadow_free_{};  // The last tile has become active.
  Cycles array_free_{};   // The last pass has streamed all its rows.
  Cycles bus_free_{};  // Output stationary: its results have left. A stream may end from here on.
  Cycles drained_{};   // Its last result is out.
};

}  // namespace systole::model
