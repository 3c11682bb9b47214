// SPDX-License-Identifier: Apache-2.0
// A matrix unit as its pins: what a cycle's inputs and outputs are, whichever of RTL and clocked
// model is behind them. rtl/README.md is the contract of what happens when.
#pragma once

#include <cstdint>
#include <vector>

#include "base/data_type.hpp"
#include "config/chip.hpp"

namespace systole::model {

// What the RTL's parameters say. The names are theirs.
struct ArrayConfig {
  DataType type;  // Of the weights: names the processing element.
  std::uint32_t rows;
  std::uint32_t columns;
  Dataflow dataflow;  // weight_stationary (mxu_ws) or output_stationary (mxu_os).
  Preload preload;
  std::uint32_t latency;           // Cycles of one hop of a sum, 1 to 3; 1 if output stationary.
  std::uint32_t accumulator_rows;  // Longest stream of a pass. Weight stationary only, as
  std::uint32_t scale_slots;       // this: rows of scales that are held.
  std::uint32_t result_slots;      // Rows of results that are held.

  bool operator==(const ArrayConfig&) const = default;
};

// Elements side by side, element i at bits [i * w, (i + 1) * w), little-endian words, the bits
// above the last element 0. As Verilator packs a port.
using Row = std::vector<std::uint32_t>;

// What becomes of the rows of a pass in the accumulators (weight stationary only).
struct PassFlags {
  bool sum_start;     // The tile's sums start a group; otherwise they are added to it.
  bool sum_end;       // They end the group,
  bool scaled;        // which is then multiplied by its scales,
  bool result_start;  // and starts the result; otherwise it is added to it.
  bool result_end;    // The result is complete and leaves.

  bool operator==(const PassFlags&) const = default;
};

// The inputs before a clock edge. Data matter only where their valid is set.
struct UnitInputs {
  bool reset = false;  // rst_ni is low throughout the cycle.
  bool weights_valid = false;
  Row weights;  // `columns` weights: one row of a tile. Output stationary: valid with activations.
  bool scales_valid = false;
  Row scales;  // `columns` fp32 numbers.
  bool activations_valid = false;
  bool first = false;  // Of a pass.
  bool last = false;
  PassFlags pass{};
  Row activations;  // `rows` activations.
  bool results_ready = false;

  bool operator==(const UnitInputs&) const = default;
};

// The outputs before the same edge, settled with the inputs above.
struct UnitOutputs {
  bool weights_ready = false;  // Output stationary: false always, as scales_ready.
  bool scales_ready = false;
  bool activations_ready = false;
  bool results_valid = false;
  Row results;  // `columns` sums; all 0 unless results_valid.

  bool operator==(const UnitOutputs&) const = default;
};

class ArrayUnit {
 public:
  virtual ~ArrayUnit() = default;

  // The outputs with these inputs, before the edge. The reference stays valid till the next call.
  [[nodiscard]] virtual const UnitOutputs& settle(const UnitInputs& inputs) = 0;

  // The clock edge, with the inputs last settled.
  virtual void clock() = 0;
};

}  // namespace systole::model
