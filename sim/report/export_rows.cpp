// SPDX-License-Identifier: Apache-2.0
// Long tables: one value a row, so that columns never change and any tool can pivot them.
#include <fmt/format.h>

#include <array>

#include "report/export.hpp"
#include "report/export_document.hpp"
#include "report/sweep_files.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

// Every row has all columns; what does not apply is null, in CSV empty.
constexpr std::array<const char*, 9> kColumns{"table",  "component", "block", "operation", "tensor",
                                              "action", "metric",    "value", "unit"};

Json row(const char* table, const std::string& metric, Json value, const std::string& unit) {
  Json out = Json::object();
  for (const char* column : kColumns) {
    out[column] = nullptr;
  }
  out["table"] = table;
  out["metric"] = metric;
  out["value"] = std::move(value);
  out["unit"] = unit;
  return out;
}

void add_ledger(const Json& result, std::vector<Json>& rows) {
  for (const ExportLine& line : export_lines(result)) {
    const auto add = [&](const char* metric, Json value, const char* unit) {
      Json& out = rows.emplace_back(row("ledger", metric, std::move(value), unit));
      out["component"] = line.component;
      out["block"] = line.block;
      out["operation"] = line.operation;
      out["tensor"] = line.tensor;
      out["action"] = line.action;
    };
    add("count", line.count, "1");
    add("price", line.pj_each, "pJ");
    add("energy", line.energy_j, "J");
  }
}

std::vector<Json> rows_of(const Json& result) {
  static_cast<void>(export_title(result));  // Says what is no result.
  std::vector<Json> rows;
  for (const ExportMetric& metric : export_metrics(result)) {
    rows.push_back(row("metrics", metric.name, metric.value, metric.unit));
  }
  for (const ExportUnit& unit : export_units(result)) {
    Json& out = rows.emplace_back(row("units", unit.state, unit.seconds, "s"));
    out["component"] = unit.unit;
  }
  add_ledger(result, rows);
  return rows;
}

}  // namespace

std::string export_csv(const Json& result) {
  std::string out;
  for (const char* column : kColumns) {
    out += (out.empty() ? "" : ",") + std::string(column);
  }
  out += "\n";
  for (const Json& values : rows_of(result)) {
    std::string line;
    for (const char* column : kColumns) {
      line += (column == kColumns.front() ? "" : ",") + csv_cell(values.at(column));
    }
    out += line + "\n";
  }
  return out;
}

std::string export_ndjson(const Json& result) {
  std::string out;
  for (const Json& values : rows_of(result)) {
    out += values.dump() + "\n";
  }
  return out;
}

}  // namespace systole
