// SPDX-License-Identifier: Apache-2.0
// A SystemC kernel of one's own for the length of a simulation.
#pragma once

#include <functional>

namespace systole::model {

// Runs `body` in a fresh kernel whose time unit is the femtosecond. The kernel is a process-wide
// global: nothing else may simulate at the same time in this process.
void with_fresh_kernel(const std::function<void()>& body);

}  // namespace systole::model
