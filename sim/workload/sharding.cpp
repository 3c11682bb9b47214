// SPDX-License-Identifier: Apache-2.0
#include "workload/sharding.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "workload/layout.hpp"

namespace systole {
namespace {

using Axes = std::vector<std::uint32_t>;

std::uint64_t product(const Axes& axes, const std::vector<GroupAxis>& group) {
  return std::accumulate(
      axes.begin(), axes.end(), std::uint64_t{1},
      [&](std::uint64_t n, std::uint32_t axis) { return n * group[axis].length; });
}

// Sequences over the leading axes whose product divides what is left of the batch; returns how many
// axes those are.
std::size_t leading(const Axes& axes, const std::vector<GroupAxis>& group, std::uint64_t& batch) {
  std::size_t taken = 0;
  while (taken < axes.size() && batch % group[axes[taken]].length == 0) {
    batch /= group[axes[taken]].length;
    ++taken;
  }
  return taken;
}

// Tokens across the gather axes. What the batch does not fill cuts the prompt; a decode, which has
// one token a sequence, pads.
void spread_tokens(Sharding& s, const std::vector<GroupAxis>& group, bool is_decode) {
  s.block_batch = s.batch;
  s.position_chips = 1;
  if (is_decode) {
    s.block_batch = ceil_div(s.batch, s.gather_chips);
    return;
  }
  const std::size_t taken = leading(s.gather_axes, group, s.block_batch);
  s.context_axes.assign(s.gather_axes.begin() + static_cast<std::ptrdiff_t>(taken),
                        s.gather_axes.end());
  s.position_chips = product(s.context_axes, group);
}

// Nothing is replicated in batch attention: columns go over all chips, heads stay together only
// inside attention, after an all-to-all.
void split_columns(Sharding& s, const ModelConfig& model, const std::vector<GroupAxis>& group,
                   bool by_context) {
  Axes work = s.x_axes;
  work.insert(work.end(), s.y_axes.begin(), s.y_axes.end());
  std::sort(work.begin(), work.end());
  s.sequences = s.block_batch;
  const std::size_t taken = by_context ? 0 : leading(work, group, s.sequences);
  const auto first_context = work.begin() + static_cast<std::ptrdiff_t>(taken);
  s.sequence_axes.assign(work.begin(), first_context);
  s.context_axes.insert(s.context_axes.end(), first_context, work.end());
  s.kv_heads = model.kv_heads;
  s.query_heads_per_kv = model.heads / model.kv_heads;
  s.qkv_block = ceil_div((model.heads + 2 * model.kv_heads) * model.head_width, s.y_chips);
  s.qkv_columns = ceil_div(s.qkv_block, s.x_chips);
  s.rotated_columns = ceil_div((model.heads + model.kv_heads) * model.head_width, s.work_chips());
  s.output_block = ceil_div(model.heads * model.head_width, s.y_chips);
  s.output_depth = ceil_div(s.output_block, s.x_chips);
}

// Whole heads: a chip works for one KV head at least, and the query heads of a KV head are spread
// over the chips that have a copy of it. Query heads that do not divide are padded.
void split_heads(Sharding& s, const ModelConfig& model) {
  const std::uint64_t copies = std::max<std::uint64_t>(1, s.work_chips() / model.kv_heads);
  s.cuts_heads = true;
  s.sequences = s.block_batch;
  s.kv_heads = ceil_div(model.kv_heads, s.work_chips());
  s.query_heads_per_kv = ceil_div(model.heads / model.kv_heads, copies);
  const std::uint64_t query_heads = s.kv_heads * s.query_heads_per_kv;
  const bool is_shared = copies > 1 && s.x_chips > 1;
  s.shared_kv_heads = is_shared ? ceil_div(model.kv_heads, s.y_chips) : 0;
  const std::uint64_t kv_block = is_shared ? s.shared_kv_heads : s.x_chips * s.kv_heads;
  s.qkv_block = (s.x_chips * query_heads + 2 * kv_block) * model.head_width;
  s.qkv_columns = ceil_div(s.qkv_block, s.x_chips);
  s.rotated_columns = (query_heads + s.kv_heads) * model.head_width;
  s.output_depth = query_heads * model.head_width;
  s.output_block = s.x_chips * s.output_depth;
}

void require_all_chips(const ShardingConfig& sharding, const PodConfig& pod) {
  const std::uint64_t used = std::uint64_t{sharding.tensor} * sharding.data;
  if (sharding.tensor == 0 || sharding.data == 0 || used != pod.chips()) {
    fail("sharding: tensor {} x data {} = {} chips, but pod '{}' has {}", sharding.tensor,
         sharding.data, used, pod.name, pod.chips());
  }
}

void split_weights(Sharding& s, const ModelConfig& model) {
  s.width_block = ceil_div(model.width, s.x_chips);
  s.hidden_block = ceil_div(model.hidden, s.y_chips);
  s.hidden_columns = ceil_div(s.hidden_block, s.x_chips);
  const bool is_two_d = s.layout == Layout::two_d;
  s.residual_columns = is_two_d ? ceil_div(s.width_block, s.y_chips) : model.width;
  s.embedding_columns = is_two_d ? s.residual_columns : ceil_div(model.width, s.chips);
  s.vocabulary_columns = ceil_div(model.vocabulary, s.chips);
}

}  // namespace

Sharding shard(const RunConfig& run, const ModelConfig& model, const PodConfig& pod) {
  require_all_chips(run.sharding, pod);
  const std::vector<GroupAxis> group = tensor_group(pod, run.sharding.tensor);
  const LayoutAxes roles = layout_axes(run.sharding, pod, group);
  Sharding s{};
  s.chips = run.sharding.tensor;
  s.axes.resize(group.size());
  std::iota(s.axes.begin(), s.axes.end(), 0U);
  s.layout = run.sharding.layout;
  s.x_axes = roles.x;
  s.y_axes = roles.y;
  s.gather_axes = roles.gather;
  s.x_chips = product(s.x_axes, group);
  s.y_chips = product(s.y_axes, group);
  s.gather_chips = product(s.gather_axes, group);
  s.gathers_ahead = s.gather_chips > 1 && run.overlap != Overlap::none;
  s.batch = ceil_div(run.workload.batch, run.sharding.data);
  spread_tokens(s, group, run.workload.phase == Phase::decode);
  if (run.sharding.attention == AttentionSharding::heads) {
    split_heads(s, model);
  } else {
    split_columns(s, model, group, run.sharding.attention == AttentionSharding::context);
  }
  s.sequence_chips = product(s.sequence_axes, group);
  s.context_chips = product(s.context_axes, group);
  split_weights(s, model);
  return s;
}

std::vector<Matrix> layer_matrices(const ModelConfig& model, const Sharding& s) {
  const std::uint64_t gates = model.gates() * s.hidden_block;
  if (model.parallel_block) {
    return {{s.width_block, s.qkv_block + gates}, {s.output_block + s.hidden_block, s.width_block}};
  }
  return {{s.width_block, s.qkv_block},
          {s.output_block, s.width_block},
          {s.width_block, gates},
          {s.hidden_block, s.width_block}};
}

Footprint footprint(const WorkloadConfig& workload, const ModelConfig& model, const Sharding& s) {
  Footprint total{};
  Bytes largest{};
  Bytes layer{};
  for (const Matrix& matrix : layer_matrices(model, s)) {
    const Bytes gathered = storage(matrix.elements(), workload.weights);
    largest = std::max(largest, gathered);
    layer += gathered;
    total.weights += storage(ceil_div(matrix.elements(), s.gather_chips), workload.weights);
  }
  total.weights = total.weights * model.layers;
  total.weights += storage(model.width * s.vocabulary_columns, workload.weights);
  if (!model.tied_embeddings) {
    total.weights += storage(model.vocabulary * s.embedding_columns, workload.weights);
  }
  if (s.gather_chips > 1) {
    total.gathered = s.gathers_ahead ? layer + largest : largest;
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
