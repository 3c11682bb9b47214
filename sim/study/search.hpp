// SPDX-License-Identifier: Apache-2.0
// The Pareto front of a sweep whose points are too many to compute them all: NSGA-II (Deb et al.,
// IEEE Trans. Evol. Comput. 6(2), 2002), as pagmo2 has it, over the axes of the sweep by index,
// until it finds nothing better, and then what differs from a point of the front along one axis
// alone, until none of that is better.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "config/sweep_space.hpp"
#include "study/sweep.hpp"

namespace systole {

struct SearchOptions {
  std::size_t population = 40;  // Points of a generation; a multiple of 4, at least 8.
  std::size_t points = 2000;    // That are computed, at most, or a generation more.
  std::uint32_t seed = 1;       // Equal seeds compute equal points.
  // Computes points; an outcome for each. Those that were not run end the search.
  std::function<std::vector<SweepOutcome>(const std::vector<SweepPoint>&)> compute{};
};

struct SearchEnd {
  std::vector<SweepPoint> points{};      // That were computed, in the order of the sweep, numbered.
  std::vector<SweepOutcome> outcomes{};  // Of each.
  std::size_t generations = 0;           // Of NSGA-II.
  // No change of one axis alone betters a point of the front.
  bool is_closed = false;
};

// Throws UserError if the program was built without pagmo2.
[[nodiscard]] SearchEnd search(const SweepSpace& space, const SearchOptions& options);

}  // namespace systole
