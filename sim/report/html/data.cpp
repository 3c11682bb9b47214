// SPDX-License-Identifier: Apache-2.0
#include "report/html/data.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "report/html/palette.hpp"
#include "report/sweep_labels.hpp"

namespace systole::html {
namespace {

bool is_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

// Where a curve from one end of the front to the other bends most: the point furthest below the
// straight line between them, both axes logarithmic.
std::size_t knee_of(const std::vector<ReportPoint>& points, const std::vector<std::size_t>& front) {
  const SweepRow& fast = *points[front.front()].row;
  const SweepRow& frugal = *points[front.back()].row;
  const auto depth = [&](std::size_t i) {
    const SweepRow& row = *points[i].row;
    return std::log(row.step_s / fast.step_s) / std::log(frugal.step_s / fast.step_s) +
           std::log(row.energy_j / frugal.energy_j) / std::log(fast.energy_j / frugal.energy_j);
  };
  if (front.size() < 3) {  // No bend: the one with the lesser product.
    return fast.energy_j * fast.step_s < frugal.energy_j * frugal.step_s ? front.front()
                                                                         : front.back();
  }
  return *std::ranges::min_element(front, {}, depth);
}

}  // namespace

std::string leaf(const std::string& key) { return key.substr(key.rfind('.') + 1); }

std::string shown_value(const SweepLabel& label) {
  const std::string value = short_value(label.value);
  return is_number(value) ? spaced(leaf(label.key)) + " " + value : value;
}

std::string words_for(const ReportPoint& point) {
  std::vector<std::string> words;
  std::ranges::transform(point.labels, std::back_inserter(words), shown_value);
  return words.empty() ? "the run" : fmt::format("{}", fmt::join(words, ", "));
}

std::vector<Column> columns_of(const ReportData& data) {
  std::vector<Column> out;
  for (const ReportPoint& point : data.points) {
    for (const SweepLabel& label : point.labels) {
      auto column = std::ranges::find(out, label.key, &Column::key);
      if (column == out.end()) {
        column = out.insert(out.end(), Column{.key = label.key,
                                              .name = spaced(leaf(label.key)),
                                              .values = {},
                                              .is_number = true});
      }
      if (std::ranges::find(column->values, label.value) == column->values.end()) {
        column->values.push_back(label.value);
        column->is_number = column->is_number && is_number(label.value);
      }
    }
  }
  return out;
}

std::optional<std::size_t> with_value(const ReportData& data, const ReportPoint& point,
                                      const std::string& key, const std::string& value) {
  for (std::size_t i = 0; i < data.points.size(); ++i) {
    const ReportPoint& other = data.points[i];
    const auto matches = [&](const SweepLabel& mine, const SweepLabel& theirs) {
      return mine.key == theirs.key && theirs.value == (mine.key == key ? value : mine.value);
    };
    if (other.row && std::ranges::equal(point.labels, other.labels, matches)) {
      return i;
    }
  }
  return std::nullopt;
}

Front front_of(const std::vector<ReportPoint>& points) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].row && points[i].row->step_s > 0.0 && points[i].row->energy_j > 0.0) {
      order.push_back(i);
    }
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) {
    return std::pair(points[i].row->step_s, points[i].row->energy_j);
  });
  Front out;
  for (const std::size_t i : order) {
    if (out.points.empty() || points[i].row->energy_j < points[out.points.back()].row->energy_j) {
      out.points.push_back(i);
    }
  }
  if (!out.points.empty()) {
    out.knee = knee_of(points, out.points);
  }
  return out;
}

std::string energy_unit(const ReportData& data) { return data.has_tokens ? "J/token" : "J"; }

}  // namespace systole::html
