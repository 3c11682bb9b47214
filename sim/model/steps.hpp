// SPDX-License-Identifier: Apache-2.0
// Unrolls a matmul into its blocks, in the order the scratchpad sees them.
#pragma once

#include <cstdint>

#include "config/chip.hpp"
#include "trace/trace.hpp"

namespace systole::model {

// One block of a matmul: products x [rows x depth] * [depth x columns].
struct Step {
  std::uint64_t products;
  std::uint64_t rows;
  std::uint64_t depth;
  std::uint64_t columns;
  bool new_stationary;  // Not the stationary block of the step before.
  bool new_moving;      // First column block of its rows: the moving block is needed anew.
  bool last_depth;      // Completes its results.
  bool last;            // Of the operation.
};

// Walks products, then rows, then columns, then depth, innermost last.
class StepWalk {
 public:
  explicit StepWalk(const Matmul& matmul) : matmul_(&matmul) {}

  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] Step step() const;
  void next();

 private:
  const Matmul* matmul_;
  // Offsets of the present block.
  std::uint64_t product_ = 0;
  std::uint64_t row_ = 0;
  std::uint64_t column_ = 0;
  std::uint64_t depth_ = 0;
  bool done_ = false;
};

// The passes of one block on the arrays of a chip (see README.md).
struct Passes {
  std::uint64_t count;
  Cycles stream;  // Clocks one pass streams.
};
[[nodiscard]] Passes passes(const MatrixUnitConfig& config, Multiplier multiplier,
                            const Step& step);

}  // namespace systole::model
