// SPDX-License-Identifier: Apache-2.0
// Which points of a sweep nobody would trade for another: energy per token against time per step.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "study/sweep.hpp"

namespace systole {

struct ParetoFront {
  std::vector<std::size_t> points;  // Indices of those that no other beats; energy rises.
  // Where the front bends most: the one farthest below the straight line between its ends, both
  // axes logarithmic; beyond it, each further saving of the one costs more of the other. If none
  // lies below, the end with the lesser product of both. None if there is no point.
  std::optional<std::size_t> knee;
};

// Null stands for a point that is not done; those without energy or time are left out as well. Of
// points with equal energy and time the first stands for all.
[[nodiscard]] ParetoFront pareto_front(const std::vector<const SweepRow*>& rows);
[[nodiscard]] ParetoFront pareto_front(const std::vector<SweepOutcome>& outcomes);

}  // namespace systole
