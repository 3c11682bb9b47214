// SPDX-License-Identifier: Apache-2.0
// Holds a trace against the machine that is to run it, before the first cycle.
//
// Dependencies end, shapes and blocks fit each other, blocks fit the buffers, buffers and residents
// fit the stores, types and axes exist, and no count can overflow: what passes here, the model
// runs.
#pragma once

#include <cstdint>

#include "base/quantity.hpp"
#include "trace/source.hpp"
#include "trace/trace.hpp"

namespace systole {

// Capacities of one chip; 0 means that the chip has no such store.
struct Stores {
  Bytes scratchpad;
  Bytes far_sram;
  Bytes hbm;
};

struct TraceMachine {
  std::uint64_t chips;       // Of the pod.
  std::uint32_t group_axes;  // Axes of a tensor group: tensor_group(pod, trace.tensor).size().
  Stores stores;
};

// Throws UserError with every mistake. With a source each stands at its line of the text; without,
// for a trace built in memory, messages begin with "block.operation".
void verify(const Trace& trace, const TraceMachine& machine, const TraceSource* source = nullptr);

}  // namespace systole
