// SPDX-License-Identifier: Apache-2.0
// Policy: `sharding.layout: auto`. Every layout that the tensor group has axes for is lowered, and
// the one whose trace scores lowest is taken. What a trace is worth is for the caller to say.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "config/pod.hpp"
#include "config/run.hpp"
#include "trace/trace.hpp"
#include "workload/model.hpp"

namespace systole {

struct ScoredLayout {
  ShardingConfig sharding;
  std::optional<double> score;  // None: it does not fit the chips.
};

struct LayoutChoice {
  ShardingConfig best;
  std::vector<ScoredLayout> considered;  // In order of enumeration; of equals the first is taken.
};

// Throws UserError, and DoesNotFit with the first complaint if nothing fits.
[[nodiscard]] LayoutChoice choose_layout(const RunConfig& run, const ModelConfig& model,
                                         const PodConfig& pod,
                                         const std::function<double(const Trace&)>& score);

}  // namespace systole
