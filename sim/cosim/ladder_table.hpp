// SPDX-License-Identifier: Apache-2.0
// What climbing the ladder gave, for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cosim/ladder.hpp"

namespace systole::cosim {

[[nodiscard]] std::string ladder_table(const Climbed& climbed);

[[nodiscard]] nlohmann::ordered_json ladder_json(const Climbed& climbed);

// The first difference: where it was, what was seen, and the command that shows it again, to which
// `options` that the ladder does not know are added.
[[nodiscard]] std::string explain(const Failure& failure, const std::string& options);

}  // namespace systole::cosim
