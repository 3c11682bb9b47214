// SPDX-License-Identifier: Apache-2.0
// Manual pages (roff, man(7)), written from the command tables.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace systole {

[[nodiscard]] std::string manual(const std::vector<Command>& commands);  // systole(1)
[[nodiscard]] std::string manual_of(const Command& command);             // systole-run(1)

}  // namespace systole
