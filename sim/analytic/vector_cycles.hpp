// SPDX-License-Identifier: Apache-2.0
// How long the vector unit takes: its lanes are filled with the operations of all kinds together.
#pragma once

#include "analytic/whole.hpp"
#include "config/chip.hpp"
#include "trace/trace.hpp"

namespace systole {

[[nodiscard]] inline Cycles vector_cycles(const Vector& v, const VectorUnitConfig& unit) {
  std::uint64_t lane_cycles = product({v.add, unit.add_cycles});
  lane_cycles = sum(lane_cycles, product({v.multiply, unit.multiply_cycles}));
  lane_cycles = sum(lane_cycles, product({v.fma, unit.fma_cycles}));
  lane_cycles = sum(lane_cycles, product({v.transcendental, unit.transcendental_cycles}));
  lane_cycles = sum(lane_cycles, product({v.shuffle, unit.shuffle_cycles}));
  return Cycles{ceil_div(lane_cycles, unit.lanes)};
}

}  // namespace systole
