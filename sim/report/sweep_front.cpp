// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "report/format.hpp"
#include "report/sensitivity.hpp"
#include "report/sweep_labels.hpp"
#include "report/sweep_table.hpp"
#include "study/pareto.hpp"

namespace systole {
namespace {

constexpr double kVisible = 1.005;  // A factor that two decimals show.
constexpr std::size_t kShown = 12;  // Of the front, its ends among them.

// "batch 64, ternary": values of the columns that have two or more.
std::string label_of(const SweepPoint& point, const std::vector<SweepColumn>& columns) {
  std::vector<std::string> out;
  for (const SweepColumn& column : columns) {
    const auto label = std::ranges::find(point.labels, column.key, &SweepLabel::key);
    if (column.values.size() > 1 && label != point.labels.end()) {
      const std::string value = short_value(label->value);
      const bool speaks_for_itself = column.is_variant() || column.name == "weights";
      out.push_back(speaks_for_itself ? value : column.name + " " + value);
    }
  }
  return fmt::format("{}", fmt::join(out, ", "));
}

// So many of the front, evenly, with both ends and the knee.
std::vector<std::size_t> chosen(const ParetoFront& front) {
  std::vector<std::size_t> out;
  const std::size_t count = std::min(kShown, front.points.size());
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(front.points[count == 1 ? 0 : i * (front.points.size() - 1) / (count - 1)]);
  }
  if (std::ranges::find(out, front.knee) == out.end()) {
    const auto place = std::ranges::find(front.points, front.knee) - front.points.begin();
    const auto nearest = std::ranges::min_element(out, {}, [&](std::size_t point) {
      return std::abs(std::ranges::find(front.points, point) - front.points.begin() - place);
    });
    *nearest = *front.knee;
  }
  return out;
}

std::string front_text(const SweepConfig& sweep, const SweepEnd& end) {
  const ParetoFront front = pareto_front(end.outcomes);
  if (front.points.size() < 2) {
    return "";
  }
  const std::vector<SweepColumn> columns = sweep_columns(sweep);
  std::string out = fmt::format(
      "no point beats these in energy and in time ({} of {} points):\n"
      "  J/token      a step\n",
      front.points.size(), end.count(PointStatus::done));
  for (const std::size_t point : chosen(front)) {
    const SweepRow& row = *end.outcomes[point].row;
    out += fmt::format("  {:<11}  {:<9}  {}{}\n", si(row.energy_j, "J"), si(row.step_s, "s"),
                       label_of(sweep.points[point], columns),
                       point == front.knee && front.points.size() > 2 ? "  <- knee" : "");
  }
  return out + "\n";
}

// How strongly each key moves the answer.
std::string sensitivity_text(const SweepConfig& sweep, const SweepEnd& end) {
  std::vector<std::string> parts;
  for (const Sensitivity& key : sensitivities(sweep, end)) {
    if (std::max(key.energy, key.time) < kVisible) {
      continue;
    }
    parts.push_back(fmt::format("{} {}x in energy, {}x in time (least energy: {})",
                                key.key.substr(key.key.rfind('.') + 1), three_digits(key.energy),
                                three_digits(key.time), short_value(key.best)));
  }
  if (parts.empty()) {
    return "";
  }
  constexpr std::size_t kWidth = 120;
  return paragraph(
             "",
             fmt::format("What moves the answer, at most, on its own: {}.", fmt::join(parts, "; ")),
             0, kWidth) +
         "\n";
}

}  // namespace

std::string sweep_front(const SweepConfig& sweep, const SweepEnd& end) {
  return front_text(sweep, end) + sensitivity_text(sweep, end);
}

}  // namespace systole
