// SPDX-License-Identifier: Apache-2.0
// Who is linked to whom, and the way from chip to chip: a mesh or torus of one to three axes.
//
// Chips are numbered with the first axis fastest. A direction is `2 * axis` upwards and
// `2 * axis + 1` downwards. The way is dimension order, first axis first, along the shorter side of
// a ring; a ring of even length has ties, which the packet decides (`down_in_ties`).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/pod.hpp"

namespace systole::network {

using Chip = std::uint32_t;
using Direction = std::uint32_t;

class Torus {
 public:
  explicit Torus(std::vector<Axis> axes);

  [[nodiscard]] std::uint32_t chips() const { return chips_; }
  [[nodiscard]] Direction directions() const { return static_cast<Direction>(2 * axes_.size()); }
  [[nodiscard]] const std::vector<Axis>& axes() const { return axes_; }
  [[nodiscard]] std::uint32_t coordinate(Chip chip, std::size_t axis) const {
    return chip / stride_[axis] % axes_[axis].length;
  }

  // The chip at the other end of a link, if there is a link.
  [[nodiscard]] std::optional<Chip> neighbour(Chip chip, Direction direction) const;
  // The link that closes a ring.
  [[nodiscard]] bool is_dateline(Chip chip, Direction direction) const;
  // The next link on the way; `directions()` at the destination.
  [[nodiscard]] Direction next(Chip chip, Chip destination, bool down_in_ties) const;
  [[nodiscard]] std::uint32_t hops(Chip source, Chip destination) const;
  // "+0" is upwards on axis 0.
  [[nodiscard]] static std::string name(Direction direction);

 private:
  std::vector<Axis> axes_;
  std::vector<std::uint32_t> stride_;
  std::uint32_t chips_ = 1;
};

}  // namespace systole::network
