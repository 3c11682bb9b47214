// SPDX-License-Identifier: Apache-2.0
// Closed forms of the collectives: what crosses which link, and how long that takes at the least.
//
// A collective is chunks, a chunk is phases (one axis each), a phase is equal transfers on every
// ring or line of its axis. Sums over these few sizes replace the run.
#pragma once

#include <cstdint>
#include <vector>

#include "config/pod.hpp"
#include "trace/trace.hpp"

namespace systole {

enum class Exchange : std::uint8_t { gather, scatter, transpose, shift, spread };

struct AxisPhase {
  std::size_t axis;  // Index into the collective's own axes.
  Exchange exchange;
  std::uint64_t bytes;  // Gather, scatter: one shard. Otherwise: what one chip holds.
  std::uint64_t lines;  // Rings or lines of the axis that do it, in one group.
};

// Chunks that go through equal phases, in this order.
struct Chunks {
  std::vector<AxisPhase> phases;
  std::uint64_t count;
};
[[nodiscard]] std::vector<Chunks> chunks(const IciConfig& ici, CollectiveKind kind,
                                         const std::vector<GroupAxis>& axes, Bytes bytes);

// The 240ths of the parts of a gather or scatter.
[[nodiscard]] std::vector<std::uint64_t> part_sizes(const std::vector<GroupAxis>& axes);

// Equal transfers of one phase.
struct Transfers {
  std::uint64_t bytes;
  std::uint64_t count;
};

// All of them, on one ring or line of the axis, both directions.
[[nodiscard]] std::vector<Transfers> transfers(const GroupAxis& axis, const AxisPhase& phase);
// What the link out of `position` carries of it, one direction.
[[nodiscard]] std::uint64_t link_bytes(const GroupAxis& axis, const AxisPhase& phase,
                                       std::uint32_t position, bool up);
// Those of which each waits for the receipt of the one before: the longest such chain.
[[nodiscard]] std::vector<Transfers> chain(const GroupAxis& axis, const AxisPhase& phase);
// Time on the upward link of each position. A line's downward links are its mirror image, or carry
// no more; a ring's carry no more.
[[nodiscard]] std::vector<Femtoseconds> link_times(const IciConfig& ici, const GroupAxis& axis,
                                                   const AxisPhase& phase);

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
