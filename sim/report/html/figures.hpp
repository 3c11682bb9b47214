// SPDX-License-Identifier: Apache-2.0
// The pictures of a report, each in a file of its own. None appears where its numbers are missing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/html/data.hpp"

namespace systole::html {

struct Figure {
  std::string id;       // Also the name of its file.
  std::string heading;  // What it shows.
  std::string caption;  // What it teaches, or how to read it.
  std::string svg;
  bool is_half = false;  // Two fit beside each other.
};

[[nodiscard]] std::optional<Figure> energy_bars(const ReportData& data);
[[nodiscard]] std::optional<Figure> sweep_lines(const ReportData& data);
[[nodiscard]] std::optional<Figure> pareto_plot(const ReportData& data);
[[nodiscard]] std::optional<Figure> mesh_map(const ReportData& data);
[[nodiscard]] std::optional<Figure> inside_a_chip(const ReportData& data);
[[nodiscard]] std::optional<Figure> energy_roofline(const ReportData& data);
[[nodiscard]] std::optional<Figure> use_over_time(const ReportData& data);
[[nodiscard]] std::optional<Figure> power_over_time(const ReportData& data);
[[nodiscard]] std::optional<Figure> unit_states(const ReportData& data);
[[nodiscard]] std::optional<Figure> key_tornado(const ReportData& data);
[[nodiscard]] std::optional<Figure> price_tornado(const ReportData& data);
[[nodiscard]] std::optional<Figure> boundary_ladder(const ReportData& data);
[[nodiscard]] std::optional<Figure> previous_run(const ReportData& data);

// All that there are, in the order of the page.
[[nodiscard]] std::vector<Figure> all_figures(const ReportData& data);

// The swept keys as a plot uses them: one along x, others beside each other.
struct Layout {
  std::optional<Column> along;   // Numbers; the last such key with two or more values.
  std::optional<Column> groups;  // Of the others, the first that is no variant.
  std::optional<Column> panels;
};
[[nodiscard]] Layout layout_of(const ReportData& data);

// At most `most` of the values, evenly, with the first, the last and `keep` among them.
[[nodiscard]] std::vector<std::string> thinned(const std::vector<std::string>& values,
                                               std::size_t most, const std::string& keep);

// Of the point shown; empty if it has no such key.
[[nodiscard]] std::string label_value(const ReportPoint& point, const std::string& key);

// The point with these values and, for all other keys, those of the point shown.
[[nodiscard]] const ReportPoint* find_point(const ReportData& data,
                                            const std::vector<SweepLabel>& changes);

// "batch 64, int8: 0.928 J/token, 8.59 ms a token".
[[nodiscard]] std::string hint_of(const ReportData& data, const ReportPoint& point);

}  // namespace systole::html
