// SPDX-License-Identifier: Apache-2.0
// Words of a command line to Arguments, strictly: nothing is guessed, every mistake is reported.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace systole {

// Throws UserError with every mistake at once. With -h or --help among the words nothing else is
// asked for: the result has "help".
[[nodiscard]] Arguments parse(const Command& command, const std::vector<std::string>& words);

// "; did you mean 'x'?", or nothing if no candidate is near.
[[nodiscard]] std::string did_you_mean(const std::string& word,
                                       const std::vector<std::string>& candidates);

}  // namespace systole
