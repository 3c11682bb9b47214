// SPDX-License-Identifier: Apache-2.0
// What a comparison needs of a result: its metrics and the counts and prices behind its energy.
//
// Read from a result document, so that results of any age and baselines compare alike.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "config/baseline.hpp"

namespace systole {

struct LedgerEntry {
  std::string component;
  std::string operation;
  std::string tensor;
  std::string action;
  std::uint64_t count = 0;
  double pj_each = 0;

  [[nodiscard]] auto key() const { return std::tie(component, operation, tensor, action); }
  [[nodiscard]] std::string label() const;  // "hbm layer.qkv weight hbm_read".
};

struct Snapshot {
  std::string energy_model;  // Its name.
  std::string energy_model_hash;
  std::optional<std::uint64_t> output_tokens;
  double energy_j = 0;                                    // Nominal, of the whole run.
  std::array<std::optional<double>, kMetrics> metrics{};  // By Metric: J, s, 1/s, W.
  std::optional<std::array<double, 3>> energy_range{};    // Per output token: p5, p50, p95.
  std::vector<LedgerEntry> ledger{};                      // In the order of the document.

  [[nodiscard]] std::optional<double> metric(Metric which) const {
    return metrics.at(static_cast<std::size_t>(which));
  }
};

// Of a systole.result/1 document. Throws UserError if it is none, or if its ledger does not add up
// to its energy.
[[nodiscard]] Snapshot snapshot(const nlohmann::ordered_json& result);

// Joules of a ledger; exact but for one rounding at the end.
[[nodiscard]] double energy_of(const std::vector<LedgerEntry>& ledger);

}  // namespace systole
