// SPDX-License-Identifier: Apache-2.0
#include "report/pareto.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "report/sweep_labels.hpp"

namespace systole {
namespace {

struct Place {
  double x;  // Logarithms of energy and of time.
  double y;
};

Place place(const SweepRow& row) { return {std::log(row.energy_j), std::log(row.step_s)}; }

std::size_t knee_of(const SweepEnd& end, const std::vector<std::size_t>& front) {
  const Place a = place(*end.outcomes[front.front()].row);
  const Place b = place(*end.outcomes[front.back()].row);
  std::size_t best = front.front();
  double farthest = 0;
  for (const std::size_t point : front) {
    const Place p = place(*end.outcomes[point].row);
    // Twice the area of the triangle; towards the origin is positive.
    const double distance = (b.x - a.x) * (a.y - p.y) - (a.x - p.x) * (b.y - a.y);
    if (distance > farthest) {
      farthest = distance;
      best = point;
    }
  }
  return best;
}

// Points that share every label but one.
using Groups = std::map<std::vector<std::string>, std::vector<std::size_t>>;

Groups groups_without(const SweepConfig& sweep, const SweepEnd& end, const std::string& key) {
  Groups out;
  for (std::size_t i = 0; i < sweep.points.size(); ++i) {
    if (!end.outcomes[i].row) {
      continue;
    }
    std::vector<std::string> others;
    for (const SweepLabel& label : sweep.points[i].labels) {
      if (label.key != key) {
        others.push_back(label.value);
      }
    }
    out[others].push_back(i);
  }
  return out;
}

std::string value_at(const SweepPoint& point, const std::string& key) {
  const auto label = std::ranges::find(point.labels, key, &SweepLabel::key);
  return label == point.labels.end() ? "" : label->value;
}

Sensitivity sensitivity(const SweepConfig& sweep, const SweepEnd& end, const std::string& key) {
  Sensitivity out{.key = key};
  std::map<std::string, std::size_t> wins;
  for (const auto& [others, points] : groups_without(sweep, end, key)) {
    const auto energy = [&](std::size_t i) { return end.outcomes[i].row->energy_j; };
    const auto time = [&](std::size_t i) { return end.outcomes[i].row->step_s; };
    const auto [least, most] = std::ranges::minmax_element(points, {}, energy);
    const auto [fastest, slowest] = std::ranges::minmax_element(points, {}, time);
    out.energy = std::max(out.energy, energy(*most) / energy(*least));
    out.time = std::max(out.time, time(*slowest) / time(*fastest));
    wins[value_at(sweep.points[*least], key)] += 1;
  }
  if (!wins.empty()) {
    out.best =
        std::ranges::max_element(wins, {}, [](const auto& win) { return win.second; })->first;
  }
  return out;
}

}  // namespace

ParetoFront pareto_front(const SweepEnd& end) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < end.outcomes.size(); ++i) {
    if (end.outcomes[i].row) {
      all.push_back(i);
    }
  }
  std::ranges::stable_sort(all, [&](std::size_t a, std::size_t b) {
    const SweepRow& left = *end.outcomes[a].row;
    const SweepRow& right = *end.outcomes[b].row;
    return left.energy_j != right.energy_j ? left.energy_j < right.energy_j
                                           : left.step_s < right.step_s;
  });
  ParetoFront out;
  double fastest = std::numeric_limits<double>::infinity();
  for (const std::size_t point : all) {
    if (end.outcomes[point].row->step_s < fastest) {
      fastest = end.outcomes[point].row->step_s;
      out.points.push_back(point);
    }
  }
  if (!out.points.empty()) {
    out.knee = knee_of(end, out.points);
  }
  return out;
}

std::vector<Sensitivity> sensitivities(const SweepConfig& sweep, const SweepEnd& end) {
  std::vector<Sensitivity> out;
  for (const SweepColumn& column : sweep_columns(sweep)) {
    if (column.values.size() > 1) {
      out.push_back(sensitivity(sweep, end, column.key));
    }
  }
  std::ranges::stable_sort(out, std::ranges::greater{}, &Sensitivity::energy);
  return out;
}

}  // namespace systole
