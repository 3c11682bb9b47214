// SPDX-License-Identifier: Apache-2.0
// How close the simulator is to real chips, for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "study/validate.hpp"

namespace systole {

[[nodiscard]] std::string validation_table(const Validation& validation);
[[nodiscard]] nlohmann::ordered_json validation_json(const Validation& validation);

}  // namespace systole
