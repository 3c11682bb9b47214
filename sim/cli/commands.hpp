// SPDX-License-Identifier: Apache-2.0
// The subcommands, one file each.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace systole {

[[nodiscard]] Command run_command();
[[nodiscard]] Command explain_command();
[[nodiscard]] Command rerun_command();
[[nodiscard]] Command lower_command();
[[nodiscard]] Command gemm_command();
[[nodiscard]] Command collective_command();
[[nodiscard]] Command hbm_command();
[[nodiscard]] Command sweep_command();
[[nodiscard]] Command search_command();
[[nodiscard]] Command merge_command();
[[nodiscard]] Command price_command();
[[nodiscard]] Command compare_command();
[[nodiscard]] Command check_command();
[[nodiscard]] Command report_command();
[[nodiscard]] Command export_command();
[[nodiscard]] Command numbers_command();
[[nodiscard]] Command verify_command();
[[nodiscard]] Command validate_command();
[[nodiscard]] Command list_command();
[[nodiscard]] Command new_command();
[[nodiscard]] Command config_command();
[[nodiscard]] Command schema_command();
[[nodiscard]] Command help_command();
[[nodiscard]] Command doctor_command();
[[nodiscard]] Command completion_command();
[[nodiscard]] Command man_command();

[[nodiscard]] std::vector<Command> commands();  // All, in the order of help.

// Runs `systole WORDS` and returns the exit code. Throws UserError, DoesNotFit, Bug.
[[nodiscard]] int run_command_line(const std::vector<std::string>& words);

}  // namespace systole
