// SPDX-License-Identifier: Apache-2.0
// A sweep for other programs: one line or object a point, in the order of the points.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "study/sweep.hpp"

namespace systole {

// RFC 4180: quotes around what has a comma, a quote or a line end; quotes inside are doubled. Null
// is empty.
[[nodiscard]] std::string csv_cell(const nlohmann::ordered_json& value);

// The numbers of a point by name; energies are joules per output token. Null does not apply.
[[nodiscard]] nlohmann::ordered_json sweep_numbers(const SweepRow& row);

// RFC 4180 with \n as the line end. A column for each swept key, then numbers with their unit in
// the column's name; what does not apply is empty.
[[nodiscard]] std::string sweep_csv(const SweepConfig& sweep, const SweepEnd& end);

// The same, as {"schema": "systole.sweep/1", ..., "points": [{...}]}, and "check": [{...}] where
// the sweep has one.
[[nodiscard]] nlohmann::ordered_json sweep_json(const SweepConfig& sweep, const SweepEnd& end);

}  // namespace systole
