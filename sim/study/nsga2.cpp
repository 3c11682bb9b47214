// SPDX-License-Identifier: Apache-2.0
#include "study/nsga2.hpp"

#include "base/error.hpp"

#if SYSTOLE_PAGMO

#include <pagmo/algorithm.hpp>
#include <pagmo/algorithms/nsga2.hpp>
#include <pagmo/bfe.hpp>
#include <pagmo/config.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>

namespace systole {
namespace {

struct Grid {
  GridPlace sizes;
  Nsga2::Evaluate evaluate;
};

// Decision vectors one behind another, as places.
std::vector<GridPlace> places_of(const pagmo::vector_double& decisions, std::size_t axes) {
  std::vector<GridPlace> out(decisions.size() / axes);
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    out[i / axes].push_back(static_cast<std::size_t>(decisions[i]));
  }
  return out;
}

// What pagmo calls a problem and a batch evaluator are copied at will, hence the pointer.
struct Problem {
  const Grid* grid = nullptr;

  [[nodiscard]] pagmo::vector_double fitness(const pagmo::vector_double& decisions) const {
    pagmo::vector_double out;
    for (const Objectives& found : grid->evaluate(places_of(decisions, grid->sizes.size()))) {
      out.insert(out.end(), found.begin(), found.end());
    }
    return out;
  }
  [[nodiscard]] std::pair<pagmo::vector_double, pagmo::vector_double> get_bounds() const {
    pagmo::vector_double last;
    for (const std::size_t size : grid->sizes) {
      last.push_back(static_cast<double>(size - 1));
    }
    return {pagmo::vector_double(last.size(), 0.0), last};
  }
  [[nodiscard]] static pagmo::vector_double::size_type get_nobj() {
    return std::tuple_size_v<Objectives>;
  }
  [[nodiscard]] pagmo::vector_double::size_type get_nix() const { return grid->sizes.size(); }
};

struct Batch {
  pagmo::vector_double operator()(const pagmo::problem& problem,
                                  const pagmo::vector_double& decisions) const {
    return problem.extract<Problem>()->fitness(decisions);
  }
};

pagmo::algorithm one_generation(const Grid& grid, std::uint32_t seed) {
  constexpr double kCrossover = 0.95;
  constexpr double kIndex = 20;  // Of distribution; for real variables, which there are none of.
  const double one_axis_each = 1.0 / static_cast<double>(grid.sizes.size());
  pagmo::nsga2 out(1, kCrossover, kIndex, one_axis_each, kIndex, seed);
  out.set_bfe(pagmo::bfe(Batch{}));
  return pagmo::algorithm(out);
}

}  // namespace

std::string search_library() { return "pagmo2 " PAGMO_VERSION; }

struct Nsga2::State {
  Grid grid;
  pagmo::population population;
  pagmo::algorithm algorithm;
};

Nsga2::Nsga2(const GridPlace& sizes, std::size_t population, std::uint32_t seed, Evaluate evaluate)
    : state_(new State{.grid = {sizes, std::move(evaluate)}, .population = {}, .algorithm = {}}) {
  state_->population =
      pagmo::population(pagmo::problem(Problem{&state_->grid}), Batch{}, population, seed);
  state_->algorithm = one_generation(state_->grid, seed);
}

void Nsga2::next_generation() { state_->population = state_->algorithm.evolve(state_->population); }

}  // namespace systole

#else

namespace systole {

std::string search_library() { return {}; }

struct Nsga2::State {};

Nsga2::Nsga2(const GridPlace&, std::size_t, std::uint32_t, Evaluate) {
  fail("this systole was built without pagmo2: install libpagmo-dev and build it again");
}

void Nsga2::next_generation() {}

}  // namespace systole

#endif

namespace systole {

Nsga2::~Nsga2() = default;

}  // namespace systole
