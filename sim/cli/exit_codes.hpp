// SPDX-License-Identifier: Apache-2.0
// What the program's exit says, for help and manuals.
#pragma once

#include <array>
#include <string_view>

namespace systole {

struct ExitCode {
  int code;
  std::string_view meaning;
};

inline constexpr std::array kExitCodes{
    ExitCode{0, "ok"},
    ExitCode{2, "wrong input"},
    ExitCode{3, "a broken budget"},
    ExitCode{4, "some points failed"},
    ExitCode{5, "a fault of systole or a broken law"},
    ExitCode{6, "does not fit"},
    ExitCode{130, "interrupted"},
};

}  // namespace systole
