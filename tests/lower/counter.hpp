// SPDX-License-Identifier: Apache-2.0
// Counts bytes between stores and scratchpad as sim/model/README.md says they are counted, without
// any code of the model: the independent side of the tests of lowering.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "trace/trace.hpp"

namespace systole {

// Lengths of the pieces of `whole` in blocks of `block`, the last one smaller.
inline std::vector<std::uint64_t> pieces(std::uint64_t whole, std::uint64_t block) {
  std::vector<std::uint64_t> out;
  for (std::uint64_t at = 0; at < whole; at += block) {
    out.push_back(std::min(block, whole - at));
  }
  return out;
}

// Bytes of one execution that come from outside the scratchpad as the stationary operand. A single
// (columns, depth) block is fetched once for each product block, otherwise once in each step.
inline std::uint64_t stationary_bytes(const Matmul& m) {
  if (m.stationary.place == Place::scratchpad) {
    return 0;
  }
  const bool is_single = m.block.depth == m.depth && m.block.columns == m.columns;
  const std::uint64_t times = is_single ? 1 : pieces(m.rows, m.block.rows).size();
  std::uint64_t bytes = 0;
  for (const std::uint64_t p : pieces(m.products, m.block.products)) {
    for (const std::uint64_t c : pieces(m.columns, m.block.columns)) {
      for (const std::uint64_t d : pieces(m.depth, m.block.depth)) {
        bytes += times * storage(p * d * c, m.stationary.type).count();
      }
    }
  }
  return bytes;
}

// Sums over one chip's whole program.
struct Counts {
  std::uint64_t weight_products = 0;
  std::uint64_t kv_products = 0;
  std::uint64_t useful_weight = 0;
  std::uint64_t useful_kv = 0;
  std::uint64_t weight_read = 0;  // By matmuls, from any store but the scratchpad.
  std::uint64_t kv_read = 0;
  std::uint64_t kv_written = 0;
};

inline Counts count(const Trace& trace) {
  Counts sum;
  for (const Block& block : trace.blocks) {
    for (const Operation& operation : block.operations) {
      if (const auto* m = std::get_if<Matmul>(&operation.work)) {
        const bool is_weight = m->tensor == Stationary::weight;
        const std::uint64_t products = m->products * m->rows * m->depth * m->columns;
        (is_weight ? sum.weight_products : sum.kv_products) += block.repeat * products;
        (is_weight ? sum.useful_weight : sum.useful_kv) += block.repeat * m->useful;
        (is_weight ? sum.weight_read : sum.kv_read) += block.repeat * stationary_bytes(*m);
      }
      if (const auto* move = std::get_if<Move>(&operation.work)) {
        if (move->tensor == Stationary::kv) {
          sum.kv_written += block.repeat * move->bytes.count();
        }
      }
    }
  }
  return sum;
}

}  // namespace systole
