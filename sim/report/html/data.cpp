// SPDX-License-Identifier: Apache-2.0
#include "report/html/data.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "report/html/palette.hpp"
#include "report/sweep_labels.hpp"

namespace systole::html {
namespace {

bool is_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
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

std::string energy_unit(const ReportData& data) { return data.has_tokens ? "J/token" : "J"; }

}  // namespace systole::html
