// SPDX-License-Identifier: Apache-2.0
#include "report/sweep_labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace systole {
namespace {

std::string leaf(const std::string& key) { return key.substr(key.rfind('.') + 1); }

bool is_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_';
}

}  // namespace

std::vector<SweepColumn> sweep_columns(const SweepConfig& sweep) {
  std::vector<SweepColumn> out;
  for (const SweepPoint& point : sweep.points) {
    for (const SweepLabel& label : point.labels) {
      auto column = std::ranges::find(out, label.key, &SweepColumn::key);
      if (column == out.end()) {
        column = out.insert(out.end(), {.key = label.key, .name = leaf(label.key), .values = {}});
      }
      if (std::ranges::find(column->values, label.value) == column->values.end()) {
        column->values.push_back(label.value);
      }
    }
  }
  for (SweepColumn& column : out) {
    const auto same = [&](const SweepColumn& other) { return leaf(other.key) == leaf(column.key); };
    if (std::ranges::count_if(out, same) > 1) {
      column.name = column.key;
    }
  }
  return out;
}

std::optional<std::size_t> number_axis(const std::vector<SweepColumn>& columns) {
  for (std::size_t i = columns.size(); i-- > 0;) {
    if (columns[i].values.size() > 1 && std::ranges::all_of(columns[i].values, is_number)) {
      return i;
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> find_point(const SweepConfig& sweep,
                                      const std::vector<std::string>& values) {
  const auto found = std::ranges::find_if(sweep.points, [&](const SweepPoint& point) {
    return std::ranges::equal(point.labels, values, {}, &SweepLabel::value);
  });
  if (found == sweep.points.end()) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - sweep.points.begin());
}

std::string short_value(const std::string& value) {
  const std::string file = value.substr(value.rfind('/') + 1);
  for (const std::string_view ending : {".yaml", ".json"}) {
    if (file.size() > ending.size() && file.ends_with(ending)) {
      return file.substr(0, file.size() - ending.size());
    }
  }
  return value;
}

std::string point_slug(const SweepConfig& sweep, std::size_t index) {
  constexpr std::size_t kLongest = 80;  // File names have limits; the number makes it unique.
  std::string words;
  for (const SweepLabel& label : sweep.points[index].labels) {
    words += "-" + short_value(label.value);
  }
  std::string out;
  for (const char c : words) {
    if (is_plain(c)) {
      out += c;
    } else if (!out.ends_with('-')) {
      out += '-';
    }
  }
  const std::size_t digits = std::max<std::size_t>(3, std::to_string(sweep.in_all).size());
  return fmt::format("{:0{}}{}", sweep.points[index].number, digits, out.substr(0, kLongest));
}

}  // namespace systole
