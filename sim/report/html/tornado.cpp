// SPDX-License-Identifier: Apache-2.0
// What moves the answer: one thing changed at a time, the widest bar on top.
#include <fmt/format.h>

#include <algorithm>

#include "report/format.hpp"
#include "report/html/advice.hpp"
#include "report/html/facts.hpp"
#include "report/html/figures.hpp"
#include "report/html/palette.hpp"
#include "report/html/svg.hpp"

namespace systole::html {
namespace {

constexpr double kWidth = 530;
constexpr double kLeft = 12;
constexpr double kRight = 518;
constexpr double kRow = 44;
constexpr std::size_t kMostRows = 8;

std::string joules(double value) { return si(value, "J"); }

struct Row {
  std::string name;
  double low;
  double high;
  std::string low_words;
  std::string high_words;
};

std::string draw(const std::string& id, const std::string& title, const std::string& unit,
                 const std::vector<Row>& rows, double now, const Scale& x,
                 const std::vector<double>& ticks) {
  const double bottom = 20 + kRow * static_cast<double>(rows.size());
  std::string about = fmt::format("Energy from lowest to highest, now {}:", si(now, unit));
  for (const Row& row : rows) {
    about += fmt::format(" {} {} to {};", row.name, si(row.low, unit), si(row.high, unit));
  }
  Svg svg(id, kWidth, bottom + 46, title, about);
  draw_x_axis(svg, {.left = kLeft, .top = 8, .right = kRight, .bottom = bottom},
              {x, ticks, joules, unit});
  double y = 14;
  for (const Row& row : rows) {
    svg.text(kLeft, y + 10, "small strong", row.name);
    svg.text(kRight, y + 10, "small end",
             row.low_words.empty() ? fmt::format("{} .. {}", si(row.low, "J"), si(row.high, "J"))
                                   : fmt::format("{} .. {}", row.low_words, row.high_words));
    const double middle = std::clamp(x(now), x(row.low), x(row.high));
    svg.rect(x(row.low), y + 16, middle - x(row.low), 15, "sky",
             fmt::format("{} {}: {}", row.name, row.low_words, si(row.low, unit)));
    svg.rect(middle, y + 16, x(row.high) - middle, 15, "orange",
             fmt::format("{} {}: {}", row.name, row.high_words, si(row.high, unit)));
    y += kRow;
  }
  svg.line(x(now), 8, x(now), bottom, "mark");
  return svg.finish();
}

Span span_of(const std::vector<Row>& rows, double now) {
  Span out{.low = now, .high = now};
  for (const Row& row : rows) {
    out = {.low = std::min(out.low, row.low), .high = std::max(out.high, row.high)};
  }
  return out;
}

}  // namespace

std::optional<Figure> key_tornado(const ReportData& data) {
  std::vector<Row> rows;
  for (const KeyEffect& effect : key_effects(data)) {
    if (rows.size() < kMostRows && effect.most_j > 1.0005 * effect.least_j) {
      rows.push_back(
          {effect.name, effect.least_j, effect.most_j, effect.least_value, effect.most_value});
    }
  }
  if (rows.empty()) {
    return std::nullopt;
  }
  const double now = data.detail().row->energy_j;
  const Span span = span_of(rows, now);
  const Scale x(Scale::Kind::log, {.low = span.low / 1.05, .high = span.high * 1.05},
                {kLeft, kRight});
  return Figure{
      .id = "keys",
      .heading = "What each swept key does",
      .caption = fmt::format("One key changed at a time, from the point shown (the "
                             "dashed line, {}). Logarithmic.",
                             si(now, energy_unit(data))),
      .svg = draw("keys", "What each swept key does", energy_unit(data), rows, now, x, x.ticks(6)),
      .is_half = true};
}

std::optional<Figure> price_tornado(const ReportData& data) {
  if (data.document.is_null() || data.document.at("drivers").empty()) {
    return std::nullopt;
  }
  const double tokens = tokens_of(data.document);
  std::vector<Row> rows;
  for (const Json& driver : data.document.at("drivers")) {
    if (rows.size() < kMostRows) {
      rows.push_back({driver.at("key").get<std::string>(),
                      driver.at("low_j").get<double>() / tokens,
                      driver.at("high_j").get<double>() / tokens, "", ""});
      if (rows.back().low > rows.back().high) {
        std::swap(rows.back().low, rows.back().high);
      }
    }
  }
  const double now = data.detail().row->energy_j;
  const Span span = span_of(rows, now);
  const double margin = std::max(0.04 * (span.high - span.low), 1e-9 * span.high);
  const Scale x(Scale::Kind::linear, {.low = span.low - margin, .high = span.high + margin},
                {kLeft, kRight});
  return Figure{
      .id = "prices",
      .heading = "How sure is the energy",
      .caption = fmt::format("Each price of {} alone at the ends of its range. All "
                             "together: {} .. {} (5% .. 95%).",
                             data.detail().row->energy_model,
                             si(data.detail().row->energy_p5_j, energy_unit(data)),
                             si(data.detail().row->energy_p95_j, energy_unit(data))),
      .svg = draw("prices", "How sure is the energy", energy_unit(data), rows, now, x, x.ticks(5)),
      .is_half = true};
}

}  // namespace systole::html
