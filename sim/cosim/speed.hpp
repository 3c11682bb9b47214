// SPDX-License-Identifier: Apache-2.0
// How fast a verilated array runs by itself: recorded inputs, nothing compared.
#pragma once

#include "cosim/rtl.hpp"

namespace systole::cosim {

// Cycles in a second of CPU time, under steady traffic, measured for about `seconds`.
[[nodiscard]] double speed(const RtlVariant& variant, double seconds);

}  // namespace systole::cosim
