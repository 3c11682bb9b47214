// SPDX-License-Identifier: Apache-2.0
// Policy: a matmul and the all-reduce of its result, cut into chunks that overlap.
//
// The weight columns are cut, so each weight is still fetched once; while the links add up one
// chunk, the matrix units work on the next. Each chunk pays the fixed cost of a collective.
#pragma once

#include <vector>

#include "config/chip.hpp"
#include "trace/trace.hpp"

namespace systole {

// The same work with every such pair of `operations` cut, as far as its columns fill the arrays.
// Blocks of matmuls are still to be chosen.
[[nodiscard]] std::vector<Operation> cut_into_chunks(std::vector<Operation> operations,
                                                     const ChipConfig& chip);

}  // namespace systole
