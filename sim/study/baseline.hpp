// SPDX-License-Identifier: Apache-2.0
// What the points of a baseline gave when they were last accepted, and what has moved since.
//
// The record is text made for review: one line for each ledger line, so that a difference of two
// versions shows which count or price moved.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "study/compare.hpp"

namespace systole {

inline constexpr std::string_view kBaselineSchema = "systole.baseline/1";

struct RecordedPoint {
  std::string name;
  Snapshot snapshot;
};

struct BaselineRecord {
  std::vector<RecordedPoint> points;

  [[nodiscard]] const Snapshot* find(const std::string& name) const;  // Null if there is none.
};

[[nodiscard]] nlohmann::ordered_json record_json(const std::string& baseline,
                                                 const std::string& version,
                                                 const BaselineRecord& record);

// Throws UserError if the document is none, or if a ledger and its energy do not agree.
[[nodiscard]] BaselineRecord read_record(const nlohmann::ordered_json& document);

// A metric, or the counts of the ledger, that moved further than its budget allows.
struct Breach {
  std::optional<Metric> metric{};  // None: counts.
  Budget budget{};
  double before = 0;  // Of a metric.
  double after = 0;
  bool is_better = false;     // It moved in the good direction.
  std::size_t lines = 0;      // Of counts: ledger lines beyond the budget.
  std::size_t all_lines = 0;  // Of counts: all lines.
};

[[nodiscard]] std::vector<Breach> breaches(const Snapshot& before, const Snapshot& after,
                                           const Comparison& change, const Budgets& budgets);

}  // namespace systole
