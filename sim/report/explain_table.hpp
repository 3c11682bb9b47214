// SPDX-License-Identifier: Apache-2.0
// Why a result is what it is: where the energy goes line by line, what binds, what would change it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "study/explain.hpp"

namespace systole {

// ASCII, at most 110 columns. `result` is a systole.result/1 document of `run`.
[[nodiscard]] std::string explain_table(const nlohmann::ordered_json& result,
                                        const std::vector<WhatIf>& questions);

// The same as {"schema": "systole.explain/1", "config_hash": ..., "what_if": [...]}.
[[nodiscard]] nlohmann::ordered_json explain_json(const nlohmann::ordered_json& result,
                                                  const std::vector<WhatIf>& questions);

}  // namespace systole
