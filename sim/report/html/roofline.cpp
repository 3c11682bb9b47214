// SPDX-License-Identifier: Apache-2.0
// Energy against how many tokens share a read of the weights. Moving weights falls with it as 1/x;
// what is left is paid by each token. Where the two meet is the knee.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/html/figures.hpp"
#include "report/html/svg.hpp"
#include "report/sweep_table.hpp"

namespace systole::html {
namespace {

constexpr double kWidth = 530;
constexpr double kHeight = 400;
constexpr Frame kFrame{.left = 64, .top = 34, .right = 512, .bottom = 312};

std::string plain(double value) {
  return value < 9999.5 ? fmt::format("{:g}", value) : si(value, "");
}
std::string joules(double value) { return si(value, "J"); }

struct Sample {
  double x;
  double weights;
  double fixed;
  double total;
  [[nodiscard]] double rest() const { return total - weights; }
  [[nodiscard]] double work() const { return total - weights - fixed; }
};

// The points that differ from the one shown in nothing but their number; that one alone, with the
// law of 1/x to both sides, where there is no such key.
std::vector<Sample> samples_of(const ReportData& data) {
  std::vector<Sample> out;
  const auto add = [&](const ReportPoint* point) {
    if (point != nullptr && point->per_read) {
      const SweepRow& row = *point->row;
      out.push_back({.x = *point->per_read,
                     .weights = row.purpose_j(Purpose::weights),
                     .fixed = row.purpose_j(Purpose::fixed),
                     .total = row.energy_j});
    }
  };
  const Layout layout = layout_of(data);
  if (layout.along) {
    for (const std::string& value : layout.along->values) {
      add(find_point(data, {{layout.along->key, value}}));
    }
  } else {
    add(&data.detail());
  }
  std::ranges::sort(out, {}, &Sample::x);
  const auto same = [](const Sample& a, const Sample& b) { return a.x == b.x; };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

std::vector<Sample> with_law(std::vector<Sample> samples) {
  if (samples.size() == 1) {
    const Sample one = samples.front();
    samples.clear();
    for (const double factor : {1.0 / 64, 1.0 / 16, 0.25, 1.0, 4.0, 16.0, 64.0}) {
      if (one.x * factor < std::min(1.0, one.x)) {
        continue;  // Less than a token a read is none.
      }
      const double weights = one.weights / factor;
      samples.push_back({.x = one.x * factor,
                         .weights = weights,
                         .fixed = one.fixed,
                         .total = weights + one.rest()});
    }
  }
  return samples;
}

// Where moving weights falls below another part, on straight lines between samples.
template <class Part>
std::optional<Point> crossing(const std::vector<Sample>& samples, Part part) {
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const Sample& a = samples[i - 1];
    const Sample& b = samples[i];
    const double before = std::log(a.weights / part(a));
    const double after = std::log(b.weights / part(b));
    if (before >= 0 && after < 0) {
      const double way = before / (before - after);
      return Point{.x = a.x * std::pow(b.x / a.x, way),
                   .y = a.weights * std::pow(b.weights / a.weights, way)};
    }
  }
  return std::nullopt;
}

class Plot {
 public:
  Plot(const ReportData& data, std::vector<Sample> samples)
      : data_(data),
        samples_(std::move(samples)),
        x_(Scale::Kind::log, span(&Sample::x, 1.15), {kFrame.left, kFrame.right}),
        y_(Scale::Kind::log, energies(), {kFrame.bottom, kFrame.top}),
        knee_(crossing(samples_, [](const Sample& s) { return s.rest(); })),
        work_knee_(crossing(samples_, [](const Sample& s) { return s.work(); })) {}

  std::string draw() const {
    Svg svg("roofline", kWidth, kHeight, "Energy roofline",
            "Energy against tokens that share a read of the weights: all, moving weights, static "
            "power, other work. " +
                finding());
    draw_x_axis(svg, kFrame, {x_, x_.ticks(9), plain, "tokens per read of the weights"});
    draw_y_axis(svg, kFrame, {y_, y_.ticks(8), joules, ""});
    svg.text(kFrame.left - 52, kFrame.top - 16, "soft", energy_unit(data_));
    draw_line(
        svg, "line line-grey", [](const Sample& s) { return s.fixed; }, "static power");
    draw_line(
        svg, "line line-green", [](const Sample& s) { return s.work(); }, "other work");
    draw_line(
        svg, "line line-blue", [](const Sample& s) { return s.weights; }, "moving weights");
    draw_line(
        svg, "line line-ink thick", [](const Sample& s) { return s.total; }, "all");
    draw_knee(svg);
    draw_here(svg);
    draw_legend(svg, kFrame.left, kFrame.bottom + 64, kWidth - kFrame.left,
                {{"ink", "all"},
                 {"blue", "moving weights"},
                 {"grey", "static power"},
                 {"green", "other work"}});
    return svg.finish();
  }

  std::string finding() const {
    const double here = data_.detail().per_read.value_or(0);
    if (knee_) {
      return fmt::format(
          "Moving weights equals the rest at {} tokens a read; the point shown "
          "stands at {}.",
          three_digits(knee_->x), three_digits(here));
    }
    const Sample& first = samples_.front();
    if (first.weights >= first.rest()) {
      return "Moving weights is more than the rest everywhere here: share each read among more "
             "tokens.";
    }
    return first.fixed > first.work()
               ? "Moving weights is never the larger part here: what falls is static power, which "
                 "all tokens of a step share as they share the weights."
               : "Moving weights is less than the rest everywhere here: sharing reads further "
                 "saves little.";
  }

 private:
  Span span(double Sample::*value, double factor) const {
    std::vector<double> all;
    std::ranges::transform(samples_, std::back_inserter(all),
                           [&](const Sample& s) { return s.*value; });
    return log_span(all, factor);
  }
  // Parts below a thousandth of the least total are not worth the room.
  Span energies() const {
    const Span total = span(&Sample::total, 1.4);
    const Span weights = span(&Sample::weights, 1.2);
    return {.low = std::max(std::min(weights.low, total.low / 4), total.low / 1000),
            .high = total.high};
  }

  template <class Value>
  void draw_line(Svg& svg, std::string_view style, Value value, std::string_view name) const {
    std::vector<Point> points;
    for (const Sample& sample : samples_) {
      if (value(sample) >= y_.values().low) {
        points.push_back({.x = x_(sample.x), .y = y_(value(sample))});
      }
    }
    if (points.size() > 1) {
      svg.polyline(points, style, name);
    }
  }

  void draw_knee(Svg& svg) const {
    const std::optional<Point>& knee = knee_ ? knee_ : work_knee_;
    if (!knee) {
      return;
    }
    const double x = x_(knee->x);
    svg.line(x, kFrame.top, x, kFrame.bottom, "mark");
    const bool is_right = x > (kFrame.left + kFrame.right) / 2;
    svg.text(x + (is_right ? -7 : 7), kFrame.top + 12, is_right ? "small halo end" : "small halo",
             fmt::format("weights = {} at {}", knee_ ? "the rest" : "other work",
                         three_digits(knee->x)));
  }

  void draw_here(Svg& svg) const {
    if (const std::optional<double> x = data_.detail().per_read) {
      svg.circle(x_(*x), y_(data_.detail().row->energy_j), 7, "dot best knee",
                 hint_of(data_, data_.detail()));
    }
  }

  const ReportData& data_;
  std::vector<Sample> samples_;
  Scale x_;
  Scale y_;
  std::optional<Point> knee_;
  std::optional<Point> work_knee_;  // Of moving weights and other work, static power left out.
};

}  // namespace

std::optional<Figure> energy_roofline(const ReportData& data) {
  const std::vector<Sample> samples = samples_of(data);
  if (samples.empty() || !data.detail().per_read ||
      std::ranges::any_of(samples, [](const Sample& s) { return s.weights <= 0; })) {
    return std::nullopt;
  }
  const Plot plot(data, with_law(samples));
  return Figure{
      .id = "roofline",
      .heading = "Energy roofline",
      .caption = plot.finding() +
                 (samples.size() == 1 ? " Lines: if only the sharing of reads changed." : ""),
      .svg = plot.draw(),
      .is_half = true};
}

}  // namespace systole::html
