// SPDX-License-Identifier: Apache-2.0
#include "report/html/figures.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/format.hpp"

namespace systole::html {

std::vector<Figure> all_figures(const ReportData& data) {
  std::vector<Figure> out;
  for (const auto draw : {energy_bars, sweep_lines, pareto_plot, previous_run, energy_roofline,
                          key_tornado, mesh_map, inside_a_chip, use_over_time, power_over_time,
                          unit_states, price_tornado, boundary_ladder}) {
    if (std::optional<Figure> figure = draw(data)) {
      out.push_back(*std::move(figure));
    }
  }
  return out;
}

Layout layout_of(const ReportData& data) {
  std::vector<Column> columns = columns_of(data);
  std::erase_if(columns, [](const Column& column) { return column.values.size() < 2; });
  Layout out;
  const auto take = [&](auto found) {
    std::optional<Column> column;
    if (found != columns.end()) {
      column = *found;
      columns.erase(found);
    }
    return column;
  };
  const auto last = std::find_if(columns.rbegin(), columns.rend(),
                                 [](const Column& column) { return column.is_number; });
  if (last != columns.rend()) {
    out.along = take(last.base() - 1);
  }
  const auto group =
      std::ranges::find_if(columns, [](const Column& column) { return column.key != "variant"; });
  out.groups = take(group != columns.end() ? group : columns.begin());
  out.panels = take(columns.begin());
  return out;
}

std::vector<std::string> thinned(const std::vector<std::string>& values, std::size_t most,
                                 const std::string& keep) {
  if (values.size() <= most) {
    return values;
  }
  std::vector<bool> chosen(values.size(), false);
  for (std::size_t i = 0; i < most; ++i) {
    chosen[i * (values.size() - 1) / (most - 1)] = true;
  }
  const auto kept = static_cast<std::size_t>(std::ranges::find(values, keep) - values.begin());
  if (kept < values.size() && !chosen[kept]) {
    // It takes the place of the one before it, but not of the first.
    std::size_t i = kept;
    while (!chosen[i]) {
      --i;
    }
    chosen[i] = i == 0;
    chosen[kept] = true;
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (chosen[i]) {
      out.push_back(values[i]);
    }
  }
  return out;
}

std::string label_value(const ReportPoint& point, const std::string& key) {
  const auto found = std::ranges::find(point.labels, key, &SweepLabel::key);
  return found == point.labels.end() ? "" : found->value;
}

const ReportPoint* find_point(const ReportData& data, const std::vector<SweepLabel>& changes) {
  ReportPoint wanted = data.detail();
  for (const SweepLabel& change : changes) {
    const auto label = std::ranges::find(wanted.labels, change.key, &SweepLabel::key);
    if (label != wanted.labels.end()) {
      label->value = change.value;
    }
  }
  const auto point = with_value(data, wanted, "", "");
  return point ? &data.points[*point] : nullptr;
}

std::string hint_of(const ReportData& data, const ReportPoint& point) {
  return fmt::format("{}: {}, {}{}", words_for(point), si(point.row->energy_j, energy_unit(data)),
                     si(point.row->step_s, "s"),
                     point.row->tokens_per_s_per_user ? " a token" : "");
}

}  // namespace systole::html
