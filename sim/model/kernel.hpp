// SPDX-License-Identifier: Apache-2.0
// A SystemC kernel of one's own for the length of a simulation.
#pragma once

#include <functional>
#include <string>

namespace systole::model {

// Runs `body` in a fresh kernel whose time unit is the femtosecond. The kernel is a process-wide
// global: nothing else may simulate at the same time in this process.
void with_fresh_kernel(const std::function<void()>& body);

// The version of the kernel's library: "2.3.4-Accellera".
[[nodiscard]] std::string kernel_version();

}  // namespace systole::model
