// SPDX-License-Identifier: Apache-2.0
// What happens when: how busy each resource is, and what each component burns, by window of time.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "report/format.hpp"
#include "report/html/facts.hpp"
#include "report/html/figures.hpp"
#include "report/html/palette.hpp"
#include "report/html/svg.hpp"

namespace systole::html {
namespace {

constexpr double kWidth = 1080;
constexpr double kLeft = 120;
constexpr double kRight = 1000;

std::string seconds(double value) { return si(value, "s"); }
std::string watts(double value) { return fmt::format("{:.0f} W", value); }
std::string small_watts(double value) { return si(value, "W"); }

struct Resource {
  std::string name;
  std::string utilisation;                         // Its key in the result: the mean over the run.
  std::vector<std::pair<Action, double>> actions;  // What counts, and its weight.
};

std::vector<Resource> resources(const Json& chip) {
  const Json& unit = chip.at("vector_unit");
  const auto cycles = [&](const char* key) { return unit.at(key).get<double>(); };
  return {
      {"matrix units",
       "matrix_unit",
       {{Action::mac_bf16, 1},
        {Action::mac_fp8, 1},
        {Action::mac_int8, 1},
        {Action::mac_int4, 1},
        {Action::mac_ternary_int8, 1},
        {Action::mac_ternary_bf16, 1}}},
      {"vector unit",
       "vector_unit",
       {{Action::lane_add, cycles("add_cycles")},
        {Action::lane_multiply, cycles("multiply_cycles")},
        {Action::lane_fma, cycles("fma_cycles")},
        {Action::lane_transcendental, cycles("transcendental_cycles")},
        {Action::lane_shuffle, cycles("shuffle_cycles")}}},
      {"scratchpad", "scratchpad", {{Action::scratchpad_read, 1}, {Action::scratchpad_write, 1}}},
      {"HBM", "hbm", {{Action::hbm_read, 1}, {Action::hbm_write, 1}}},
      {"links", "ici", {{Action::link_byte, 1}}}};
}

// Windows of equal length, of which the run's end cuts off the last.
struct Time {
  double window;
  double end;
  [[nodiscard]] double begin_of(std::size_t w) const { return window * static_cast<double>(w); }
  [[nodiscard]] double end_of(std::size_t w) const { return std::min(end, begin_of(w + 1)); }
};

// Share of the time in which the resource is busy, by window: its mean is the result's own number,
// its course follows the counts.
std::vector<double> use_of(const Json& power, const Resource& resource, double mean,
                           const Time& time) {
  std::vector<double> out;
  for (const Json& line : power.at("counts")) {
    const auto action = action_named(line.at("action").get<std::string>());
    const auto found = std::ranges::find(resource.actions, action,
                                         [](const auto& a) { return std::optional(a.first); });
    if (found == resource.actions.end()) {
      continue;
    }
    const auto counts = line.at("counts").get<std::vector<double>>();
    out.resize(std::max(out.size(), counts.size()));
    for (std::size_t w = 0; w < counts.size(); ++w) {
      out[w] += found->second * counts[w];
    }
  }
  const double all = std::accumulate(out.begin(), out.end(), 0.0);
  for (std::size_t w = 0; w < out.size() && all > 0; ++w) {
    out[w] = out[w] / all * mean * time.end / (time.end_of(w) - time.begin_of(w));
  }
  return all > 0 ? out : std::vector<double>{};
}

// Steps between two edges, from left to right and back.
std::vector<Point> steps(const std::vector<double>& low, const std::vector<double>& high,
                         const Time& time, const Scale& x, const Scale& y) {
  std::vector<Point> out;
  for (std::size_t w = 0; w < high.size(); ++w) {
    out.push_back({.x = x(time.begin_of(w)), .y = y(high[w])});
    out.push_back({.x = x(time.end_of(w)), .y = y(high[w])});
  }
  for (std::size_t w = high.size(); w-- > 0;) {
    out.push_back({.x = x(time.end_of(w)), .y = y(low[w])});
    out.push_back({.x = x(time.begin_of(w)), .y = y(low[w])});
  }
  // Points on a straight line say nothing.
  std::vector<Point> corners;
  for (const Point& point : out) {
    const auto flat = [&](double a, double b, double c) { return a == b && b == c; };
    const std::size_t n = corners.size();
    if (n > 1 && (flat(corners[n - 2].y, corners[n - 1].y, point.y) ||
                  flat(corners[n - 2].x, corners[n - 1].x, point.x))) {
      corners.pop_back();
    }
    corners.push_back(point);
  }
  return corners;
}

std::optional<Time> time_of(const ReportData& data) {
  if (data.document.is_null() || !data.document.at("power").is_object()) {
    return std::nullopt;
  }
  const Time time{.window = data.document.at("power").at("window_s").get<double>(),
                  .end = data.document.at("time_s").get<double>()};
  return time.window > 0 && time.end > 0 ? std::optional(time) : std::nullopt;
}

struct Layer {
  Component component;
  std::vector<double> low;
  std::vector<double> high;
};

// What burns without a break is at the bottom, so that what varies is seen to vary.
std::vector<Layer> stack_of(const Json& components) {
  constexpr std::array kOrder{
      Component::chip,        Component::hbm,         Component::ici,
      Component::far_sram,    Component::scratchpad,  Component::accumulator,
      Component::matrix_unit, Component::vector_unit, Component::sequencer};
  std::vector<Layer> out;
  std::vector<double> top;
  for (const Component component : kOrder) {
    const std::string key(name(component));
    if (!components.contains(key)) {
      continue;
    }
    const auto own = components.at(key).get<std::vector<double>>();
    top.resize(own.size());
    Layer layer{.component = component, .low = top, .high = {}};
    for (std::size_t w = 0; w < own.size(); ++w) {
      top[w] += own[w];
    }
    layer.high = top;
    if (std::ranges::any_of(own, [](double w) { return w > 0; })) {
      out.push_back(std::move(layer));
    }
  }
  return out;
}

void draw_level(Svg& svg, const Scale& y, double value, const std::string& name) {
  svg.line(kLeft, y(value), kRight, y(value), "mark");
  svg.text(kRight + 6, y(value) + 4, "small", name);
}

constexpr double kStrip = 38;  // Height of a strip with its margins.

struct Strip {
  std::string name;
  double mean;
  std::vector<double> use;  // Empty if nothing was counted.
};

std::vector<Strip> strips_of(const Json& document, const Time& time) {
  std::vector<Strip> out;
  for (const Resource& resource : resources(document.at("chip"))) {
    const Json mean = document.at("utilisation").value(resource.utilisation, Json(nullptr));
    if (mean.is_number()) {
      out.push_back({resource.name, mean.get<double>(),
                     use_of(document.at("power"), resource, mean.get<double>(), time)});
    }
  }
  return out;
}

void draw_strip(Svg& svg, const Strip& strip, const Time& time, const Scale& x, double top) {
  const Scale y(Scale::Kind::linear, {0, 1}, {top + kStrip - 4, top + 6});
  svg.rect(kLeft, top + 6, kRight - kLeft, kStrip - 10, "track");
  if (!strip.use.empty()) {
    std::vector<double> shown = strip.use;
    for (double& share : shown) {
      share = std::min(share, 1.0);
    }
    svg.polygon(steps(std::vector<double>(shown.size(), 0.0), shown, time, x, y), "use",
                fmt::format("{}: {} busy on average, {} in the busiest window", strip.name,
                            percent(strip.mean), percent(*std::ranges::max_element(shown))));
  }
  svg.text(kLeft - 10, top + kStrip / 2 + 5, "end", strip.name);
  svg.text(kRight + 6, top + kStrip / 2 + 5, "strong", percent(strip.mean));
}

struct Levels {
  double mean;                  // W per chip.
  double peak;                  // Of the hottest window.
  std::optional<double> limit;  // The most that a workload was published to burn, if near.
};

std::string draw_power(const std::vector<Layer>& layers, const Levels& levels, const Time& time) {
  const double high = 1.06 * std::max(levels.peak, levels.limit.value_or(0.0));
  constexpr Frame kFrame{.left = kLeft, .top = 44, .right = kRight, .bottom = 284};
  Svg svg("power", kWidth, 330, "Power of a chip over time",
          fmt::format("A stack of components; {} on average, {} in the hottest window.",
                      si(levels.mean, "W"), si(levels.peak, "W")));
  std::vector<LegendEntry> legend;
  legend.reserve(layers.size());
  for (const Layer& layer : layers) {
    legend.push_back(
        {std::string(style_of(layer.component)), std::string(words_for(layer.component))});
  }
  draw_legend(svg, kLeft, 14, kWidth - kLeft, legend);
  const Scale x(Scale::Kind::linear, {0, time.end}, {kFrame.left, kFrame.right});
  const Scale y(Scale::Kind::linear, {0, high}, {kFrame.bottom, kFrame.top});
  draw_x_axis(svg, kFrame, {x, x.ticks(10), seconds, "time in the run"});
  draw_y_axis(svg, kFrame, {y, y.ticks(5), high < 20 ? small_watts : watts, ""});
  for (const Layer& layer : layers) {
    svg.polygon(steps(layer.low, layer.high, time, x, y), style_of(layer.component),
                std::string(words_for(layer.component)));
  }
  draw_level(svg, y, levels.mean, "mean");
  if (levels.limit) {
    draw_level(svg, y, *levels.limit, "published");
  }
  return svg.finish();
}

}  // namespace

std::optional<Figure> use_over_time(const ReportData& data) {
  const std::optional<Time> time = time_of(data);
  if (!time) {
    return std::nullopt;
  }
  const std::vector<Strip> strips = strips_of(data.document, *time);
  const double bottom = 10 + kStrip * static_cast<double>(strips.size());
  Svg svg("use", kWidth, bottom + 46, "How busy each resource is over time",
          "A strip for each resource, from 0 to 100% busy.");
  const Scale x(Scale::Kind::linear, {0, time->end}, {kLeft, kRight});
  draw_x_axis(svg, {.left = kLeft, .top = 10, .right = kRight, .bottom = bottom},
              {x, x.ticks(10), seconds, "time in the run"});
  for (std::size_t i = 0; i < strips.size(); ++i) {
    draw_strip(svg, strips[i], *time, x, 10 + kStrip * static_cast<double>(i));
  }
  return Figure{.id = "use",
                .heading = "How busy the chip is",
                .caption =
                    "Each strip runs from 0 to 100% busy; the number is the mean of the "
                    "run. Work is counted where a unit begins it, so a window shorter than "
                    "a piece of work shows it as a spike.",
                .svg = svg.finish()};
}

std::optional<Figure> power_over_time(const ReportData& data) {
  const std::optional<Time> time = time_of(data);
  if (!time) {
    return std::nullopt;
  }
  const Json& power = data.document.at("power");
  const std::vector<Layer> layers = stack_of(power.at("w_per_chip"));
  if (layers.empty()) {
    return std::nullopt;
  }
  Levels levels{.mean = data.detail().row->power_w_per_chip,
                .peak = power.at("peak_w_per_chip").get<double>(),
                .limit = {}};
  const Json most = power.value("workloads_w_per_chip", Json(nullptr));
  if (most.is_number() && most.get<double>() < 2.5 * levels.peak) {
    levels.limit = most.get<double>();
  }
  return Figure{
      .id = "power",
      .heading = "What a chip burns",
      .caption = fmt::format(
          "{} on average, {} in the hottest window of {}. With all units busy it would be {}.{}",
          si(levels.mean, "W"), si(levels.peak, "W"), si(time->window, "s"),
          si(power.at("all_busy_w_per_chip").get<double>(), "W"),
          levels.limit ? " The upper line is the most that a real workload was published to burn."
                       : ""),
      .svg = draw_power(layers, levels, *time)};
}

}  // namespace systole::html
