// SPDX-License-Identifier: Apache-2.0
// The same configuration earlier and now, by component: what more or less work did, and what other
// prices did.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "report/format.hpp"
#include "report/html/facts.hpp"
#include "report/html/figures.hpp"
#include "report/html/palette.hpp"
#include "report/html/svg.hpp"

namespace systole::html {
namespace {

struct Change {
  double activity = 0;  // J per output token.
  double price = 0;
  [[nodiscard]] double sum() const { return activity + price; }
};

struct Entry {
  double count = 0;  // Per output token.
  double price = 0;  // J each.
};

std::map<std::string, Entry> entries_of(const Json& document) {
  std::map<std::string, Entry> out;
  const double tokens = tokens_of(document);
  for (const Json& line : document.at("ledger")) {
    const auto text = [&](const char* key) { return line.at(key).get<std::string>(); };
    out[text("component") + "/" + text("operation") + "/" + text("tensor") + "/" + text("action")] =
        {.count = line.at("count").get<double>() / tokens,
         .price = 1e-12 * line.at("pj_each").get<double>()};
  }
  return out;
}

// Line by line, (n' - n) p + n' (p' - p), which leaves nothing over. A line that is new has its own
// price as the earlier one, so that all of it is activity.
std::map<std::string, Change> changes_of(const Json& before, const Json& now) {
  const std::map<std::string, Entry> old = entries_of(before);
  std::map<std::string, Change> out;
  const auto component = [](const std::string& key) { return key.substr(0, key.find('/')); };
  std::map<std::string, Entry> gone = old;
  for (const auto& [key, entry] : entries_of(now)) {
    const auto found = old.find(key);
    const Entry was = found == old.end() ? Entry{.count = 0, .price = entry.price} : found->second;
    out[component(key)].activity += (entry.count - was.count) * was.price;
    out[component(key)].price += entry.count * (entry.price - was.price);
    gone.erase(key);
  }
  for (const auto& [key, entry] : gone) {
    out[component(key)].activity -= entry.count * entry.price;
  }
  return out;
}

std::string signed_si(double value, const std::string& unit) {
  return (value < 0 ? "-" : "+") + si(std::abs(value), unit);
}

constexpr double kWidth = 1080;
constexpr double kLeft = 210;
constexpr double kMiddle = 560;
constexpr double kReach = 250;  // Of the largest change.
constexpr double kRow = 26;

std::string draw(const std::map<std::string, Change>& changes, const std::string& unit) {
  double most = 0;
  for (const auto& [component, change] : changes) {
    most = std::max({most, std::abs(change.activity), std::abs(change.price)});
  }
  Svg svg("previous", kWidth, 44 + kRow * static_cast<double>(changes.size()),
          "Against the previous run", "Change of the energy by component: activity and price.");
  draw_legend(svg, kLeft, 14, 600, {{"blue", "activity"}, {"orange", "price"}});
  double y = 32;
  for (const auto& [key, change] : changes) {
    const auto component = component_named(key);
    const std::string words = component ? std::string(words_for(*component)) : key;
    const auto bar = [&](double joules, double top, const char* style, const char* what) {
      const double reach = most > 0 ? joules / most * kReach : 0;
      svg.rect(std::min(kMiddle, kMiddle + reach), top, std::abs(reach), 9, style,
               fmt::format("{}, {}: {}", words, what, signed_si(joules, unit)));
    };
    svg.text(kLeft - 10, y + 15, "end", words);
    bar(change.activity, y + 1, "blue", "activity");
    bar(change.price, y + 11, "orange", "price");
    svg.text(kMiddle + kReach + 20, y + 15, "", signed_si(change.sum(), unit));
    y += kRow;
  }
  svg.line(kMiddle, 28, kMiddle, y, "axis");
  return svg.finish();
}

}  // namespace

std::optional<Figure> previous_run(const ReportData& data) {
  if (!data.before || !data.before->row || data.document.is_null() ||
      data.document_before.is_null()) {
    return std::nullopt;
  }
  const std::string unit = energy_unit(data);
  const double was = data.before->row->energy_j;
  const double now = data.detail().row->energy_j;
  return Figure{.id = "previous",
                .heading = "Against the previous run",
                .caption = fmt::format("{} then, {} now: {} ({:+.1f}%). Counts times the earlier "
                                       "prices are activity, the rest is price; together they "
                                       "leave nothing over.",
                                       si(was, unit), si(now, unit), signed_si(now - was, unit),
                                       100 * (now / was - 1)),
                .svg = draw(changes_of(data.document_before, data.document), unit)};
}

}  // namespace systole::html
