// SPDX-License-Identifier: Apache-2.0
// The time of a trace in closed form, operation by operation: microseconds of work for a whole
// step.
//
// Every operation has one duration, worked out from its shapes as in sim/model/README.md;
// operations start when the model would issue them, memory traffic is a fluid that shares one bus,
// and a block that repeats is worked through until its iterations are all alike. Never below a
// bound.
#pragma once

#include "config/pod.hpp"
#include "ledger/ledger.hpp"
#include "trace/trace.hpp"

namespace systole {

// The ledger of a run that took so long: counts of the whole pod, no states.
[[nodiscard]] Ledger estimate(const PodConfig& pod, const Trace& trace);

}  // namespace systole
