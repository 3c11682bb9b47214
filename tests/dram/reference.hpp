// SPDX-License-Identifier: Apache-2.0
// One channel served as sim/dram/README.md says, in the plainest way: every command is tried cycle
// by cycle against the list of constraints and all that was issued before. Slow, and written from
// that page alone.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dram/channel.hpp"
#include "dram/device.hpp"
#include "dram/trace.hpp"

namespace systole::dram {

struct ReferenceResult {
  CommandTrace trace;  // In the order of cycles, rows before columns in one cycle.
  std::vector<std::uint64_t> completed;  // Of each request: cycle after its last data.
  Counts counts;
};

// Until the last burst is served. Requests of a stream are in the order of their arrival.
[[nodiscard]] ReferenceResult reference(const Device& device, const Service& service,
                                        const std::vector<Request>& requests);

}  // namespace systole::dram
