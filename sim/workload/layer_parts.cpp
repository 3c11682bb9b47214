// SPDX-License-Identifier: Apache-2.0
#include "workload/layer_parts.hpp"

#include <algorithm>

namespace systole {

LayerParts::LayerParts(const WorkloadConfig& workload, const ModelConfig& model,
                       const Sharding& sharding, std::uint64_t array_columns)
    : work_(workload),
      model_(model),
      s_(sharding),
      array_columns_(array_columns),
      is_decode_(workload.phase == Phase::decode),
      tokens_(s_.block_batch * (is_decode_ ? 1 : ceil_div(workload.prompt, s_.position_chips))),
      true_tokens_(workload.batch * (is_decode_ ? 1 : workload.prompt)) {}

// Sum of squares in one pass, scale and gain in a second.
Vector LayerParts::norm(std::uint64_t rows) const {
  const std::uint64_t count = rows * model_.width;
  return {.multiply = 2 * count,
          .fma = count,
          .transcendental = rows,
          .read = bytes(2 * count),
          .written = bytes(count)};
}

Vector LayerParts::part_of_norm() const {
  const std::uint64_t count = tokens_ * s_.width_block;
  return {.multiply = count, .fma = count, .read = bytes(count), .written = bytes(count)};
}

Vector LayerParts::scale(std::uint64_t columns) const {
  const std::uint64_t count = tokens_ * columns;
  return {
      .multiply = count, .transcendental = tokens_, .read = bytes(count), .written = bytes(count)};
}

// Rotary embedding: each number becomes a * cos + b * sin.
Vector LayerParts::rotation() const {
  const std::uint64_t count = tokens_ * s_.rotated_columns;
  return {.fma = 2 * count, .read = bytes(count), .written = bytes(count)};
}

// silu(gate) * up: exponential and reciprocal, 1 +, two products. Without a gate one product less.
Vector LayerParts::activation() const {
  const std::uint64_t count = tokens_ * s_.hidden_columns;
  return {.add = count,
          .multiply = model_.gates() * count,
          .transcendental = 2 * count,
          .read = bytes(model_.gates() * count),
          .written = bytes(count)};
}

Vector LayerParts::residual() const {
  const std::uint64_t count = tokens_ * s_.residual_columns;
  return {.add = count, .read = bytes(2 * count), .written = bytes(count)};
}

Vector LayerParts::combined_scale() const {
  const std::uint64_t heads = s_.sequences * model_.heads;
  const std::uint64_t count = ceil_div(heads * model_.head_width, s_.context_chips);
  return {.multiply = count,
          .transcendental = ceil_div(heads, s_.context_chips),
          .read = storage(count, DataType::fp32),
          .written = bytes(count)};
}

Attention LayerParts::attention(std::uint64_t context) const {
  return is_decode_ ? decode_attention(context) : prefill_attention();
}

// The newest key is on chip. Which of the context chips keeps it rotates by layer, so each of
// them writes its share.
Attention LayerParts::decode_attention(std::uint64_t context) const {
  const std::uint64_t useful = work_.batch * model_.heads * model_.head_width;
  return {.is_step = true,
          .products = s_.sequences * s_.kv_heads,
          .rows = s_.query_heads_per_kv,
          .cached_keys = s_.positions(context),
          .new_keys = 1,
          .head_width = model_.head_width,
          .kv = work_.kv_cache,
          .moving = work_.activations,
          .result = DataType::fp32,  // Parts of old and new keys are still to be added.
          .cached_useful = useful * context,
          .new_useful = useful,
          .fresh_elements = fresh_elements(),
          .kept_elements = ceil_div(fresh_elements(), s_.context_chips),
          .kept_pieces = ceil_div(kv_pieces(), s_.context_chips)};
}

// Positions are dealt out like cards, so that the mask leaves every chip the same work. The
// hardware works in tiles of the array's columns: a masked run of P queries takes P (P + t) / 2
// pairs, since the tile on the diagonal is done whole.
Attention LayerParts::prefill_attention() const {
  const std::uint64_t prompt = work_.prompt;
  const bool is_half = work_.causal == Causal::half;
  const std::uint64_t tile = std::min(array_columns_, prompt);
  const std::uint64_t queries = ceil_div(prompt, (is_half ? 2 : 1) * s_.context_chips);
  const std::uint64_t pairs = is_half ? prompt * (prompt + 1) / 2 : prompt * prompt;
  return {.is_step = false,
          .products = s_.sequences * s_.kv_heads,
          .rows = s_.query_heads_per_kv * queries,
          .cached_keys = 0,
          .new_keys = is_half ? prompt + tile : prompt,
          .head_width = model_.head_width,
          .kv = work_.kv_cache,
          .moving = work_.activations,
          .result = work_.activations,
          .cached_useful = 0,
          .new_useful = work_.batch * model_.heads * model_.head_width * pairs,
          .fresh_elements = fresh_elements(),
          .kept_elements = fresh_elements() / s_.context_chips,
          .kept_pieces = kv_pieces()};
}

std::uint64_t LayerParts::fresh_elements() const {
  const std::uint64_t positions = is_decode_ ? 1 : s_.positions(work_.prompt) * s_.context_chips;
  return kv_pieces() * positions * model_.head_width;
}

}  // namespace systole
