// SPDX-License-Identifier: Apache-2.0
// A result document read from a file, and what another energy model makes of it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace systole {

// `name` is a file, or FOLDER:N for the N-th point that a sweep kept in a folder. Throws UserError
// if it holds no JSON object.
[[nodiscard]] nlohmann::ordered_json read_result(const std::string& name);

// Energy by component under both prices. Both are systole.result/1 documents of the same counts.
[[nodiscard]] std::string price_table(const nlohmann::ordered_json& before,
                                      const nlohmann::ordered_json& after);

}  // namespace systole
