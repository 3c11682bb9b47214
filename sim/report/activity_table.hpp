// SPDX-License-Identifier: Apache-2.0
// What operand values do to the energy of a product, as a table and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "study/activity.hpp"

namespace systole {

// ASCII, 100 columns.
[[nodiscard]] std::string activity_text(const ActivityTable& table);

// {"schema": "systole.activity/1", "chip", "energy_model", "rows", "products": [...]}.
[[nodiscard]] nlohmann::ordered_json activity_json(const ActivityTable& table);

}  // namespace systole
