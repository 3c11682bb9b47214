// SPDX-License-Identifier: Apache-2.0
// The plan of a collective: which axis when, and how many bytes cross a link in which step.
//
// Everything is an exchange between neighbours of one axis: a step's send waits for the receipt of
// the step before in the same direction. README.md has the rules in words.
#pragma once

#include <cstdint>
#include <vector>

#include "config/pod.hpp"
#include "trace/trace.hpp"

namespace systole::model {

enum class Exchange : std::uint8_t { gather, scatter, all_to_all };

// One axis of a tensor group, and where a chip stands on it.
struct AxisPlace {
  std::uint32_t length;
  bool wraps;
  std::uint32_t position;
};

struct AxisPhase {
  std::uint32_t axis;  // Index into the tensor group's axes.
  Exchange exchange;
  std::uint64_t bytes;  // The shard of a gather or scatter; what a chip holds of an all_to_all.
};

// The phases of each part of a collective; parts run side by side.
[[nodiscard]] std::vector<std::vector<AxisPhase>> phases(const Collective& collective,
                                                         const std::vector<GroupAxis>& group);

// Steps are numbered from 1 to this.
[[nodiscard]] std::uint32_t steps(const AxisPlace& place);

// Bytes that the chip at `place` sends upwards (towards higher positions) or downwards; 0: nothing.
[[nodiscard]] std::uint64_t send_bytes(const AxisPhase& phase, const AxisPlace& place, bool up,
                                       std::uint32_t step);

// How often it sends in steps 1 to `until`.
[[nodiscard]] std::uint32_t sends(const AxisPhase& phase, const AxisPlace& place, bool up,
                                  std::uint32_t until);

}  // namespace systole::model
