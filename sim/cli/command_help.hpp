// SPDX-License-Identifier: Apache-2.0
// Help, written from the command tables: at most a screen, examples first.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace systole {

[[nodiscard]] std::string overview(const std::vector<Command>& commands);  // `systole -h`
[[nodiscard]] std::string help_of(const Command& command);                 // `systole run -h`

}  // namespace systole
