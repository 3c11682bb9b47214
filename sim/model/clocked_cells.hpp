// SPDX-License-Identifier: Apache-2.0
// What the clocked arrays share: how a code lies in memory, and the delay that skews the edges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/error.hpp"
#include "model/array_unit.hpp"
#include "numerics/arithmetic.hpp"

namespace systole::model {

using Cell = std::uint16_t;  // A code: the widest element has 16 bits.

// What the arrays of either dataflow ask of their configuration; a Bug if it is not so.
inline void check_shape(const ArrayConfig& config) {
  constexpr std::uint32_t kMost = 1U << 14;  // Indices of rows travel as 16 bits.
  check(config.rows >= 1 && config.rows <= kMost && config.columns >= 1 && config.columns <= kMost,
        "an array has 1 to {} rows and columns, not {} x {}", kMost, config.rows, config.columns);
}

// Delays element i of a row by i * step cycles. Rows are written along the diagonal, so that what
// is due in one cycle lies side by side.
class Skew {
 public:
  Skew(std::uint32_t elements, std::uint32_t width, std::uint32_t step)
      : elements_(elements),
        width_(width),
        step_(step),
        depth_((elements - 1) * step + 1),
        cells_(std::size_t{depth_} * elements) {}

  // Element i of a packed row is due i * step cycles from now.
  void put(const Row& row) {
    check(row.size() == (std::size_t{elements_} * width_ + 31) / 32,
          "a row of {} elements of {} bits has {} words", elements_, width_, row.size());
    const std::uint32_t mask = (1U << width_) - 1;
    std::uint32_t due = now_;
    for (std::uint32_t i = 0; i < elements_; ++i) {
      const std::uint32_t bit = i * width_;
      cells_[std::size_t{due} * elements_ + i] =
          static_cast<Cell>(row[bit / 32] >> (bit % 32) & mask);
      due += step_;
      due = due >= depth_ ? due - depth_ : due;
    }
  }

  // Element i is due now. It is stale where no row entered i * step cycles ago.
  [[nodiscard]] const Cell* due() const { return cells_.data() + std::size_t{now_} * elements_; }

  // One cycle passes.
  void step() { now_ = now_ + 1 == depth_ ? 0 : now_ + 1; }

 private:
  std::uint32_t elements_;
  std::uint32_t width_;  // Bits of an element: 2, 4, 8 or 16.
  std::uint32_t step_;
  std::uint32_t depth_;
  std::uint32_t now_ = 0;
  std::vector<Cell> cells_;
};

// std::popcount without the instruction is a table; this one becomes vector code.
[[nodiscard]] inline std::uint32_t ones(std::uint32_t bits) {
  bits -= bits >> 1 & 0x55555555;
  bits = (bits & 0x33333333) + (bits >> 2 & 0x33333333);
  bits = (bits + (bits >> 4)) & 0x0f0f0f0f;
  bits += bits >> 8;
  return (bits + (bits >> 16)) & 0xff;
}

// A row of registers takes what `value` says for element i, given what it holds, where `enabled`
// says so, and holds where not: without a branch, so that the compiler makes it vector code.
// Returns how many bits toggle, if they are counted. A row has less than 2^26 elements: 32 bits are
// enough.
template <bool counted, class T, class Enabled, class Value>
std::uint32_t take_row(std::uint32_t elements, T* __restrict reg, Enabled enabled, Value value) {
  std::uint32_t toggles = 0;
  for (std::uint32_t i = 0; i < elements; ++i) {
    const T mask = enabled(i) ? static_cast<T>(-1) : T{0};
    const T before = reg[i];
    const T flips = static_cast<T>((before ^ value(i, before)) & mask);
    toggles += counted ? ones(flips) : 0;
    reg[i] = before ^ flips;
  }
  return toggles;
}

// One register takes a value.
template <bool counted, class T>
void take(T& reg, T value, std::uint64_t& toggles) {
  toggles += counted ? ones(static_cast<T>(reg ^ value)) : 0;
  reg = value;
}

}  // namespace systole::model
