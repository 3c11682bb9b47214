// SPDX-License-Identifier: Apache-2.0
// `--set key=value`, the same for every command that reads a run file.
#pragma once

#include <vector>

#include "cli/command.hpp"
#include "config/document.hpp"

namespace systole {

[[nodiscard]] Option set_option();

// Throws UserError for what is not key=value.
[[nodiscard]] std::vector<Override> overrides(const Arguments& arguments);

}  // namespace systole
