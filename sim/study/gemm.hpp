// SPDX-License-Identifier: Apache-2.0
// One matrix multiply as a trace of one operation, for a pod of one chip with one matrix unit.
#pragma once

#include "config/pod.hpp"
#include "study/point.hpp"
#include "trace/trace.hpp"

namespace systole {

// Reads shape, types and `hbm` of the options; the rest is in the pod. Throws UserError for a shape
// that cannot be counted, DoesNotFit.
[[nodiscard]] Trace gemm_trace(const GemmOptions& options, const PodConfig& pod);

}  // namespace systole
