// SPDX-License-Identifier: Apache-2.0
// Policy: which store of a chip holds weights, KV cache, gathered weights and activations.
//
// As near as they fit, weights first, since every step reads all of them, unless the run file says
// where. Half of the scratchpad
// always stays free for the buffers of operands in flight.
#pragma once

#include <cstdint>

#include "config/chip.hpp"
#include "config/run.hpp"
#include "trace/trace.hpp"
#include "workload/model.hpp"
#include "workload/sharding.hpp"

namespace systole {

struct Places {
  Place weights;
  Place kv_cache;
  Place gathered;  // Weights that other chips keep, while a layer uses them.
  Residency residency;
};

// Throws DoesNotFit: what is needed, what there is, and which settings would make it fit.
[[nodiscard]] Places settle(const RunConfig& run, const ModelConfig& model, const PodConfig& pod,
                            const Sharding& sharding);

// A value stays in the scratchpad if four of its kind do: the residual stream, an input, an output
// and a collective's copy are alive at once.
inline constexpr std::uint64_t kLiveActivations = 4;

// Where a value of so many bytes lies between two operations. Throws DoesNotFit.
//
// A value at hbm is written by the matmul that makes it and read by the next one. That is the
// traffic of the row-wise schedule which compilers choose there: a panel of rows goes through
// collective, residual and norm while it is on chip, and one panel is read and one written between
// two matmuls.
[[nodiscard]] Place place_of_activation(Bytes value, const Places& places, const ChipConfig& chip);

}  // namespace systole
