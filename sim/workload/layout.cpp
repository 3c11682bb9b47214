// SPDX-License-Identifier: Apache-2.0
#include "workload/layout.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"

namespace systole {
namespace {

using Axes = std::vector<std::uint32_t>;

// Axes that a layout needs; a 2-D one needs one for either side.
std::size_t least_axes(Layout layout) {
  switch (layout) {
    case Layout::one_d: return 0;
    case Layout::gathered_x: return 1;
    case Layout::two_d:
    case Layout::gathered_xy: return 2;
    case Layout::gathered_xyz: return 3;
    case Layout::automatic: break;
  }
  throw Bug("a layout is to be chosen before it is used");
}

Axes chosen(std::uint64_t mask, std::size_t axes) {
  Axes out;
  for (std::uint32_t axis = 0; axis < axes; ++axis) {
    if ((mask >> axis & 1U) != 0) {
      out.push_back(axis);
    }
  }
  return out;
}

Axes others(const Axes& taken, std::size_t axes) {
  Axes out;
  for (std::uint32_t axis = 0; axis < axes; ++axis) {
    if (std::ranges::find(taken, axis) == taken.end()) {
      out.push_back(axis);
    }
  }
  return out;
}

std::vector<Axes> proper_subsets(std::size_t axes) {
  std::vector<Axes> out;
  for (std::uint64_t mask = 1; mask + 1 < std::uint64_t{1} << axes; ++mask) {
    out.push_back(chosen(mask, axes));
  }
  return out;
}

// X nearest to sqrt(n) / 2, in ratio: there the four collectives of an MLP whose hidden layer is
// four times the width move the least. The first of equals.
Axes best_x(const std::vector<GroupAxis>& group) {
  double n = 1;
  for (const GroupAxis& axis : group) {
    n *= axis.length;
  }
  const auto distance = [&](const Axes& axes) {
    double x = 1;
    for (const std::uint32_t axis : axes) {
      x *= group[axis].length;
    }
    const double ratio = 4 * x * x / n;
    return std::max(ratio, 1 / ratio);
  };
  const std::vector<Axes> choices = proper_subsets(group.size());
  return *std::ranges::min_element(choices, {}, distance);
}

// Degrees of the pod whose groups have at least so many axes.
std::vector<std::uint64_t> degrees_with(const PodConfig& pod, std::size_t axes) {
  std::vector<std::uint64_t> out;
  for (std::uint64_t degree = 2; degree <= pod.chips(); ++degree) {
    if (pod.chips() % degree != 0) {
      continue;
    }
    try {
      if (tensor_group(pod, static_cast<std::uint32_t>(degree)).size() >= axes) {
        out.push_back(degree);
      }
    } catch (const UserError&) {  // No such group.
    }
  }
  return out;
}

void require_axes(const ShardingConfig& sharding, const PodConfig& pod, std::size_t axes) {
  const std::size_t least = least_axes(sharding.layout);
  if (axes >= least) {
    return;
  }
  std::vector<std::string_view> works;
  for (const Layout layout : kLayouts) {
    if (layout != Layout::automatic && least_axes(layout) <= axes) {
      works.push_back(name(layout));
    }
  }
  const std::vector<std::uint64_t> degrees = degrees_with(pod, least);
  fail(
      "sharding.layout {} needs {} axes, and a tensor group of {} chips in pod '{}' has {}: {} "
      "{} there{}",
      name(sharding.layout), least, sharding.tensor, pod.name, axes, fmt::join(works, ", "),
      works.size() == 1 ? "works" : "work",
      degrees.empty() ? ", and no degree of this pod has more"
                      : fmt::format(", and {} with sharding.tensor {}", name(sharding.layout),
                                    fmt::join(degrees, ", ")));
}

void require_x_axes(const Axes& x, const PodConfig& pod, std::size_t axes) {
  std::vector<bool> is_named(axes, false);
  bool is_sound = x.size() < axes;
  for (const std::uint32_t axis : x) {
    is_sound = is_sound && axis < axes && !is_named[axis];
    if (is_sound) {
      is_named[axis] = true;
    }
  }
  if (!is_sound) {
    fail(
        "sharding.x_axes [{}] must be some but not all axes of the tensor group, each once; in pod "
        "'{}' these work: {}",
        fmt::join(x, ", "), pod.name, fmt::join(proper_subsets(axes), ", "));
  }
}

}  // namespace

LayoutAxes layout_axes(const ShardingConfig& sharding, const PodConfig& pod,
                       const std::vector<GroupAxis>& group) {
  const std::size_t axes = group.size();
  require_axes(sharding, pod, axes);
  LayoutAxes out;
  if (sharding.layout == Layout::two_d) {
    if (!sharding.x_axes.empty()) {
      require_x_axes(sharding.x_axes, pod, axes);
    }
    out.x = sharding.x_axes.empty() ? best_x(group) : sharding.x_axes;
    out.y = others(out.x, axes);
    return out;
  }
  const std::size_t gathered = least_axes(sharding.layout);
  for (std::uint32_t axis = 0; axis < axes; ++axis) {
    (axis < gathered ? out.gather : out.y).push_back(axis);
  }
  return out;
}

std::vector<ShardingConfig> possible_layouts(const ShardingConfig& sharding,
                                             const std::vector<GroupAxis>& group) {
  std::vector<ShardingConfig> out;
  for (const Layout layout : kLayouts) {
    if (layout == Layout::automatic || least_axes(layout) > group.size()) {
      continue;
    }
    ShardingConfig candidate = sharding;
    candidate.layout = layout;
    candidate.x_axes.clear();
    if (layout != Layout::two_d) {
      out.push_back(candidate);
      continue;
    }
    for (Axes& x : proper_subsets(group.size())) {
      candidate.x_axes = std::move(x);
      out.push_back(candidate);
    }
  }
  return out;
}

}  // namespace systole
