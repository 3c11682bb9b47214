// SPDX-License-Identifier: Apache-2.0
// Policy: the block in which a matmul is worked through.
//
// Small stationary blocks keep the first wait short and let the next block load behind this one;
// few row blocks keep the stationary operand from being fetched again.
#pragma once

#include <vector>

#include "config/chip.hpp"
#include "trace/trace.hpp"

namespace systole {

// For a matmul whose shape and operands are set. Throws DoesNotFit if not even one array tile and
// one row have room.
[[nodiscard]] MatmulBlock tile(const Matmul& matmul, const ChipConfig& chip,
                               const Residency& residency);

// The same matmul in stripes of columns, each tiled: one, unless its fetches take longer than its
// products and those of several do not, or less so. One stripe fetches the stationary operand again
// for every block of rows, and every stripe the moving one; with few sums to keep, row blocks are
// long.
[[nodiscard]] std::vector<Matmul> stripes(const Matmul& matmul, const ChipConfig& chip,
                                          const Residency& residency);

}  // namespace systole
