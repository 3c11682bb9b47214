// SPDX-License-Identifier: Apache-2.0
#include "analytic/blocks.hpp"

#include "analytic/whole.hpp"

namespace systole {
namespace {

std::uint64_t blocks(const std::vector<Cut>& cut) {
  std::uint64_t n = 0;
  for (const Cut& c : cut) {
    n += c.count;
  }
  return n;
}

std::vector<Steps> steps(const Cuts& cut) {
  std::vector<Steps> result;
  for (const Cut& p : cut.products) {
    for (const Cut& r : cut.rows) {
      for (const Cut& d : cut.depth) {
        for (const Cut& c : cut.columns) {
          result.push_back({.block = {p.size, r.size, d.size, c.size},
                            .count = product({p.count, r.count, d.count, c.count})});
        }
      }
    }
  }
  return result;
}

}  // namespace

std::vector<Cut> cuts(std::uint64_t extent, std::uint64_t block) {
  check(block > 0, "a matmul block has a dimension of zero");
  std::vector<Cut> result;
  if (extent / block > 0) {
    result.push_back({.size = block, .count = extent / block});
  }
  if (extent % block > 0) {
    result.push_back({.size = extent % block, .count = 1});
  }
  return result;
}

Cuts cuts(const Matmul& m) {
  check(m.products > 0 && m.rows > 0 && m.depth > 0 && m.columns > 0,
        "a matmul has a dimension of zero");
  return {.products = cuts(m.products, m.block.products),
          .rows = cuts(m.rows, m.block.rows),
          .depth = cuts(m.depth, m.block.depth),
          .columns = cuts(m.columns, m.block.columns)};
}

std::vector<Steps> every_step(const Matmul& matmul) { return steps(cuts(matmul)); }

std::vector<Steps> stationary_steps(const Matmul& matmul) {
  Cuts cut = cuts(matmul);
  if (blocks(cut.depth) == 1 && blocks(cut.columns) == 1) {
    cut.rows = {{.size = cut.rows.front().size, .count = 1}};  // The same block for all rows.
  }
  return steps(cut);
}

std::vector<Steps> moving_steps(const Matmul& matmul) {
  Cuts cut = cuts(matmul);
  cut.columns = {{.size = cut.columns.front().size, .count = 1}};
  return steps(cut);
}

std::vector<Steps> result_steps(const Matmul& matmul) {
  Cuts cut = cuts(matmul);
  cut.depth = {{.size = cut.depth.back().size, .count = 1}};
  return steps(cut);
}

MatmulBlock first_step(const Matmul& matmul) {
  const Cuts cut = cuts(matmul);
  return {cut.products.front().size, cut.rows.front().size, cut.depth.front().size,
          cut.columns.front().size};
}

MatmulBlock last_step(const Matmul& matmul) {
  const Cuts cut = cuts(matmul);
  return {cut.products.back().size, cut.rows.back().size, cut.depth.back().size,
          cut.columns.back().size};
}

Passes passes(const MatrixUnitConfig& unit, const MatmulBlock& b) {
  switch (unit.dataflow) {
    case Dataflow::weight_stationary:
      return {
          product({b.products, ceil_div(b.depth, unit.rows), ceil_div(b.columns, unit.columns)}),
          b.rows};
    case Dataflow::input_stationary:
      return {product({b.products, ceil_div(b.depth, unit.rows), ceil_div(b.rows, unit.columns)}),
              b.columns};
    case Dataflow::output_stationary:
      return {product({b.products, ceil_div(b.rows, unit.rows), ceil_div(b.columns, unit.columns)}),
              b.depth};
  }
  throw Bug("a dataflow without passes");
}

}  // namespace systole
