// SPDX-License-Identifier: Apache-2.0
// A stand-alone collective through the flit-level network.
#pragma once

#include "config/pod.hpp"
#include "model/simulate.hpp"
#include "trace/trace.hpp"

namespace systole {

// The trace is one collective over all chips. Counts as in sim/model, one page a chip and a link,
// no windows. Throws UserError if the pod has more chips than the network takes.
[[nodiscard]] Simulation run_flits(const PodConfig& pod, const Trace& trace);

}  // namespace systole
