// SPDX-License-Identifier: Apache-2.0
#include "study/search.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "base/error.hpp"
#include "study/nsga2.hpp"
#include "study/pareto.hpp"

namespace systole {
namespace {

constexpr std::size_t kPatience = 10;  // Generations that find nothing before NSGA-II ends.

// The objectives are logarithms; a point that cannot be computed is worse than any other.
constexpr double kWorst = 1e3;

// What was computed, by place.
class Archive {
 public:
  Archive(const SweepSpace& space, const SearchOptions& options)
      : space_(space), options_(options) {}

  // Computes what is not known yet.
  void compute(const std::vector<GridPlace>& places) {
    std::set<GridPlace> unknown;
    for (const GridPlace& place : places) {
      if (!outcomes_.contains(place) && !space_.leaves_out(space_.at(place))) {
        unknown.insert(place);
      }
    }
    if (unknown.empty() || is_interrupted_) {
      return;
    }
    std::vector<SweepPoint> points;
    points.reserve(unknown.size());
    for (const GridPlace& place : unknown) {
      points.push_back(space_.at(place));
    }
    std::vector<SweepOutcome> outcomes = options_.compute(points);
    for (std::size_t i = 0; const GridPlace& place : unknown) {
      is_interrupted_ = is_interrupted_ || outcomes[i].status == PointStatus::not_run;
      outcomes_.emplace(place, std::move(outcomes[i]));
      ++i;
    }
  }

  [[nodiscard]] Objectives objectives(const GridPlace& place) const {
    const auto found = outcomes_.find(place);
    if (found == outcomes_.end() || !found->second.row) {
      return {kWorst, kWorst};
    }
    const SweepRow& row = *found->second.row;
    return {std::log(row.energy_j), std::log(row.step_s)};
  }

  [[nodiscard]] std::vector<GridPlace> front() const {
    std::vector<const SweepRow*> rows;
    std::vector<GridPlace> places;
    for (const auto& [place, outcome] : outcomes_) {
      rows.push_back(outcome.row ? &*outcome.row : nullptr);
      places.push_back(place);
    }
    std::vector<GridPlace> out;
    for (const std::size_t i : pareto_front(rows).points) {
      out.push_back(places[i]);
    }
    return out;
  }

  // Places that differ from one of the front along one axis and are not known, as far as there is
  // room for them, and at least one.
  [[nodiscard]] std::vector<GridPlace> unknown_neighbours() const {
    std::set<GridPlace> unknown;
    for (const GridPlace& place : front()) {
      for (std::size_t axis = 0; axis < place.size(); ++axis) {
        GridPlace next = place;
        for (next[axis] = 0; next[axis] < space_.axes[axis].size(); ++next[axis]) {
          if (!outcomes_.contains(next) && !space_.leaves_out(space_.at(next))) {
            unknown.insert(next);
          }
        }
      }
    }
    const std::size_t most = std::min(std::max<std::size_t>(room(), 1), unknown.size());
    return {unknown.begin(), std::next(unknown.begin(), static_cast<std::ptrdiff_t>(most))};
  }

  [[nodiscard]] bool may_go_on() const { return !is_interrupted_ && room() > 0; }

  void write(SearchEnd& end) && {
    for (auto& [place, outcome] : outcomes_) {
      end.points.push_back(space_.at(place));
      end.points.back().number = end.points.size();
      end.outcomes.push_back(std::move(outcome));
    }
  }

 private:
  // How many points may still be computed.
  [[nodiscard]] std::size_t room() const {
    return options_.points - std::min(options_.points, outcomes_.size());
  }

  const SweepSpace& space_;
  const SearchOptions& options_;
  std::map<GridPlace, SweepOutcome> outcomes_;
  bool is_interrupted_ = false;
};

// The axes that have a choice.
struct Grid {
  GridPlace sizes{};
  std::vector<std::size_t> axes{};  // Of the space.
  std::size_t all = 0;

  [[nodiscard]] GridPlace whole(const GridPlace& place) const {
    GridPlace out(all, 0);
    for (std::size_t i = 0; i < axes.size(); ++i) {
      out[axes[i]] = place[i];
    }
    return out;
  }
};

Grid grid_of(const SweepSpace& space) {
  Grid out{.all = space.axes.size()};
  for (std::size_t axis = 0; axis < space.axes.size(); ++axis) {
    if (space.axes[axis].size() > 1) {
      out.axes.push_back(axis);
      out.sizes.push_back(space.axes[axis].size());
    }
  }
  if (out.axes.empty()) {
    fail("sweep '{}' varies nothing: there is nothing to search", space.name);
  }
  return out;
}

}  // namespace

SearchEnd search(const SweepSpace& space, const SearchOptions& options) {
  Archive archive(space, options);
  const Grid grid = grid_of(space);
  Nsga2 nsga2(
      grid.sizes, options.population, options.seed, [&](const std::vector<GridPlace>& chosen) {
        std::vector<GridPlace> places;
        std::ranges::transform(chosen, std::back_inserter(places),
                               [&](const GridPlace& place) { return grid.whole(place); });
        archive.compute(places);
        std::vector<Objectives> out;
        std::ranges::transform(places, std::back_inserter(out),
                               [&](const GridPlace& place) { return archive.objectives(place); });
        return out;
      });
  SearchEnd end;
  std::vector<GridPlace> front = archive.front();
  for (std::size_t idle = 0; idle < kPatience && archive.may_go_on();) {
    nsga2.next_generation();
    ++end.generations;
    std::vector<GridPlace> now = archive.front();
    idle = now == front ? idle + 1 : 0;
    front = std::move(now);
  }
  std::vector<GridPlace> neighbours = archive.unknown_neighbours();
  while (!neighbours.empty() && archive.may_go_on()) {
    archive.compute(neighbours);
    neighbours = archive.unknown_neighbours();
  }
  end.is_closed = neighbours.empty();
  std::move(archive).write(end);
  return end;
}

}  // namespace systole
