// SPDX-License-Identifier: Apache-2.0
// All points: a table of the best for everyone, and the rest as data for the page's script.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "report/format.hpp"
#include "report/html/markup.hpp"
#include "report/html/palette.hpp"
#include "report/html/sections.hpp"

namespace systole::html {
namespace {

constexpr std::size_t kStaticRows = 50;

struct Measure {
  const char* name;  // In the table's head.
  const char* csv;   // In a file, with its unit.
  const char* unit;  // Of si(); "%": a share; "": plain.
  double (*value)(const SweepRow&);
};

constexpr std::array kMeasures{
    Measure{"energy", "energy_j", "J", [](const SweepRow& r) { return r.energy_j; }},
    Measure{"5%", "energy_p5_j", "J", [](const SweepRow& r) { return r.energy_p5_j; }},
    Measure{"95%", "energy_p95_j", "J", [](const SweepRow& r) { return r.energy_p95_j; }},
    Measure{"time", "step_s", "s", [](const SweepRow& r) { return r.step_s; }},
    Measure{"tokens/s", "tokens_per_s", "", [](const SweepRow& r) { return r.tokens_per_s; }},
    Measure{"a chip", "power_w_per_chip", "W",
            [](const SweepRow& r) { return r.power_w_per_chip; }},
    Measure{"weights", "weights_share", "%",
            [](const SweepRow& r) {
              return r.energy_j > 0 ? r.purpose_j(Purpose::weights) / r.energy_j : 0.0;
            }},
    Measure{"static", "static_share", "%", [](const SweepRow& r) {
              return r.energy_j > 0 ? r.purpose_j(Purpose::fixed) / r.energy_j : 0.0;
            }}};

// The double nearest to the six significant digits: short in JSON.
double rounded(double value) {
  const std::string text = fmt::format("{:.6g}", value);
  double out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::string shown(const Measure& measure, double value) {
  const std::string_view unit = measure.unit;
  return unit == "%" ? percent(value) : si(value, unit);
}

std::string row_of(const std::vector<Column>& columns, const ReportPoint& point, bool is_shown) {
  std::string cells = element("td", {}, std::to_string(point.number));
  for (const Column& column : columns) {
    const auto label = std::ranges::find(point.labels, column.key, &SweepLabel::key);
    cells += element("td", {{"class", column.is_number ? "number" : "text"}},
                     label == point.labels.end()
                         ? ""
                         : escaped(column.is_number ? label->value : shown_value(*label)));
  }
  for (const Measure& measure : kMeasures) {
    cells += element("td", {}, shown(measure, measure.value(*point.row)));
  }
  cells += element("td", {{"class", "text"}}, escaped(resource_name(point.row->binding)));
  return element("tr", is_shown ? Attributes{{"class", "shown"}} : Attributes{}, cells);
}

// Settings in pieces, each kept once: a thousand points share a few dozen.
class Pieces {
 public:
  // `set` is the pieces with these numbers, joined by kJoint.
  Json of(const std::string& set) {
    Json out = Json::array();
    for (std::size_t at = 0; !set.empty() && at <= set.size();) {
      const std::size_t end = std::min(set.find(kJoint, at), set.size());
      const auto [known, is_new] = numbers_.try_emplace(set.substr(at, end - at), all_.size());
      if (is_new) {
        all_.push_back(known->first);
      }
      out.push_back(known->second);
      at = end + kJoint.size();
    }
    return out;
  }
  [[nodiscard]] const Json& all() const { return all_; }

 private:
  static constexpr std::string_view kJoint = " --set ";
  std::map<std::string, std::size_t> numbers_;
  Json all_ = Json::array();
};

}  // namespace

Json page_data(const ReportData& data) {
  const std::vector<Column> columns = columns_of(data);
  Json keys = Json::array();
  for (const Column& column : columns) {
    keys.push_back({{"key", column.key}, {"name", column.name}, {"number", column.is_number}});
  }
  Json measures = Json::array();
  for (const Measure& measure : kMeasures) {
    measures.push_back({{"name", measure.name}, {"csv", measure.csv}, {"unit", measure.unit}});
  }
  Pieces pieces;
  Json points = Json::array();
  for (const ReportPoint& point : data.points) {
    Json labels = Json::array();
    for (const Column& column : columns) {
      const auto label = std::ranges::find(point.labels, column.key, &SweepLabel::key);
      labels.push_back(label == point.labels.end() ? "" : label->value);
    }
    Json values = Json::array();
    for (const Measure& measure : kMeasures) {
      values.push_back(point.row ? Json(rounded(measure.value(*point.row))) : Json(nullptr));
    }
    points.push_back({point.number, std::move(labels), std::move(values),
                      point.row ? resource_name(point.row->binding) : spaced(point.status),
                      pieces.of(point.set)});
  }
  return {{"name", data.name},          {"unit", energy_unit(data)},       {"shown", data.shown},
          {"keys", std::move(keys)},    {"measures", std::move(measures)}, {"pieces", pieces.all()},
          {"points", std::move(points)}};
}

std::string points_section(const ReportData& data) {
  if (!data.is_sweep()) {
    return "";
  }
  const std::vector<Column> columns = columns_of(data);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < data.points.size(); ++i) {
    if (data.points[i].row) {
      order.push_back(i);
    }
  }
  const std::size_t done = order.size();
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return data.points[i].row->energy_j; });
  order.resize(std::min(done, kStaticRows));
  std::string head = element("th", {{"scope", "col"}}, "#");
  for (const Column& column : columns) {
    head += element("th", {{"scope", "col"}, {"class", column.is_number ? "number" : "text"}},
                    escaped(column.name));
  }
  for (const Measure& measure : kMeasures) {
    head += element("th", {{"scope", "col"}}, measure.name);
  }
  head += element("th", {{"scope", "col"}, {"class", "text"}}, "bound by");
  std::string body;
  for (const std::size_t i : order) {
    body += row_of(columns, data.points[i], i == data.shown);
  }
  const std::string note =
      fmt::format("{} of {} points, least energy first; energies and time {}.", order.size(),
                  data.points.size(), data.has_tokens ? "per token" : "per run");
  return element(
      "section", {{"id", "points"}},
      element("h2", {}, "All points") +
          element("p", {{"class", "soft"}, {"id", "points-note"}}, note) +
          element("div", {{"class", "scroll"}},
                  element("table", {{"id", "points-table"}},
                          element("thead", element("tr", head)) + element("tbody", body))));
}

}  // namespace systole::html
