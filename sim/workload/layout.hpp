// SPDX-License-Identifier: Apache-2.0
// Which axes of a tensor group do what in a layout.
#pragma once

#include <cstdint>
#include <vector>

#include "config/pod.hpp"
#include "config/run.hpp"

namespace systole {

struct LayoutAxes {
  std::vector<std::uint32_t> x;       // The model's width lies across them.
  std::vector<std::uint32_t> y;       // The other side of every matrix.
  std::vector<std::uint32_t> gather;  // Tokens; a layer's matrices are gathered along them.
};

// Throws UserError that names what works: a layout with more axes than the group has, x axes that
// are not of the group, or all of it.
[[nodiscard]] LayoutAxes layout_axes(const ShardingConfig& sharding, const PodConfig& pod,
                                     const std::vector<GroupAxis>& group);

// Every layout that the group has axes for, with each choice of x axes; not `automatic`.
[[nodiscard]] std::vector<ShardingConfig> possible_layouts(const ShardingConfig& sharding,
                                                           const std::vector<GroupAxis>& group);

}  // namespace systole
