// SPDX-License-Identifier: Apache-2.0
#include "config/detour.hpp"

#include <algorithm>

namespace systole {
namespace {

// Breadth first from `start`, axes in order, up before down: by chip, the link by which it was
// reached first. Stops when `stop` is reached.
std::vector<std::optional<LinkPlace>> reached_by(const PodConfig& pod, std::uint64_t start,
                                                 std::optional<std::uint64_t> stop) {
  std::vector<std::optional<LinkPlace>> by(pod.chips());
  std::vector<std::uint64_t> next{start};
  for (std::size_t i = 0; i < next.size() && !(stop && by[*stop]); ++i) {
    for (std::uint32_t axis = 0; axis < pod.axes.size(); ++axis) {
      for (const bool up : {true, false}) {
        const LinkPlace link{.chip = next[i], .axis = axis, .up = up};
        const std::optional<std::uint64_t> to = end_of(pod, link);
        const LinkFault* fault = fault_of(pod, link);
        const bool is_dead = fault != nullptr && !fault->bandwidth;
        if (to && *to != start && !by[*to] && !is_dead) {
          by[*to] = link;
          next.push_back(*to);
        }
      }
    }
  }
  return by;
}

}  // namespace

std::vector<std::uint32_t> coordinates(const PodConfig& pod, std::uint64_t chip) {
  std::vector<std::uint32_t> at;
  for (const Axis& axis : pod.axes) {
    at.push_back(static_cast<std::uint32_t>(chip % axis.length));
    chip /= axis.length;
  }
  return at;
}

std::uint64_t number_of(const PodConfig& pod, const std::vector<std::uint32_t>& at) {
  std::uint64_t chip = 0;
  for (std::size_t axis = pod.axes.size(); axis-- > 0;) {
    chip = chip * pod.axes[axis].length + at[axis];
  }
  return chip;
}

std::optional<std::uint64_t> end_of(const PodConfig& pod, const LinkPlace& link) {
  std::uint64_t stride = 1;
  for (std::uint32_t axis = 0; axis < link.axis; ++axis) {
    stride *= pod.axes[axis].length;
  }
  const Axis& axis = pod.axes[link.axis];
  const std::uint64_t from = link.chip / stride % axis.length;
  if (axis.length == 1 || (!axis.wraps && from == (link.up ? axis.length - 1 : 0))) {
    return std::nullopt;
  }
  const std::uint64_t to = (from + (link.up ? 1 : axis.length - 1)) % axis.length;
  return link.chip - from * stride + to * stride;
}

const LinkFault* fault_of(const PodConfig& pod, const LinkPlace& link) {
  if (pod.faults.empty()) {
    return nullptr;
  }
  const std::vector<std::uint32_t> at = coordinates(pod, link.chip);
  const auto found = std::ranges::find_if(pod.faults, [&](const LinkFault& fault) {
    return fault.axis == link.axis && fault.up == link.up && fault.chip == at;
  });
  return found == pod.faults.end() ? nullptr : &*found;
}

std::vector<LinkPlace> detour(const PodConfig& pod, const LinkPlace& link) {
  const std::optional<std::uint64_t> end = end_of(pod, link);
  if (!end) {
    return {};
  }
  const auto by = reached_by(pod, link.chip, end);
  std::vector<LinkPlace> way;
  for (std::uint64_t chip = *end; chip != link.chip; chip = way.back().chip) {
    if (!by[chip]) {
      return {};
    }
    way.push_back(*by[chip]);
  }
  std::ranges::reverse(way);
  return way;
}

std::vector<std::uint64_t> unreachable(const PodConfig& pod, std::uint64_t chip) {
  const auto by = reached_by(pod, chip, std::nullopt);
  std::vector<std::uint64_t> lost;
  for (std::uint64_t other = 0; other < by.size(); ++other) {
    if (other != chip && !by[other]) {
      lost.push_back(other);
    }
  }
  return lost;
}

}  // namespace systole
