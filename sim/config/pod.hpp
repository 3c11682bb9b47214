// SPDX-License-Identifier: Apache-2.0
// A mesh of equal chips.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/chip.hpp"

namespace systole {

struct Axis {
  std::uint32_t length;
  bool wraps;  // A ring; otherwise a line. A wrapped axis of length 2 has two links between the
               // pair.
  std::uint32_t optical =
      0;  // Every so many-th link is optical, a ring's closing one too; 0: none.

  [[nodiscard]] bool is_optical(std::uint32_t position, bool up) const {
    return optical > 0 && (position + (up ? 1 : 0)) % optical == 0;
  }
};

// One direction of one link that does not work as the others do.
struct LinkFault {
  std::vector<std::uint32_t> chip;  // That sends; by axis.
  std::uint32_t axis;
  bool up;
  std::optional<BytesPerSecond> bandwidth;  // What is left; none: down.
};

struct PodConfig {
  std::string name;
  ChipConfig chip;
  std::vector<Axis> axes;  // 1 to 3; a single chip is one axis of length 1.
  std::vector<LinkFault> faults{};
  std::string hash;  // Of the canonical content of pod and chip, no paths.

  [[nodiscard]] std::uint64_t chips() const {
    std::uint64_t n = 1;
    for (const Axis& axis : axes) {
      n *= axis.length;
    }
    return n;
  }
};

// The stretch of one axis that one tensor group uses. Groups lie side by side along the axis.
struct GroupAxis {
  std::uint32_t axis;    // Index into PodConfig::axes.
  std::uint32_t length;  // Chips of the group along it, at least 2.
  bool wraps;            // The group is the whole, wrapped axis.
};

// The axes of a tensor group of `tensor` chips: whole axes, first axis first, and if needed an even
// part of the next one. Throws UserError that names the degrees that work.
[[nodiscard]] std::vector<GroupAxis> tensor_group(const PodConfig& pod, std::uint32_t tensor);

}  // namespace systole
