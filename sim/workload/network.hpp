// SPDX-License-Identifier: Apache-2.0
// The network of a Llama as the operation graph of one chip of a tensor group.
#pragma once

#include "config/chip.hpp"
#include "config/run.hpp"
#include "workload/graph.hpp"
#include "workload/model.hpp"
#include "workload/sharding.hpp"

namespace systole {

// Blocks `start`, `layer` and `head`, once for a prefill and once for each step of a decode.
[[nodiscard]] Graph network(const WorkloadConfig& workload, const ModelConfig& model,
                            const Sharding& sharding, const ChipConfig& chip);

// Tokens that the pod puts out: one for each sequence and step, the first one by the prefill.
[[nodiscard]] std::uint64_t output_tokens(const WorkloadConfig& workload);

}  // namespace systole
