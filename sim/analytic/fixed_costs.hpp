// SPDX-License-Identifier: Apache-2.0
// The chain of fixed costs: what would be left of a run if everything were infinitely wide.
#pragma once

#include "config/pod.hpp"
#include "trace/trace.hpp"

namespace systole {

// The longest path through kernel starts and through starts, steps and hops of collectives, along
// the trace's dependencies; collectives also follow one another.
[[nodiscard]] Femtoseconds fixed_costs(const PodConfig& pod, const Trace& trace);

}  // namespace systole
