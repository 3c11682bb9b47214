// SPDX-License-Identifier: Apache-2.0
// From a standard's file to a device at one clock: every time becomes whole cycles, rounded up,
// but for the interval of refreshes, which is a longest time and is rounded down.
#pragma once

#include <string_view>

#include "config/memory.hpp"
#include "dram/device.hpp"

namespace systole::dram {

[[nodiscard]] std::string_view name(Command command);  // "precharge_all".
[[nodiscard]] std::string_view name(Scope scope);

// Throws UserError for a preset or mapping that the standard's file does not have.
[[nodiscard]] Device resolve(const MemoryConfig& memory, std::string_view preset,
                             std::string_view mapping, Femtoseconds cycle);

// Bursts ahead whose rows have to be prepared so that a stream never waits for one. Row commands go
// in the order of their bursts, so the groups' rows are closed and opened one after the other:
// groups x (tRP + 1) + tRCD, a power of two, at least 64.
[[nodiscard]] std::uint32_t lookahead_for(const Device& device);

}  // namespace systole::dram
