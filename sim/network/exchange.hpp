// SPDX-License-Identifier: Apache-2.0
// The plan of a collective: which chunk takes which axis when, and what crosses a link in which
// step.
//
// Everything is an exchange between neighbours of one axis: a chunk's send waits for the receipt of
// its step before in the same direction. sim/model/README.md has the rules in words. Two executors
// carry it out: sim/model, chunk by chunk, and network/collective.hpp, flit by flit.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "config/pod.hpp"
#include "trace/trace.hpp"

namespace systole::network {

enum class Exchange : std::uint8_t { gather, scatter, all_to_all, permute, broadcast };

// One axis of a tensor group, and where a chip stands on it.
struct AxisPlace {
  std::uint32_t length;
  bool wraps;
  std::uint32_t position;
};

// The place from which data travelling up (or down) come; none at the end of a line.
[[nodiscard]] std::optional<AxisPlace> upstream(AxisPlace place, bool up);

struct AxisPhase {
  std::uint32_t axis;  // Index into the tensor group's axes.
  Exchange exchange;
  std::uint64_t bytes;  // The shard of a gather or scatter; otherwise what a chip holds.
};

struct PlannedChunk {
  std::uint32_t number;  // Within its part: links take the lowest first.
  std::vector<AxisPhase> phases;
};

// All chunks of all parts; they run side by side.
[[nodiscard]] std::vector<PlannedChunk> plan(const Collective& collective,
                                             const std::vector<GroupAxis>& group,
                                             const IciConfig& ici);

// In how many 240ths the parts of a gather or scatter are cut so that the busiest axis is least
// busy.
inline constexpr std::uint32_t kPartUnits = 240;
[[nodiscard]] std::vector<std::uint32_t> part_units(const std::vector<GroupAxis>& axes);

// Whether the chip at `positions` (by axis of the group) has a share in a phase of the collective.
[[nodiscard]] bool takes_part(const Collective& collective, const AxisPhase& phase,
                              const std::vector<std::uint32_t>& positions);

// Steps are numbered from 1 to this.
[[nodiscard]] std::uint32_t steps(const AxisPhase& phase, const AxisPlace& place);

// Bytes that the chip at `place` sends upwards (towards higher positions) or downwards; 0: nothing.
[[nodiscard]] std::uint64_t send_bytes(const AxisPhase& phase, const AxisPlace& place, bool up,
                                       std::uint32_t step);

// How often it sends in steps 1 to `until`.
[[nodiscard]] std::uint32_t sends(const AxisPhase& phase, const AxisPlace& place, bool up,
                                  std::uint32_t until);

}  // namespace systole::network
