// SPDX-License-Identifier: Apache-2.0
#include "workload/sharding.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace systole {
namespace {

// Nothing is replicated in batch attention: columns go over all chips, heads stay together only
// inside attention, after an all-to-all.
void split_by_batch(Sharding& s, const ModelConfig& model, const std::vector<GroupAxis>& group) {
  std::size_t leading = 0;
  while (leading < group.size() && s.batch % (s.sequence_chips * group[leading].length) == 0) {
    s.sequence_chips *= group[leading].length;
    ++leading;
  }
  const auto first_context = s.axes.begin() + static_cast<std::ptrdiff_t>(leading);
  s.sequence_axes.assign(s.axes.begin(), first_context);
  s.context_axes.assign(first_context, s.axes.end());
  s.context_chips = s.chips / s.sequence_chips;
  s.sequences = s.batch / s.sequence_chips;
  s.kv_heads = model.kv_heads;
  s.query_heads_per_kv = model.heads / model.kv_heads;
  s.qkv_columns = ceil_div((model.heads + 2 * model.kv_heads) * model.head_width, s.chips);
  s.rotated_columns = ceil_div((model.heads + model.kv_heads) * model.head_width, s.chips);
  s.output_depth = ceil_div(model.heads * model.head_width, s.chips);
}

// Whole heads: a chip works for one KV head at least, and the query heads of a KV head are spread
// over the chips that have a copy of it.
void split_by_heads(Sharding& s, const ModelConfig& model) {
  const std::uint64_t copies = std::max<std::uint64_t>(1, s.chips / model.kv_heads);
  s.sequences = s.batch;
  s.kv_heads = ceil_div(model.kv_heads, s.chips);
  s.query_heads_per_kv = ceil_div(model.heads / model.kv_heads, copies);
  const std::uint64_t query_heads = s.kv_heads * s.query_heads_per_kv;
  s.qkv_columns = (query_heads + 2 * s.kv_heads) * model.head_width;
  s.rotated_columns = (query_heads + s.kv_heads) * model.head_width;
  s.output_depth = query_heads * model.head_width;
}

void require_all_chips(const ShardingConfig& sharding, const PodConfig& pod) {
  const std::uint64_t used = std::uint64_t{sharding.tensor} * sharding.data;
  if (sharding.tensor == 0 || sharding.data == 0 || used != pod.chips()) {
    fail("sharding: tensor {} x data {} = {} chips, but pod '{}' has {}", sharding.tensor,
         sharding.data, used, pod.name, pod.chips());
  }
}

}  // namespace

Sharding shard(const RunConfig& run, const ModelConfig& model, const PodConfig& pod) {
  require_all_chips(run.sharding, pod);
  const std::vector<GroupAxis> group = tensor_group(pod, run.sharding.tensor);
  Sharding s{};
  s.chips = run.sharding.tensor;
  for (std::uint32_t axis = 0; axis < group.size(); ++axis) {
    s.axes.push_back(axis);
  }
  s.sequence_chips = 1;
  s.context_chips = 1;
  s.batch = ceil_div(run.workload.batch, run.sharding.data);
  if (run.sharding.attention == AttentionSharding::batch) {
    split_by_batch(s, model, group);
  } else {
    split_by_heads(s, model);
  }
  s.hidden_columns = ceil_div(model.hidden, s.chips);
  s.embedding_columns = ceil_div(model.width, s.chips);
  s.vocabulary_columns = ceil_div(model.vocabulary, s.chips);
  return s;
}

Footprint footprint(const WorkloadConfig& workload, const ModelConfig& model, const Sharding& s) {
  const auto stored = [&](std::uint64_t rows, std::uint64_t columns) {
    return storage(rows * columns, workload.weights);
  };
  Bytes layer = stored(model.width, s.qkv_columns);
  layer += stored(s.output_depth, model.width);
  layer += stored(model.width, 2 * s.hidden_columns);
  layer += stored(s.hidden_columns, model.width);
  Footprint total{};
  total.weights = layer * model.layers;
  total.weights += stored(model.width, s.vocabulary_columns);
  if (!model.tied_embeddings) {
    total.weights += stored(model.vocabulary, s.embedding_columns);
  }
  const std::uint64_t tokens =
      workload.phase == Phase::decode ? workload.context + workload.steps : workload.prompt;
  const std::uint64_t cached =
      2 * s.sequences * s.positions(tokens) * s.kv_heads * model.head_width;
  total.kv_cache = storage(cached, workload.kv_cache) * model.layers;
  if (workload.phase == Phase::prefill && s.context_chips > 1) {
    total.kv_cache += storage(cached * (s.context_chips - 1), workload.kv_cache);
  }
  return total;
}

}  // namespace systole
