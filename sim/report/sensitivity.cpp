// SPDX-License-Identifier: Apache-2.0
#include "report/sensitivity.hpp"

#include <algorithm>
#include <map>

#include "report/sweep_labels.hpp"

namespace systole {
namespace {

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
