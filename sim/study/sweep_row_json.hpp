// SPDX-License-Identifier: Apache-2.0
// The numbers of a point on their way from worker to pool and into the journal: JSON writes a
// double so that it reads back as the same one.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "study/sweep.hpp"

namespace systole {

[[nodiscard]] nlohmann::json row_json(const SweepRow& row);
[[nodiscard]] SweepRow row_from_json(const nlohmann::json& json);

[[nodiscard]] nlohmann::json ledger_json(const std::vector<LedgerSum>& ledger);
[[nodiscard]] std::vector<LedgerSum> ledger_from_json(const nlohmann::json& json);

// Throws nlohmann::json::out_of_range for a word that is none.
[[nodiscard]] PointStatus point_status(std::string_view word);

}  // namespace systole
