// SPDX-License-Identifier: Apache-2.0
#include "network/torus.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace systole::network {

Torus::Torus(std::vector<Axis> axes) : axes_(std::move(axes)) {
  check(!axes_.empty(), "a network without an axis");
  for (const Axis& axis : axes_) {
    check(axis.length >= 1, "an axis without chips");
    stride_.push_back(chips_);
    chips_ *= axis.length;
  }
}

std::optional<Chip> Torus::neighbour(Chip chip, Direction direction) const {
  const std::size_t axis = direction / 2;
  const std::uint32_t length = axes_[axis].length;
  const std::uint32_t from = coordinate(chip, axis);
  const bool is_up = direction % 2 == 0;
  const bool is_end = from == (is_up ? length - 1 : 0);
  if (length == 1 || (is_end && !axes_[axis].wraps)) {
    return std::nullopt;
  }
  const std::uint32_t to = (from + (is_up ? 1 : length - 1)) % length;
  return chip - from * stride_[axis] + to * stride_[axis];
}

bool Torus::is_dateline(Chip chip, Direction direction) const {
  const std::size_t axis = direction / 2;
  const std::uint32_t end = direction % 2 == 0 ? axes_[axis].length - 1 : 0;
  return axes_[axis].wraps && coordinate(chip, axis) == end;
}

Direction Torus::next(Chip chip, Chip destination, bool down_in_ties) const {
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    const std::uint32_t length = axes_[axis].length;
    const std::uint32_t from = coordinate(chip, axis);
    const std::uint32_t to = coordinate(destination, axis);
    if (from == to) {
      continue;
    }
    const std::uint32_t up = (to + length - from) % length;
    const std::uint32_t down = length - up;
    const bool goes_down = axes_[axis].wraps ? (up == down ? down_in_ties : down < up) : to < from;
    return static_cast<Direction>(2 * axis + (goes_down ? 1 : 0));
  }
  return directions();
}

std::uint32_t Torus::hops(Chip source, Chip destination) const {
  std::uint32_t sum = 0;
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    const std::uint32_t a = coordinate(source, axis);
    const std::uint32_t b = coordinate(destination, axis);
    const std::uint32_t straight = std::max(a, b) - std::min(a, b);
    sum += axes_[axis].wraps ? std::min(straight, axes_[axis].length - straight) : straight;
  }
  return sum;
}

std::string Torus::name(Direction direction) {
  return fmt::format("{}{}", direction % 2 == 0 ? '+' : '-', direction / 2);
}

}  // namespace systole::network
