// SPDX-License-Identifier: Apache-2.0
// Energy along the swept number, a line for each combination of the other keys that is drawn.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "report/format.hpp"
#include "report/html/figures.hpp"
#include "report/html/palette.hpp"
#include "report/html/svg.hpp"

namespace systole::html {
namespace {

// With more, marks would hide the lines, and their hints are in the live panel and the table.
constexpr std::size_t kMostMarks = 300;

constexpr double kWidth = 1080;
constexpr double kHeight = 440;
constexpr Frame kFrame{.left = 74, .top = 34, .right = 1050, .bottom = 346};
constexpr std::size_t kMostGroups = 8;
constexpr std::size_t kMostPanels = 4;

std::string plain(double value) { return fmt::format("{:g}", value); }
std::string joules(double value) { return si(value, "J"); }

double number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

struct Line {
  std::string style;
  std::string name;
  std::vector<const ReportPoint*> points;
};

std::vector<std::string> choices(const std::optional<Column>& column, std::size_t most,
                                 const ReportPoint& shown) {
  return column ? thinned(column->values, most, label_value(shown, column->key))
                : std::vector<std::string>{""};
}

std::vector<Line> lines_of(const ReportData& data, const Layout& layout) {
  std::vector<Line> out;
  const std::vector<std::string> groups = choices(layout.groups, kMostGroups, data.detail());
  const std::vector<std::string> panels = choices(layout.panels, kMostPanels, data.detail());
  for (std::size_t p = 0; p < panels.size(); ++p) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      std::vector<SweepLabel> values;
      std::string name;
      if (layout.groups) {
        values.push_back({layout.groups->key, groups[g]});
        name = shown_value(values.back());
      }
      if (layout.panels) {
        values.push_back({layout.panels->key, panels[p]});
        name += (name.empty() ? "" : ", ") + shown_value(values.back());
      }
      Line line{
          .style = fmt::format("line-{} dash{}", series_style(g), p), .name = name, .points = {}};
      values.push_back({layout.along->key, ""});
      for (const std::string& value : layout.along->values) {
        values.back().value = value;
        if (const ReportPoint* point = find_point(data, values)) {
          line.points.push_back(point);
        }
      }
      out.push_back(std::move(line));
    }
  }
  return out;
}

void draw_lines(Svg& svg, const ReportData& data, const std::string& key,
                const std::vector<Line>& lines, const Scale& x, const Scale& y) {
  for (const Line& line : lines) {
    std::vector<Point> points;
    for (const ReportPoint* point : line.points) {
      points.push_back({.x = x(number(label_value(*point, key))), .y = y(point->row->energy_j)});
    }
    svg.polyline(points, "line " + line.style, line.name);
    for (std::size_t i = 0; i < points.size() && data.points.size() <= kMostMarks; ++i) {
      svg.circle(points[i].x, points[i].y, 3.5, "at " + line.style, hint_of(data, *line.points[i]));
    }
  }
}

// Two columns of short strokes and names.
void draw_names(Svg& svg, const std::vector<Line>& lines) {
  const double column = (kWidth - kFrame.left) / 4;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const double x = kFrame.left + static_cast<double>(i % 4) * column;
    const std::size_t line = i / 4;
    const double y = kFrame.bottom + 62 + static_cast<double>(line) * 18;
    svg.line(x, y - 4, x + 24, y - 4, "line " + lines[i].style);
    svg.text(x + 32, y, "small", lines[i].name);
  }
}

}  // namespace

std::optional<Figure> sweep_lines(const ReportData& data) {
  const Layout layout = layout_of(data);
  if (data.name.empty() || !data.is_sweep() || !layout.along ||
      std::ranges::any_of(layout.along->values,
                          [](const std::string& value) { return number(value) <= 0; })) {
    return std::nullopt;
  }
  const std::vector<Line> lines = lines_of(data, layout);
  std::vector<double> xs;
  std::vector<double> ys;
  for (const Line& line : lines) {
    for (const ReportPoint* point : line.points) {
      xs.push_back(number(label_value(*point, layout.along->key)));
      ys.push_back(point->row->energy_j);
    }
  }
  const Scale x(Scale::Kind::log, log_span(xs, 1.1), {kFrame.left, kFrame.right});
  const Scale y(Scale::Kind::log, log_span(ys, 1.3), {kFrame.bottom, kFrame.top});
  std::ranges::sort(xs);
  xs.erase(std::unique(xs.begin(), xs.end()), xs.end());
  const std::size_t rows = (lines.size() + 3) / 4;  // Of names.
  const double height = kHeight + 18 * static_cast<double>(rows) - 26;
  Svg svg("sweep", kWidth, height, "Energy along " + layout.along->name,
          fmt::format("{} lines of energy against {}; both axes logarithmic.", lines.size(),
                      layout.along->name));
  draw_x_axis(svg, kFrame, {x, xs.size() <= 14 ? xs : x.ticks(12), plain, layout.along->name});
  draw_y_axis(svg, kFrame, {y, y.ticks(9), joules, ""});
  svg.text(kFrame.left - 60, kFrame.top - 16, "soft", energy_unit(data));
  draw_lines(svg, data, layout.along->key, lines, x, y);
  draw_names(svg, lines);
  return Figure{.id = "sweep",
                .heading = "The whole sweep",
                .caption =
                    "Both axes are logarithmic. A straight line that falls one decade a "
                    "decade is a cost shared by all tokens of a step; where it flattens, "
                    "each token pays its own.",
                .svg = svg.finish()};
}

}  // namespace systole::html
