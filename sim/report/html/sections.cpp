// SPDX-License-Identifier: Apache-2.0
#include "report/html/sections.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/format.hpp"
#include "report/html/advice.hpp"
#include "report/html/markup.hpp"
#include "report/html/page.hpp"
#include "report/html/palette.hpp"

namespace systole::html {
namespace {

constexpr std::size_t kMostRecommendations = 6;

std::string card(std::string_view style, std::string_view name, std::string_view value,
                 std::string_view unit, std::string_view note) {
  return element("div", {{"class", fmt::format("card {}", style)}},
                 element("div", {{"class", "name"}}, escaped(name)) +
                     element("div", {{"class", "value"}},
                             escaped(value) + element("span", {{"class", "unit"}}, escaped(unit))) +
                     element("div", {{"class", "note"}}, escaped(note)));
}

// "928 mJ/token" as number and unit.
std::pair<std::string, std::string> split(const std::string& text) {
  const std::size_t space = text.find(' ');
  return {text.substr(0, space), space == std::string::npos ? "" : text.substr(space)};
}

std::string quantity_card(std::string_view style, std::string_view name, const std::string& text,
                          std::string_view note) {
  const auto [number, unit] = split(text);
  return card(style, name, number, unit, note);
}

std::string speed_card(const SweepRow& row) {
  if (!row.tokens_per_s_per_user) {
    return quantity_card("", "time", si(row.step_s, "s"),
                         row.tokens_per_s > 0 ? si_of(row.tokens_per_s, "tokens/s") : "");
  }
  return quantity_card("", "speed for a user", si_of(*row.tokens_per_s_per_user, "tokens/s"),
                       fmt::format("{} in all, {} a token", si_of(row.tokens_per_s, "tokens/s"),
                                   si(row.step_s, "s")));
}

// A share as a number: "1.6", "28".
std::string short_percent(double share) {
  return fmt::format("{:.{}f}", 100 * share, share < 0.0995 ? 1 : 0);
}

std::string power_note(const ReportData& data) {
  if (data.document.is_null() || !data.document.at("power").is_object()) {
    return "on average";
  }
  return si(data.document.at("power").at("peak_w_per_chip").get<double>(), "W") +
         " in the hottest window";
}

std::string recommendation(const ReportData& data, const Recommendation& advice) {
  const double width = std::clamp(advice.saving, 0.0, 1.0) * 100;
  std::string body = element("span", {{"class", "change"}}, escaped(advice.change)) +
                     element("span", {{"class", "effect"}}, escaped(advice.effect));
  if (advice.point && !data.points[*advice.point].set.empty()) {
    const std::string& set = data.points[*advice.point].set;
    const Attributes button{
        {"class", "copy"},
        {"data-p", std::to_string(*advice.point)},
        {"aria-label", "copy the settings of " + words_for(data.points[*advice.point])}};
    body += element(
        "span", {{"class", "settings"}},
        element("code", {{"class", "set"}}, escaped(set)) + element("button", button, "copy"));
  }
  const std::string meter = fmt::format(
      "<svg class=\"meter\" viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" "
      "aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"6\"/>"
      "<rect class=\"green\" width=\"{}\" height=\"6\"/></svg>",
      coordinate(width));
  const std::string saves =
      advice.saving > 0.0005
          ? element("span", {{"class", "saves"}},
                    fmt::format("saves <b>{}</b>{}",
                                advice.saving > 0.9 ? percent(advice.saving)
                                                    : fmt::format("{:.0f}%", 100 * advice.saving),
                                meter))
          : element("span", {{"class", "saves"}}, "the fastest");
  return element("li", {}, element("div", {{"class", "what"}}, body) + saves);
}

}  // namespace

std::string header_section(const ReportData& data) {
  const SweepRow& row = *data.detail().row;
  std::vector<std::string> facts{fmt::format("{} x {}", row.chips, row.chip)};
  const auto add = [&](const std::string& fact) {
    if (!fact.empty()) {
      facts.push_back(fact);
    }
  };
  add(row.phase);
  add("prices " + row.energy_model);
  add(row.fidelity + (row.folded ? ", folded" : ""));
  if (data.is_sweep()) {
    const auto failed = static_cast<std::size_t>(
        std::ranges::count_if(data.points, [](const ReportPoint& point) { return !point.row; }));
    add(fmt::format("{} points", data.points.size()));
    add(failed > 0 ? fmt::format("{} not done", failed) : "all done");
  }
  std::string list;
  for (const std::string& fact : facts) {
    list += element("li", {}, escaped(fact));
  }
  return element("header", element("p", {{"class", "mark"}}, "systole report") +
                               element("h1", {}, escaped(title_of(data))) +
                               (data.teaches.empty()
                                    ? ""
                                    : element("p", {{"class", "teaches"}}, escaped(data.teaches))) +
                               element("ul", {{"class", "facts"}}, list));
}

std::string verdict_section(const ReportData& data) {
  const SweepRow& row = *data.detail().row;
  const double weights = row.purpose_j(Purpose::weights);
  std::string cards = quantity_card(
      "main", data.has_tokens ? "energy per token" : "energy", si(row.energy_j, energy_unit(data)),
      fmt::format("{} .. {} (5% .. 95%)", si(row.energy_p5_j, "J"), si(row.energy_p95_j, "J")));
  cards +=
      card("", "moving weights", short_percent(row.energy_j > 0 ? weights / row.energy_j : 0.0),
           "%", short_percent(row.weights_share_of_dynamic()) + "% of the work");
  cards += speed_card(row);
  cards += quantity_card("", "power of a chip", si(row.power_w_per_chip, "W"), power_note(data));
  cards += card("", "bound by", resource_name(row.binding), "",
                fmt::format("{:.0f}% of the time",
                            row.time_s > 0 ? 100 * row.bound_time_s / row.time_s : 0.0));
  std::string lead;
  if (data.is_sweep()) {
    lead = element(
        "p", {{"class", "lead"}},
        "At the knee of the sweep: " + element("strong", {}, escaped(words_for(data.detail()))));
  }
  return element("section", {{"id", "verdict"}, {"aria-label", "verdict"}},
                 lead + element("div", {{"class", "cards"}}, cards) +
                     element("p", {{"class", "why"}}, escaped(why(data))));
}

std::string change_section(const ReportData& data) {
  std::string items;
  for (const Recommendation& advice : recommendations(data, kMostRecommendations)) {
    items += recommendation(data, advice);
  }
  if (items.empty()) {
    return "";
  }
  const std::string note =
      data.is_sweep() ? "The first against the fastest point; the others against the knee, each "
                        "on its own."
                      : "Each on its own; savings do not add up.";
  return element("section", {{"id", "change"}, {"class", "change"}},
                 element("h2", {}, "What should I change?") + element("ol", {}, items) +
                     element("p", {{"class", "soft"}}, note));
}

std::string failures_section(const ReportData& data) {
  std::string items;
  for (const ReportPoint& point : data.points) {
    if (!point.row) {
      items += element("li", {},
                       element("b", {}, escaped(words_for(point))) + ": " +
                           escaped(point.message.empty() ? spaced(point.status) : point.message));
    }
  }
  return items.empty()
             ? ""
             : element("section", {{"id", "failures"}},
                       element("h2", {}, "Points that are not done") + element("ul", {}, items));
}

}  // namespace systole::html
