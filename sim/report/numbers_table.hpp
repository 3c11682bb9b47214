// SPDX-License-Identifier: Apache-2.0
// The rows of `systole numbers` as a table and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "study/numbers.hpp"

namespace systole {

// ASCII, 100 columns; with `sources`, where each row's parameters come from stands below it.
[[nodiscard]] std::string numbers_table(const Numbers& numbers, bool sources);

// {"schema": "systole.numbers/1", "chip", "energy_model", "reference", "rows": [...]}.
[[nodiscard]] nlohmann::ordered_json numbers_json(const Numbers& numbers);

}  // namespace systole
