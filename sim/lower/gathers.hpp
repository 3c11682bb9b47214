// SPDX-License-Identifier: Apache-2.0
// Policy: how gathered weights travel.
//
// A layer's own shards are read from where the weights live in one train. A gather's pieces stream
// through the scratchpad, and go on to the room for gathered weights: the nearest store that holds
// it, HBM for large models, as a compiler places the result of an all-gather that its scratchpad
// cannot hold. The products then fetch them from there. Read, gather and write are whole operations
// one behind the other, where hardware would overlap them piece by piece: bytes and time of memory
// and links are counted in full, the latency of a gather is on the safe side.
#pragma once

#include <vector>

#include "lower/residency.hpp"
#include "trace/trace.hpp"
#include "workload/graph.hpp"

namespace systole {

// The block without the nodes that read shards which are in the scratchpad already.
[[nodiscard]] GraphBlock without_idle_shards(const GraphBlock& block, const Places& places);

[[nodiscard]] Operation lower_shards(const Node& node, const WeightShards& shards,
                                     const Places& places);

// The last operation carries the name of `node`.
[[nodiscard]] std::vector<Operation> lower_gather(const Node& node, const WeightGather& gather,
                                                  const Places& places);

}  // namespace systole
