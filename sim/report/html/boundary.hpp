// SPDX-License-Identifier: Apache-2.0
// The same run with more and more of the building around it, so that nobody compares apples with
// pears.
#pragma once

#include <string>
#include <vector>

#include "report/html/data.hpp"

namespace systole::html {

struct Rung {
  std::string name;
  double energy_j;   // Up to and with this rung, per output token.
  bool is_assumed;   // Not simulated: a factor on the rung before.
  std::string says;  // What it adds, or which factor, and whose.
};

[[nodiscard]] std::vector<Rung> boundary_rungs(const Json& document);

}  // namespace systole::html
