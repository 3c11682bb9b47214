// SPDX-License-Identifier: Apache-2.0
// Faulty links of a pod, and the way around those that are down.
//
// A detour is the shortest way from a dead link's one end to its other over links that are left;
// of equal ones the first by axis, then up before down. What would cross the link takes it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "config/pod.hpp"

namespace systole {

// One direction of one link, by the chip that sends. Chips are numbered first axis fastest.
struct LinkPlace {
  std::uint64_t chip;
  std::uint32_t axis;
  bool up;
  auto operator<=>(const LinkPlace&) const = default;
};

// The chip at its other end, if there is such a link.
[[nodiscard]] std::optional<std::uint64_t> end_of(const PodConfig& pod, const LinkPlace& link);

// The fault of a link; null if it is whole.
[[nodiscard]] const LinkFault* fault_of(const PodConfig& pod, const LinkPlace& link);

// Links to take in place of one that is down; none if no way is left.
[[nodiscard]] std::vector<LinkPlace> detour(const PodConfig& pod, const LinkPlace& link);

// Chips that nothing sent by `chip` reaches, in order.
[[nodiscard]] std::vector<std::uint64_t> unreachable(const PodConfig& pod, std::uint64_t chip);

[[nodiscard]] std::uint64_t number_of(const PodConfig& pod, const std::vector<std::uint32_t>& at);
[[nodiscard]] std::vector<std::uint32_t> coordinates(const PodConfig& pod, std::uint64_t chip);

}  // namespace systole
