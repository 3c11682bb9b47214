// SPDX-License-Identifier: Apache-2.0
// A whole matrix product [m x k] * [k x n] in the matrix unit's order of operations: the reference
// that the bits of RTL and clocked model are held against. arithmetic.hpp has the order.
#pragma once

#include <cstdint>
#include <vector>

#include "numerics/arithmetic.hpp"

namespace systole::numerics {

struct MatmulShape {
  DataType weights;  // Names the processing element.
  std::uint32_t m, n, k;
  std::uint32_t rows;   // Of the array: depth of a tile.
  std::uint32_t group;  // Depth of a scale group; 0: no scales.
};

// activations [m x k], weights [k x n], scales (fp32 bits) [ceil(k / group) x n], all row-major;
// the result [m x n] is int32 for integer sums without scales (of fp4 in quarters), fp32 otherwise.
// Depth and rows are 1 or more; sizes that do not match the shape are a Bug.
[[nodiscard]] std::vector<Sum> matmul(const MatmulShape& shape,
                                      const std::vector<Code>& activations,
                                      const std::vector<Code>& weights,
                                      const std::vector<Sum>& scales);

}  // namespace systole::numerics
