// SPDX-License-Identifier: Apache-2.0
// One phase of a collective: one axis, and equal transfers on every ring or line of it.
#pragma once

#include <cstdint>
#include <vector>

#include "config/pod.hpp"

namespace systole {

enum class Exchange : std::uint8_t { gather, scatter, transpose, shift, spread };

struct AxisPhase {
  std::size_t axis;  // Index into the collective's own axes.
  Exchange exchange;
  std::uint64_t bytes;  // Gather, scatter: one shard. Otherwise: what one chip holds.
  std::uint64_t lines;  // Rings or lines of the axis that do it, in one group.
};

// Equal transfers of one phase.
struct Transfers {
  std::uint64_t bytes;
  std::uint64_t count;
};

[[nodiscard]] Femtoseconds transfer_time(const IciConfig& ici, const Transfers& transfers);

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

}  // namespace systole
