// SPDX-License-Identifier: Apache-2.0
// Traces of what was measured, where a run file cannot say it.
#pragma once

#include <cstdint>

#include "config/pod.hpp"
#include "trace/trace.hpp"

namespace systole {

// Reads and writes in pieces through the scratchpad, of which two are under way at a time.
[[nodiscard]] Trace copy_trace(Bytes bytes, const PodConfig& pod);

// Two bf16 vectors from HBM, their sum back to HBM.
[[nodiscard]] Trace add_trace(std::uint64_t elements, const PodConfig& pod);

// Over all axes of the pod, dispatched by itself.
[[nodiscard]] Trace all_gather_trace(Bytes bytes, const PodConfig& pod);

// Fully connected int8 layers on TPU v1, whose weights wait in a FIFO of four tiles.
struct MlpShape {
  std::uint64_t layers;
  std::uint64_t width;  // Inputs and outputs of each layer.
  std::uint64_t batch;
};
inline constexpr std::uint64_t kMlpBatches = 4;  // One after the other, each launched by itself.
[[nodiscard]] Trace mlp_trace(const MlpShape& shape, const PodConfig& pod);

// Programs that do nothing, for about a millisecond.
[[nodiscard]] Trace idle_trace(const PodConfig& pod);

}  // namespace systole
