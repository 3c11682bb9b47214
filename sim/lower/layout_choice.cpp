// SPDX-License-Identifier: Apache-2.0
#include "lower/layout_choice.hpp"

#include "base/error.hpp"
#include "lower/lower.hpp"
#include "workload/layout.hpp"

namespace systole {

LayoutChoice choose_layout(const RunConfig& run, const ModelConfig& model, const PodConfig& pod,
                           const std::function<double(const Trace&)>& score) {
  LayoutChoice choice{};
  std::optional<double> least;
  std::optional<DoesNotFit> complaint;
  for (const ShardingConfig& sharding :
       possible_layouts(run.sharding, tensor_group(pod, run.sharding.tensor))) {
    RunConfig candidate = run;
    candidate.sharding = sharding;
    ScoredLayout& scored = choice.considered.emplace_back(ScoredLayout{sharding, std::nullopt});
    try {
      scored.score = score(lower(candidate, model, pod));
    } catch (const DoesNotFit& e) {
      complaint = complaint ? complaint : e;
      continue;
    }
    if (!least || *scored.score < *least) {
      least = scored.score;
      choice.best = sharding;
    }
  }
  if (!least) {
    throw *complaint;
  }
  return choice;
}

}  // namespace systole
