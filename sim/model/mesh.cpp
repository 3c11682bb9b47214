// SPDX-License-Identifier: Apache-2.0
#include "model/mesh.hpp"

#include <fmt/format.h>

#include <functional>
#include <numeric>

namespace systole::model {
namespace {

std::vector<std::uint32_t> simulated_shape(const PodConfig& pod,
                                           const std::vector<GroupAxis>& group, Extent extent) {
  std::vector<std::uint32_t> shape(pod.axes.size(), 1);
  if (extent == Extent::one_group) {
    for (const GroupAxis& axis : group) {
      shape[axis.axis] = axis.length;
    }
  } else if (extent == Extent::whole_pod) {
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      shape[axis] = pod.axes[axis].length;
    }
  }
  return shape;
}

}  // namespace

Mesh::Mesh(const PodConfig& pod, const std::vector<GroupAxis>& group, Extent extent,
           const Program& program, const Residency& residency, Ledger& ledger)
    : shape_(simulated_shape(pod, group, extent)), plans_(program, group, pod) {
  const std::size_t count =
      std::accumulate(shape_.begin(), shape_.end(), std::size_t{1}, std::multiplies<>());
  for (std::size_t i = 0; i < count; ++i) {
    const Coordinates at = coordinates(i);
    GroupPlace place{.axes = group, .positions = {}, .folded = extent == Extent::one_chip};
    for (const GroupAxis& axis : group) {
      place.positions.push_back(at[axis.axis] % axis.length);
    }
    chips_.push_back(std::make_unique<Chip>(fmt::format("chip{}", i).c_str(), pod.chip, program,
                                            plans_, residency, std::move(place), ledger));
  }
  if (extent == Extent::one_chip) {
    connect_to_itself(group);
  } else {
    connect_groups(group);
  }
}

void Mesh::connect_to_itself(const std::vector<GroupAxis>& group) {
  Chip& chip = *chips_.front();
  for (std::uint32_t axis = 0; axis < group.size(); ++axis) {
    chip.connect(axis, true, chip);
    if (group[axis].wraps) {  // A pair without wrap has one link a chip.
      chip.connect(axis, false, chip);
    }
  }
}

void Mesh::connect_groups(const std::vector<GroupAxis>& group) {
  for (std::size_t i = 0; i < chips_.size(); ++i) {
    const Coordinates at = coordinates(i);
    for (std::uint32_t axis = 0; axis < group.size(); ++axis) {
      const std::uint32_t length = group[axis].length;
      const std::uint32_t position = at[group[axis].axis] % length;
      for (const bool up : {true, false}) {
        const bool at_end = position == (up ? length - 1 : 0);
        if (at_end && !group[axis].wraps) {
          continue;
        }
        Coordinates neighbour = at;
        const std::uint32_t next = (position + (up ? 1 : length - 1)) % length;
        neighbour[group[axis].axis] = at[group[axis].axis] - position + next;
        chips_[i]->connect(axis, up, *chips_[index(neighbour)]);
      }
    }
  }
}

Mesh::Coordinates Mesh::coordinates(std::size_t index) const {
  Coordinates at(shape_.size());
  for (std::size_t axis = 0; axis < shape_.size(); ++axis) {
    at[axis] = static_cast<std::uint32_t>(index % shape_[axis]);
    index /= shape_[axis];
  }
  return at;
}

std::size_t Mesh::index(const Coordinates& at) const {
  std::size_t index = 0;
  for (std::size_t axis = shape_.size(); axis-- > 0;) {
    index = index * shape_[axis] + at[axis];
  }
  return index;
}

}  // namespace systole::model
