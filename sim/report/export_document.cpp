// SPDX-License-Identifier: Apache-2.0
#include "report/export_document.hpp"

#include <fmt/format.h>

#include <array>

#include "base/error.hpp"
#include "study/energy_json.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

struct Unit {
  const char* key;
  const char* unit;
};

// Of the document's own numbers; what is null there has no row. An object gives a row for each of
// its keys.
constexpr std::array<Unit, 20> kMetrics{{{"chips", "1"},
                                         {"time_s", "s"},
                                         {"cycles", "cycle"},
                                         {"output_tokens", "token"},
                                         {"tokens_per_s", "token/s"},
                                         {"tokens_per_s_per_user", "token/s"},
                                         {"energy_j", "J"},
                                         {"energy_per_output_token_j", "J/token"},
                                         {"energy_static_j", "J"},
                                         {"energy_dynamic_j", "J"},
                                         {"power_w_per_chip", "W"},
                                         {"assumed_share", "1"},
                                         {"macs", "1"},
                                         {"bytes", "B"},
                                         {"bounds", "s"},
                                         {"utilisation", "1"},
                                         {"bound", ""},
                                         {"power", ""},
                                         {"uncertainty", "1"},
                                         {"activity", "1"}}};

// Of objects whose keys have units of their own.
constexpr std::array<Unit, 6> kOwnUnits{{{"bound.time_s", "s"},
                                         {"bound.energy_j", "J"},
                                         {"bound.link_bytes_per_s", "B/s"},
                                         {"power.peak_w_per_chip", "W"},
                                         {"power.workloads_w_per_chip", "W"},
                                         {"power.all_busy_w_per_chip", "W"}}};

std::string own_unit(const std::string& name) {
  for (const Unit& own : kOwnUnits) {
    if (name == own.key) {
      return own.unit;
    }
  }
  return "";
}

void add_metrics(const std::string& name, const Json& value, const std::string& unit,
                 std::vector<ExportMetric>& out) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) {
      add_metrics(fmt::format("{}.{}", name, key), inner, unit, out);
    }
    return;
  }
  const std::string found = unit.empty() ? own_unit(name) : unit;
  if (value.is_number() && !found.empty()) {
    out.push_back({.name = name, .value = value, .unit = found});
  }
}

}  // namespace

const Json& export_part(const Json& object, const char* key) {
  if (!object.is_object() || !object.contains(key)) {
    fail("the result is damaged: it has no '{}'", key);
  }
  return object.at(key);
}

double export_number(const Json& object, const char* key) {
  const Json& found = export_part(object, key);
  if (!found.is_number()) {
    fail("the result is damaged: '{}' is not a number", key);
  }
  return found.get<double>();
}

std::string export_text(const Json& object, const char* key) {
  const Json& found = export_part(object, key);
  if (!found.is_string()) {
    fail("the result is damaged: '{}' is not a text", key);
  }
  return found.get<std::string>();
}

std::string export_title(const Json& result) {
  if (export_text(result, "schema") != kResultSchema) {
    fail("this is not a result: its schema is '{}', not '{}'", export_text(result, "schema"),
         kResultSchema);
  }
  const Json& point = export_part(result, "point");
  const bool is_memory = point.is_object() && point.contains("device");  // Of `hbm`.
  return fmt::format("{} x {}", export_text(point, is_memory ? "device" : "chip"),
                     export_number(result, "chips"));
}

std::vector<ExportLine> export_lines(const Json& result) {
  std::vector<ExportLine> out;
  for (const Json& line : export_part(result, "ledger")) {
    const std::string whole = export_text(line, "operation");
    const std::size_t dot = whole.find('.');
    const Json& count = export_part(line, "count");
    if (!count.is_number_unsigned()) {
      fail("the result is damaged: a 'count' is not a whole number");
    }
    out.push_back({.block = whole.substr(0, dot),
                   .operation = dot == std::string::npos ? whole : whole.substr(dot + 1),
                   .component = export_text(line, "component"),
                   .tensor = export_text(line, "tensor"),
                   .action = export_text(line, "action"),
                   .count = count.get<std::uint64_t>(),
                   .pj_each = export_number(line, "pj_each"),
                   .energy_j = export_number(line, "energy_j")});
  }
  return out;
}

std::vector<ExportUnit> export_units(const Json& result) {
  std::vector<ExportUnit> out;
  if (!result.contains("units")) {  // A memory by itself.
    return out;
  }
  for (const Json& unit : export_part(result, "units")) {
    const std::string kind = export_text(unit, "unit");
    const Json& seconds = export_part(unit, "seconds");
    for (const auto& [state, value] : seconds.items()) {
      const double time = export_number(seconds, state.c_str());
      if (time > 0.0) {
        out.push_back({.unit = kind, .state = state, .seconds = time});
      }
    }
  }
  return out;
}

std::vector<ExportMetric> export_metrics(const Json& result) {
  std::vector<ExportMetric> out;
  for (const Unit& metric : kMetrics) {
    if (result.contains(metric.key)) {
      add_metrics(metric.key, result.at(metric.key), metric.unit, out);
    }
  }
  return out;
}

}  // namespace systole
