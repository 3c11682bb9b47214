// SPDX-License-Identifier: Apache-2.0
// What a stack of memory did under a pattern, as a document and for a person.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "study/hbm.hpp"

namespace systole {

[[nodiscard]] nlohmann::ordered_json to_json(const HbmResult& result);
[[nodiscard]] std::string console(const HbmResult& result);  // Ends with a newline.

}  // namespace systole
