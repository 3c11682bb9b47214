// SPDX-License-Identifier: Apache-2.0
// What a report shows: a row a point, and the whole result of the one shown in detail.
//
// Where results are kept is the loader's business alone (load.cpp).
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "config/sweep.hpp"
#include "ledger/energy_model.hpp"
#include "study/pareto.hpp"
#include "study/result.hpp"
#include "study/sweep.hpp"

namespace systole::html {

using Json = nlohmann::ordered_json;

struct ReportPoint {
  std::size_t number;              // From 1, as the sweep counts.
  std::vector<SweepLabel> labels;  // What tells it from the others.
  std::string status;              // "done", or why not, in a word.
  std::string message;             // Why it is not done.
  std::optional<SweepRow> row;     // If done. Energies are per output token, if there are any.
  std::vector<SweepLabel> facts;   // Keys of the run file that --set takes, with their values.
  std::optional<double> per_read;  // Tokens that share one read of the weights.
  std::string set;                 // "--set workload.batch=64 ..."; empty for a single result.
};

struct ReportData {
  std::string name;        // Of the sweep; empty where there is none.
  std::string teaches;     // What the sweep says that it shows; may be empty.
  std::string version;     // Of the program that computed the results.
  bool has_tokens = true;  // Energies are per output token.
  std::vector<ReportPoint> points;
  ParetoFront front;
  std::size_t shown = 0;              // Index of the point shown in detail: the knee.
  Json document;                      // Its result; null where only the rows were kept.
  std::optional<ReportPoint> before;  // The point with the same labels of an earlier report.
  Json document_before;
  std::vector<Advice> advice;         // For `shown`, largest saving first.
  std::optional<EnergyModel> prices;  // That priced `document`, where it is at hand.

  [[nodiscard]] bool is_sweep() const { return points.size() > 1; }
  [[nodiscard]] const ReportPoint& detail() const { return points[shown]; }
};

// "batch 64, int8, tensor 64": the labels for people; "the run" if it has none.
[[nodiscard]] std::string words_for(const ReportPoint& point);

// "batch" of "workload.batch".
[[nodiscard]] std::string leaf(const std::string& key);

// A value as people read it: of a path the file's name.
[[nodiscard]] std::string shown_value(const SweepLabel& label);

// A swept key and its values, in the order of the points.
struct Column {
  std::string key;
  std::string name;
  std::vector<std::string> values;
  bool is_number;
};
[[nodiscard]] std::vector<Column> columns_of(const ReportData& data);

// The index of the done point whose labels are those of `point` but for one key; none if there is
// no such point.
[[nodiscard]] std::optional<std::size_t> with_value(const ReportData& data,
                                                    const ReportPoint& point,
                                                    const std::string& key,
                                                    const std::string& value);

// "J/token", or "J" where nothing is put out.
[[nodiscard]] std::string energy_unit(const ReportData& data);

}  // namespace systole::html
