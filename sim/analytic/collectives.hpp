// SPDX-License-Identifier: Apache-2.0
// Closed forms of the collectives: what crosses which link, and how long that takes at the least.
//
// A collective is chunks, a chunk is phases (analytic/phases.hpp). Sums over these few sizes
// replace the run.
#pragma once

#include <cstdint>
#include <vector>

#include "analytic/phases.hpp"
#include "config/pod.hpp"
#include "trace/trace.hpp"

namespace systole {

// Chunks that go through equal phases, in this order.
struct Chunks {
  std::vector<AxisPhase> phases;
  std::uint64_t count;
};
[[nodiscard]] std::vector<Chunks> chunks(const IciConfig& ici, CollectiveKind kind,
                                         const std::vector<GroupAxis>& axes, Bytes bytes);

// The 240ths of the parts of a gather or scatter.
[[nodiscard]] std::vector<std::uint64_t> part_sizes(const std::vector<GroupAxis>& axes);

// A collective's axes out of its group's, and the links they run on.
[[nodiscard]] std::vector<GroupAxis> axes_of(const Collective& collective,
                                             const std::vector<GroupAxis>& group);
[[nodiscard]] const IciConfig& ici_of(const ChipConfig& chip);

struct CollectiveCost {
  std::uint64_t link_bytes;  // Bytes x links crossed, over the chips of these axes.
  std::uint64_t steps;       // That one chunk takes one after the other.
  Femtoseconds fixed;        // Start, then step and hop of each.
  Femtoseconds link;         // Of the busiest direction of a link.
  Femtoseconds time;         // No run is faster; reached by a single chunk on one axis.
  Femtoseconds expected;     // What a run takes: chunks in lockstep or in a pipeline. An estimate.
};
[[nodiscard]] CollectiveCost collective_cost(const IciConfig& ici, CollectiveKind kind,
                                             const std::vector<GroupAxis>& axes, Bytes bytes);

}  // namespace systole
