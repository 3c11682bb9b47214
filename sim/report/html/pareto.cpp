// SPDX-License-Identifier: Apache-2.0
// Energy against time, both logarithmic: every point, and the front that no other beats.
#include <fmt/format.h>

#include <algorithm>

#include "report/format.hpp"
#include "report/html/figures.hpp"
#include "report/html/svg.hpp"

namespace systole::html {
namespace {

constexpr double kWidth = 1080;
constexpr double kHeight = 430;
constexpr Frame kFrame{.left = 74, .top = 34, .right = 1050, .bottom = 376};
constexpr std::size_t kMostHints = 400;  // Beyond, points off the front go without a text.

std::string seconds(double value) { return si(value, "s"); }
std::string joules(double value) { return si(value, "J"); }

class Plot {
 public:
  explicit Plot(const ReportData& data)
      : data_(data),
        x_(Scale::Kind::log, span([](const SweepRow& r) { return r.step_s; }, 1.12),
           {kFrame.left, kFrame.right}),
        y_(Scale::Kind::log, span([](const SweepRow& r) { return r.energy_j; }, 1.5),
           {kFrame.bottom, kFrame.top}) {}

  std::string draw() const {
    Svg svg("pareto", kWidth, kHeight, "Energy against time",
            fmt::format("{} points; {} of them on the front; the knee is {}.", data_.points.size(),
                        data_.front.points.size(), words_for(data_.detail())),
            /*has_controls=*/true);
    draw_x_axis(svg, kFrame, {x_, x_.ticks(12), seconds, time_name()});
    draw_y_axis(svg, kFrame, {y_, y_.ticks(9), joules, ""});
    svg.text(kFrame.left - 60, kFrame.top - 16, "soft", energy_unit(data_));
    draw_front(svg);
    draw_others(svg);
    draw_chosen(svg);
    return svg.finish();
  }

 private:
  template <class Value>
  Span span(Value value, double factor) const {
    std::vector<double> all;
    for (const ReportPoint& point : data_.points) {
      if (point.row) {
        all.push_back(value(*point.row));
      }
    }
    return log_span(all, factor);
  }

  std::string time_name() const {
    return data_.detail().row->tokens_per_s_per_user ? "time per token of each user" : "time";
  }

  Point at(std::size_t i) const {
    const SweepRow& row = *data_.points[i].row;
    return {.x = x_(row.step_s), .y = y_(row.energy_j)};
  }

  bool is_on_front(std::size_t i) const {
    return std::ranges::find(data_.front.points, i) != data_.front.points.end();
  }

  // A staircase: between two points of the front nothing better is known than the faster one.
  void draw_front(Svg& svg) const {
    std::vector<Point> stairs;
    for (const std::size_t i : data_.front.points) {
      if (!stairs.empty()) {
        stairs.push_back({.x = stairs.back().x, .y = at(i).y});
      }
      stairs.push_back(at(i));
    }
    svg.polyline(stairs, "front");
  }

  void draw_others(Svg& svg) const {
    const bool has_hints = data_.points.size() <= kMostHints;
    for (std::size_t i = 0; i < data_.points.size(); ++i) {
      const ReportPoint& point = data_.points[i];
      if (point.row && !is_on_front(i)) {
        svg.circle(at(i).x, at(i).y, has_hints ? 4 : 3, "dot",
                   has_hints ? hint_of(data_, point) : "", {{"data-p", std::to_string(i)}});
      }
    }
  }

  void draw_chosen(Svg& svg) const {
    for (const std::size_t i : data_.front.points) {
      const ReportPoint& point = data_.points[i];
      const std::string hint = hint_of(data_, point);
      const bool is_knee = i == data_.front.knee;
      svg.circle(at(i).x, at(i).y, is_knee ? 8 : 6, is_knee ? "dot best knee" : "dot best",
                 hint + (point.set.empty() ? "" : "\n" + point.set),
                 {{"data-p", std::to_string(i)},
                  {"tabindex", "0"},
                  {"role", "button"},
                  {"aria-label", "copy the settings of " + hint}});
    }
    const Point knee = at(*data_.front.knee);
    const bool is_right = knee.x > 0.6 * kWidth;
    svg.text(knee.x + (is_right ? -14 : 14), knee.y - 12,
             is_right ? "strong halo end" : "strong halo", "knee: " + words_for(data_.detail()));
  }

  const ReportData& data_;
  Scale x_;
  Scale y_;
};

}  // namespace

std::optional<Figure> pareto_plot(const ReportData& data) {
  if (!data.is_sweep()) {
    return std::nullopt;
  }
  return Figure{.id = "pareto",
                .heading = "Which points are worth having",
                .caption =
                    "No point beats one on the line in both energy and time. Click a point, or "
                    "press Enter on it, to copy its --set line.",
                .svg = Plot(data).draw()};
}

}  // namespace systole::html
