// SPDX-License-Identifier: Apache-2.0
// What a report reads of result documents (systole.result/1) and of a sweep's rows.
#pragma once

#include <array>
#include <string_view>

#include "report/html/data.hpp"

namespace systole::html {

[[nodiscard]] SweepRow row_of_result(const Json& document);
[[nodiscard]] SweepRow row_of_sweep(const Json& point);

// Keys that --set takes, as the result names them.
[[nodiscard]] std::vector<SweepLabel> facts_of(const Json& document);

// Tokens that one read of the weights serves: those of a step in a data-parallel group.
[[nodiscard]] std::optional<double> tokens_per_read(const Json& document);

// A line of the ledger whose names this program knows. Throws UserError.
struct LedgerEntry {
  LedgerLine line;
  double pj_each;
  double energy_j;
};
[[nodiscard]] std::vector<LedgerEntry> ledger_of(const Json& document);

// Output tokens of a result, or 1 where it has none.
[[nodiscard]] double tokens_of(const Json& document);

[[nodiscard]] std::optional<Component> component_named(std::string_view text);
[[nodiscard]] std::optional<Action> action_named(std::string_view text);

}  // namespace systole::html
