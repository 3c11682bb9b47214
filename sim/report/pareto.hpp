// SPDX-License-Identifier: Apache-2.0
// Which points of a sweep nobody would trade for another: energy per token against time per step.
#pragma once

#include <cstddef>
#include <vector>

#include "study/sweep.hpp"

namespace systole {

struct ParetoFront {
  std::vector<std::size_t> points;  // Indices of those that no other beats in both, by energy.
  // The one farthest, in logarithms, from the line between the ends of the front: beyond it, each
  // further saving of the one costs more of the other. With less than three points, the first.
  std::size_t knee = 0;
};

// Of the points that are done. Of points with equal energy and time the first stands for all.
[[nodiscard]] ParetoFront pareto_front(const SweepEnd& end);

// How much the answer depends on a swept key.
struct Sensitivity {
  std::string key;
  // The largest, over all groups of points that differ in this key alone, of the ratio between the
  // most and the least energy per token (time per step).
  double energy = 1;
  double time = 1;
  // The value with the least energy per token in most of those groups.
  std::string best{};
};

// One for each swept key with two values or more, the strongest on energy first.
[[nodiscard]] std::vector<Sensitivity> sensitivities(const SweepConfig& sweep, const SweepEnd& end);

}  // namespace systole
