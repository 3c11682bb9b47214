// SPDX-License-Identifier: Apache-2.0
#include "model/mesh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

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
           const Program& program, const Residency& residency, Ledger& ledger, Recording* recording)
    : pod_(pod),
      group_(group),
      shape_(simulated_shape(pod, group, extent)),
      plans_(program, group, pod, extent == Extent::one_chip) {
  const std::size_t count =
      std::accumulate(shape_.begin(), shape_.end(), std::size_t{1}, std::multiplies<>());
  for (std::size_t i = 0; i < count; ++i) {
    const Coordinates at = coordinates(i);
    if (recording != nullptr) {
      recording->add_chip(at, ledger.copies());
    }
    GroupPlace place{.axes = group, .positions = {}};
    for (const GroupAxis& axis : group) {
      place.positions.push_back(at[axis.axis] % axis.length);
    }
    chips_.push_back(std::make_unique<Chip>(fmt::format("chip{}", i).c_str(), pod.chip, program,
                                            plans_, residency, std::move(place), ledger,
                                            recording));
  }
  if (extent == Extent::one_chip) {
    connect_to_itself();
  } else {
    connect_groups();
  }
}

void Mesh::connect_to_itself() {
  Chip& chip = *chips_.front();
  const auto connect = [&](std::uint32_t axis, bool up, std::uint32_t optical) {
    chip.connect(axis, up, {&chip.lay(axis, up, pod_.chip.ici->bandwidth, chip, optical)});
  };
  for (std::uint32_t axis = 0; axis < group_.size(); ++axis) {
    const Axis& whole = pod_.axes[group_[axis].axis];
    if (group_[axis].wraps) {
      connect(axis, true, whole.optical);
      connect(axis, false, whole.optical);
    } else {  // A pair without wrap has one link a chip.
      connect(axis, true, whole.is_optical(0, true) ? 1 : 0);
    }
  }
}

// Those that a chip's group talks over, named by the pod's axes.
std::vector<LinkPlace> Mesh::links_of_group(std::size_t chip) const {
  const Coordinates at = coordinates(chip);
  std::vector<LinkPlace> links;
  for (const GroupAxis& axis : group_) {
    const std::uint32_t position = at[axis.axis] % axis.length;
    for (const bool up : {true, false}) {
      const bool at_end = position == (up ? axis.length - 1 : 0);
      if (!at_end || axis.wraps) {
        links.push_back({.chip = chip, .axis = axis.axis, .up = up});
      }
    }
  }
  return links;
}

// As the group counts it; axes that it does not have come behind.
std::uint32_t Mesh::name_of(std::uint32_t axis) const {
  const auto found = std::find_if(group_.begin(), group_.end(),
                                  [&](const GroupAxis& own) { return own.axis == axis; });
  return static_cast<std::uint32_t>(found - group_.begin()) + (found == group_.end() ? axis : 0);
}

Link& Mesh::lay(const LinkPlace& place) {
  Link*& link = laid_[place];
  if (link == nullptr) {
    Coordinates neighbour = coordinates(place.chip);
    std::uint32_t& position = neighbour[place.axis];
    const std::uint32_t length = shape_[place.axis];
    position = (position + (place.up ? 1 : length - 1)) % length;
    const LinkFault* fault = fault_of(pod_, place);
    link = &chips_[place.chip]->lay(
        name_of(place.axis), place.up,
        fault != nullptr ? fault->bandwidth.value() : pod_.chip.ici->bandwidth,
        *chips_[index(neighbour)],
        pod_.axes[place.axis].is_optical(coordinates(place.chip)[place.axis], place.up) ? 1 : 0);
  }
  return *link;
}

void Mesh::connect_groups() {
  for (std::size_t i = 0; i < chips_.size(); ++i) {
    for (const LinkPlace& place : links_of_group(i)) {
      const LinkFault* fault = fault_of(pod_, place);
      const bool is_dead = fault != nullptr && !fault->bandwidth;
      std::vector<Link*> way;
      for (const LinkPlace& leg : is_dead ? detour(pod_, place) : std::vector{place}) {
        way.push_back(&lay(leg));
      }
      chips_[i]->connect(name_of(place.axis), place.up, std::move(way));
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
