// SPDX-License-Identifier: Apache-2.0
#include "model/steps.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace systole::model {

Step StepWalk::step() const {
  const Matmul& m = *matmul_;
  const Step step{
      .products = std::min(m.block.products, m.products - product_),
      .rows = std::min(m.block.rows, m.rows - row_),
      .depth = std::min(m.block.depth, m.depth - depth_),
      .columns = std::min(m.block.columns, m.columns - column_),
      .new_stationary = row_ == 0 || m.block.depth < m.depth || m.block.columns < m.columns,
      .new_moving = column_ == 0,
      .last_depth = depth_ + m.block.depth >= m.depth,
      .last = false};
  Step result = step;
  result.last = step.last_depth && column_ + m.block.columns >= m.columns &&
                row_ + m.block.rows >= m.rows && product_ + m.block.products >= m.products;
  return result;
}

void StepWalk::next() {
  const Matmul& m = *matmul_;
  // Advances one offset; true if it wrapped and the next outer one must advance.
  const auto wraps = [](std::uint64_t& offset, std::uint64_t block, std::uint64_t whole) {
    offset += block;
    if (offset < whole) {
      return false;
    }
    offset = 0;
    return true;
  };
  done_ = wraps(depth_, m.block.depth, m.depth) && wraps(column_, m.block.columns, m.columns) &&
          wraps(row_, m.block.rows, m.rows) && wraps(product_, m.block.products, m.products);
}

Passes passes(const MatrixUnitConfig& config, Multiplier multiplier, const Step& step) {
  const std::uint64_t rate = config.rate(multiplier);
  check(rate > 0, "multiplier {} is absent from the chip", name(multiplier));
  const auto plan = [&](std::uint64_t tiles, std::uint64_t stream) {
    return Passes{.count = step.products * tiles, .stream = Cycles{ceil_div(stream, rate)}};
  };
  const std::uint64_t row_tiles = ceil_div(step.rows, config.rows);
  const std::uint64_t depth_tiles = ceil_div(step.depth, config.rows);
  switch (config.dataflow) {
    case Dataflow::weight_stationary:
      return plan(depth_tiles * ceil_div(step.columns, config.columns), step.rows);
    case Dataflow::input_stationary:
      return plan(depth_tiles * ceil_div(step.rows, config.columns), step.columns);
    case Dataflow::output_stationary:
      return plan(row_tiles * ceil_div(step.columns, config.columns), step.depth);
  }
  throw Bug("unknown dataflow");
}

}  // namespace systole::model
