// SPDX-License-Identifier: Apache-2.0
// How much the answer of a sweep depends on each of its keys.
#pragma once

#include <string>
#include <vector>

#include "study/sweep.hpp"

namespace systole {

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
