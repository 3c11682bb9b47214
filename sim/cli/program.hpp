// SPDX-License-Identifier: Apache-2.0
// Another program, run to its end.
#pragma once

#include <string>
#include <vector>

namespace systole {

struct ProgramEnd {
  int exit;         // 127: it could not be started.
  std::string out;  // Its standard output.
  std::string err;
};

// The program is looked for in PATH. No shell is involved.
[[nodiscard]] ProgramEnd run_program(const std::vector<std::string>& words);

}  // namespace systole
