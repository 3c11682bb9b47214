// SPDX-License-Identifier: Apache-2.0
// From model, run and pod to the trace of one chip. A pure function.
#pragma once

#include "config/pod.hpp"
#include "config/run.hpp"
#include "trace/trace.hpp"
#include "workload/model.hpp"

namespace systole {

// Throws UserError (sharding that the pod cannot form) and DoesNotFit.
[[nodiscard]] Trace lower(const RunConfig& run, const ModelConfig& model, const PodConfig& pod);

}  // namespace systole
