// SPDX-License-Identifier: Apache-2.0
// Policy: how attention becomes operations.
//
// One fused kernel, as FlashAttention: scores live block by block in the scratchpad and never reach
// memory. The products are cut in a few chunks, so that the softmax of one chunk runs on the vector
// unit behind the scores of the next on the matrix units.
#pragma once

#include <vector>

#include "config/chip.hpp"
#include "config/run.hpp"
#include "lower/residency.hpp"
#include "trace/trace.hpp"
#include "workload/graph.hpp"

namespace systole {

// Operations that do the work of `node`; the last one carries its name. Blocks of matmuls are still
// to be chosen.
[[nodiscard]] std::vector<Operation> lower_attention(const Node& node, const Attention& attention,
                                                     const Places& places, const ChipConfig& chip,
                                                     Overlap overlap);

}  // namespace systole
