// SPDX-License-Identifier: Apache-2.0
// Whether a device may do what a trace says: every pair of commands against the list of
// constraints.
//
// Nothing is kept but the trace itself and which rows are open: for each command the earlier ones
// are walked back until none can matter, O(commands x window). It shares no line with the engine.
#pragma once

#include <optional>
#include <string>

#include "dram/channel.hpp"
#include "dram/device.hpp"
#include "dram/trace.hpp"

namespace systole::dram {

struct Violation {
  std::string rule;                      // Name of the constraint, or what else is broken.
  std::optional<IssuedCommand> first{};  // The earlier command, where the rule is about two.
  IssuedCommand second;
};

// The first command that breaks a rule, and the rule: constraints, rows open and closed, one
// command a cycle and bus, where bursts lie, refreshes due. Nothing if there is none.
[[nodiscard]] std::optional<Violation> first_violation(const Device& device,
                                                       const CommandTrace& trace, Refresh refresh);

// "bank activate -> read: tRCDRD: activate bank 3 row 7 at 100, read bank 3 row 7 at 113".
[[nodiscard]] std::string describe(const Violation& violation);

// Where a burst of a channel lies, by the mapping alone.
[[nodiscard]] Location location(const Device& device, std::uint64_t burst);

}  // namespace systole::dram
