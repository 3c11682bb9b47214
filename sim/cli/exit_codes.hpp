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

inline constexpr int kWrongInput = 2;
inline constexpr int kBrokenBudget = 3;
inline constexpr int kSomeFailed = 4;
inline constexpr int kFault = 5;
inline constexpr int kDoesNotFit = 6;
inline constexpr int kInterrupted = 130;

inline constexpr std::array kExitCodes{
    ExitCode{0, "ok"},
    ExitCode{kWrongInput, "wrong input"},
    ExitCode{kBrokenBudget, "a broken budget"},
    ExitCode{kSomeFailed, "some points failed"},
    ExitCode{kFault, "a fault of systole or a broken law"},
    ExitCode{kDoesNotFit, "does not fit"},
    ExitCode{kInterrupted, "interrupted"},
};

}  // namespace systole
