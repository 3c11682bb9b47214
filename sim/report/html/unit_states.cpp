// SPDX-License-Identifier: Apache-2.0
// What each kind of unit did with its time: a bar of 100% each.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/format.hpp"
#include "report/html/figures.hpp"
#include "report/html/palette.hpp"
#include "report/html/svg.hpp"

namespace systole::html {
namespace {

constexpr double kWidth = 1080;
constexpr double kLeft = 150;
constexpr double kRight = 1000;
constexpr double kRow = 30;

struct Kind {
  State state;
  const char* style;
  const char* words;
};
constexpr std::array kKinds{Kind{State::busy, "blue", "busy"},
                            Kind{State::starting, "orange", "starting"},
                            Kind{State::stalled_operation, "grey", "waits for an operation"},
                            Kind{State::stalled_stationary, "purple", "waits for weights"},
                            Kind{State::stalled_moving, "yellow", "waits for activations"},
                            Kind{State::stalled_space, "sky", "waits for room"},
                            Kind{State::stalled_scratchpad, "ink", "waits for the scratchpad"},
                            Kind{State::stalled_link, "red", "waits for a neighbour"},
                            Kind{State::idle, "track", "idle"}};

double seconds_in(const Json& unit, State state) {
  return unit.at("seconds").value(std::string(name(state)), 0.0);
}

void draw_unit(Svg& svg, const Json& unit, double y) {
  double all = 0;
  for (const Kind& kind : kKinds) {
    all += seconds_in(unit, kind.state);
  }
  const std::string words = spaced(unit.at("unit").get<std::string>());
  svg.text(kLeft - 10, y + 15, "end", words);
  double x = kLeft;
  for (const Kind& kind : kKinds) {
    const double share = all > 0 ? seconds_in(unit, kind.state) / all : 0;
    const double width = share * (kRight - kLeft);
    if (width >= 0.05) {
      svg.rect(x, y, width, 20, std::string(kind.style) + " edge",
               fmt::format("{}: {} {}", words, kind.words, percent(share)));
    }
    x += width;
  }
  svg.text(kRight + 6, y + 15, "small",
           percent(all > 0 ? seconds_in(unit, State::busy) / all : 0) + " busy");
}

}  // namespace

std::optional<Figure> unit_states(const ReportData& data) {
  if (data.document.is_null() || data.document.at("units").empty()) {
    return std::nullopt;
  }
  const Json& units = data.document.at("units");
  std::vector<LegendEntry> legend;
  for (const Kind& kind : kKinds) {
    if (std::ranges::any_of(units,
                            [&](const Json& unit) { return seconds_in(unit, kind.state) > 0; })) {
      legend.push_back({kind.style, kind.words});
    }
  }
  const double height = 48 + kRow * static_cast<double>(units.size());
  Svg svg("units", kWidth, height, "What the units did with their time",
          "A bar of 100% for each kind of unit, by state.");
  draw_legend(svg, kLeft, 14, kWidth - kLeft, legend);
  double y = 40;
  for (const Json& unit : units) {
    draw_unit(svg, unit, y);
    y += kRow;
  }
  return Figure{.id = "units",
                .heading = "What the units wait for",
                .caption = "Every instant of every unit is in exactly one state.",
                .svg = svg.finish()};
}

}  // namespace systole::html
