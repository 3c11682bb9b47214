// SPDX-License-Identifier: Apache-2.0
// NSGA-II over places in a grid, with two objectives to be made small. The only file that knows
// pagmo2, which is an optional dependency, is nsga2.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace systole {

using GridPlace = std::vector<std::size_t>;  // An index for each axis.
using Objectives = std::array<double, 2>;

// "pagmo2 2.18.0"; empty without it.
[[nodiscard]] std::string search_library();

class Nsga2 {
 public:
  // The objectives of many places at once.
  using Evaluate = std::function<std::vector<Objectives>(const std::vector<GridPlace>&)>;

  // Draws and evaluates the first generation. `sizes` has the number of values of each axis. Throws
  // UserError if the program was built without pagmo2.
  Nsga2(const GridPlace& sizes, std::size_t population, std::uint32_t seed, Evaluate evaluate);
  Nsga2(const Nsga2&) = delete;
  Nsga2& operator=(const Nsga2&) = delete;
  ~Nsga2();

  void next_generation();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace systole
