// SPDX-License-Identifier: Apache-2.0
// A recorded run as a Perfetto trace: drag it into ui.perfetto.dev.
//
// A process for each simulated chip, with a track for each unit and link, and a counter of watts
// for each component, which integrates to the component's energy. A transfer flows from the link's
// slice to the receiver's.
#pragma once

#include <cstdint>
#include <string>

#include "ledger/recording.hpp"
#include "study/result.hpp"

namespace systole {

// What one nanosecond on Perfetto's axis stands for.
enum class TraceClock : std::uint8_t {
  nanoseconds,
  cycles,  // Of the core clock.
  picoseconds
};

// The bytes of the trace. Counters have the power of one chip, also where it stands for several.
[[nodiscard]] std::string perfetto_trace(const Result& result, const Recording& recording,
                                         TraceClock clock);

}  // namespace systole
