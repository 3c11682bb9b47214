// SPDX-License-Identifier: Apache-2.0
// A result document read from a file, and what another energy model makes of it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace systole {

// Throws UserError if the file is not a JSON object.
[[nodiscard]] nlohmann::ordered_json read_result(const std::string& file);

// Energy by component under both prices. Both are systole.result/1 documents of the same counts.
[[nodiscard]] std::string price_table(const nlohmann::ordered_json& before,
                                      const nlohmann::ordered_json& after);

}  // namespace systole
