// SPDX-License-Identifier: Apache-2.0
#include "study/pareto.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace systole {
namespace {

std::size_t knee_of(const std::vector<const SweepRow*>& rows,
                    const std::vector<std::size_t>& front) {
  const SweepRow& frugal = *rows[front.front()];
  const SweepRow& fast = *rows[front.back()];
  // 1 on the line between the ends, less below it; then what decides between equals.
  const auto depth = [&](std::size_t i) {
    const SweepRow& row = *rows[i];
    const double on_line =
        std::log(row.step_s / fast.step_s) / std::log(frugal.step_s / fast.step_s) +
        std::log(row.energy_j / frugal.energy_j) / std::log(fast.energy_j / frugal.energy_j);
    return std::pair(on_line, row.energy_j * row.step_s);
  };
  return front.size() == 1 ? front.front() : *std::ranges::min_element(front, {}, depth);
}

}  // namespace

ParetoFront pareto_front(const std::vector<const SweepRow*>& rows) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] != nullptr && rows[i]->step_s > 0 && rows[i]->energy_j > 0) {
      order.push_back(i);
    }
  }
  std::ranges::stable_sort(
      order, {}, [&](std::size_t i) { return std::pair(rows[i]->energy_j, rows[i]->step_s); });
  ParetoFront out;
  for (const std::size_t i : order) {
    if (out.points.empty() || rows[i]->step_s < rows[out.points.back()]->step_s) {
      out.points.push_back(i);
    }
  }
  if (!out.points.empty()) {
    out.knee = knee_of(rows, out.points);
  }
  return out;
}

ParetoFront pareto_front(const std::vector<SweepOutcome>& outcomes) {
  std::vector<const SweepRow*> rows;
  rows.reserve(outcomes.size());
  for (const SweepOutcome& outcome : outcomes) {
    rows.push_back(outcome.row ? &*outcome.row : nullptr);
  }
  return pareto_front(rows);
}

}  // namespace systole
