// SPDX-License-Identifier: Apache-2.0
// A result as a systole.result/1 document: SI units, fixed key order, the same bytes every time.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "study/result.hpp"

namespace systole {

[[nodiscard]] nlohmann::ordered_json to_json(const Result& result);

// The document as text, two-space indent, with a final newline.
[[nodiscard]] std::string to_text(const nlohmann::ordered_json& document);

}  // namespace systole
