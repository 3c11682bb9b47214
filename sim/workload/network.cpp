// SPDX-License-Identifier: Apache-2.0
#include "workload/network.hpp"

#include <algorithm>

#include "workload/graph_builder.hpp"

namespace systole {
namespace {

constexpr std::uint64_t kLogitBytes = 4;      // fp32
constexpr std::uint64_t kCandidateBytes = 8;  // A logit and its token.

class Network {
 public:
  Network(const WorkloadConfig& workload, const ModelConfig& model, const Sharding& sharding,
          const ChipConfig& chip)
      : work_(workload),
        model_(model),
        s_(sharding),
        array_columns_(chip.matrix_unit.columns),
        is_decode_(workload.phase == Phase::decode),
        tokens_(s_.batch * (is_decode_ ? 1 : workload.prompt)),
        true_tokens_(workload.batch * (is_decode_ ? 1 : workload.prompt)) {}

  Graph build() && {
    const std::uint64_t steps = is_decode_ ? work_.steps : 1;
    for (std::uint64_t step = 0; step < steps; ++step) {
      context_ = is_decode_ ? work_.context + step : 0;
      start(step == 0);
      layer();
      head();
    }
    return std::move(graph_).finish();
  }

 private:
  void start(bool is_first) {
    const Value before = graph_.open("start", 1);
    const Value launched =
        is_first ? graph_.add("launch", Launch{}, {}) : graph_.add("launch", Launch{}, {before});
    const Value rows = graph_.add("embedding", embedding(), {launched});
    collective(CollectiveKind::all_gather, "embedding_gather", rows, s_.axes,
               tokens_ * s_.embedding_columns * s_.chips);
  }

  void layer() {
    const Value x = graph_.open("layer", model_.layers);
    const Value normed = norm("attention_norm", x, tokens_);
    const Value qkv = linear("qkv", normed, model_.width, s_.qkv_columns,
                             (model_.heads + 2 * model_.kv_heads) * model_.head_width);
    const Value placed = to_sequences(rotate("rope", qkv));
    const Value attended = to_columns(graph_.add("attention", attention(), {placed}));
    const Value mixed =
        linear("output", attended, s_.output_depth, model_.width, model_.heads * model_.head_width);
    const Value middle = add("attention_residual", x, sum("attention_sum", mixed));

    const Value ready = norm("mlp_norm", middle, tokens_);
    const Value gates =
        linear("gate_up", ready, model_.width, 2 * s_.hidden_columns, 2 * model_.hidden);
    const Value hidden = gate("activation", gates);
    const Value down = linear("down", hidden, s_.hidden_columns, model_.width, model_.hidden);
    add("mlp_residual", middle, sum("mlp_sum", down));
  }

  // On the last position of each sequence.
  void head() {
    const Value x = graph_.open("head", 1);
    const Value normed = norm("final_norm", x, s_.batch);
    const Linear head{.rows = s_.batch,
                      .depth = model_.width,
                      .columns = s_.vocabulary_columns,
                      .weights = work_.weights,
                      .moving = work_.activations,
                      .result = DataType::fp32,
                      .useful = work_.batch * model_.width * model_.vocabulary};
    const Value logits = graph_.add("lm_head", head, {normed});
    const std::uint64_t count = s_.batch * s_.vocabulary_columns;
    const Vector greedy{.add = count,  // One comparison a logit.
                        .read = Bytes{kLogitBytes * count},
                        .written = Bytes{kCandidateBytes * s_.batch}};
    const Value best = graph_.add("sampling", greedy, {logits});
    if (s_.chips > 1) {
      const Collective gather{.kind = CollectiveKind::all_gather,
                              .axes = s_.axes,
                              .bytes = Bytes{kCandidateBytes * s_.batch * s_.chips},
                              .type = DataType::fp32};
      graph_.add("sampling_gather", gather, {best});
    }
  }

  // An untied table is cut by columns. A tied one is also the LM head and lies there by rows of the
  // vocabulary, so each chip looks up the tokens it has: an even share of them.
  [[nodiscard]] Lookup embedding() const {
    if (model_.tied_embeddings) {
      return {
          .rows = ceil_div(tokens_, s_.chips), .columns = model_.width, .weights = work_.weights};
    }
    return {.rows = tokens_, .columns = s_.embedding_columns, .weights = work_.weights};
  }

  // Every weight is used once for each token: `true_columns` times the width, without padding.
  Value linear(const char* name, const Value& x, std::uint64_t depth, std::uint64_t columns,
               std::uint64_t true_columns) {
    const Linear work{.rows = tokens_,
                      .depth = depth,
                      .columns = columns,
                      .weights = work_.weights,
                      .moving = work_.activations,
                      .result = work_.activations,
                      .useful = true_tokens_ * model_.width * true_columns};
    return graph_.add(name, work, {x});
  }

  // RMS norm: sum of squares in one pass, scale and gain in a second.
  Value norm(const char* name, const Value& x, std::uint64_t rows) {
    const std::uint64_t count = rows * model_.width;
    return graph_.add(name,
                      Vector{.multiply = 2 * count,
                             .fma = count,
                             .transcendental = rows,
                             .read = bytes(2 * count),
                             .written = bytes(count)},
                      {x});
  }

  // Rotary embedding: each number becomes a * cos + b * sin.
  Value rotate(const char* name, const Value& qkv) {
    const std::uint64_t count = tokens_ * s_.rotated_columns;
    return graph_.add(name, Vector{.fma = 2 * count, .read = bytes(count), .written = bytes(count)},
                      {qkv});
  }

  // silu(gate) * up: exponential and reciprocal, 1 +, two products.
  Value gate(const char* name, const Value& gates) {
    const std::uint64_t count = tokens_ * s_.hidden_columns;
    return graph_.add(name,
                      Vector{.add = count,
                             .multiply = 2 * count,
                             .transcendental = 2 * count,
                             .read = bytes(2 * count),
                             .written = bytes(count)},
                      {gates});
  }

  Value add(const char* name, const Value& x, const Value& delta) {
    const std::uint64_t count = tokens_ * model_.width;
    return graph_.add(name, Vector{.add = count, .read = bytes(2 * count), .written = bytes(count)},
                      {x, delta});
  }

  Value sum(const char* name, const Value& part) {
    return collective(CollectiveKind::all_reduce, name, part, s_.axes, tokens_ * model_.width);
  }

  // From columns of all tokens to all columns of some sequences (physics of 6d and 6e: queries and
  // the new keys and values travel together). A prefill also spreads the positions, and then needs
  // the keys and values of all of them (6a).
  Value to_sequences(const Value& qkv) {
    if (!is_spread_by_batch()) {
      return qkv;
    }
    const std::uint64_t columns = s_.qkv_columns;
    if (is_decode_) {
      const Value mine = collective(CollectiveKind::all_to_all, "attention_scatter", qkv,
                                    s_.sequence_axes, s_.batch * columns * s_.sequence_chips);
      return collective(CollectiveKind::all_gather, "attention_gather", mine, s_.context_axes,
                        s_.sequences * columns * s_.chips);
    }
    const Value mine = collective(CollectiveKind::all_to_all, "attention_scatter", qkv, s_.axes,
                                  tokens_ * columns * s_.chips);
    return collective(CollectiveKind::all_gather, "attention_gather", mine, s_.context_axes,
                      fresh_elements());
  }

  // And back. In a decode, chips that share a sequence first add up their parts: output, maximum
  // and sum of each head in fp32.
  Value to_columns(const Value& attended) {
    if (!is_spread_by_batch()) {
      return attended;
    }
    const std::uint64_t columns = s_.output_depth;
    if (!is_decode_) {
      return collective(CollectiveKind::all_to_all, "attention_return", attended, s_.axes,
                        tokens_ * columns * s_.chips);
    }
    const Value whole = combine(attended);
    return collective(CollectiveKind::all_to_all, "attention_return", whole, s_.sequence_axes,
                      s_.batch * columns * s_.sequence_chips);
  }

  Value combine(const Value& parts) {
    if (s_.context_chips == 1) {
      return parts;
    }
    const std::uint64_t heads = s_.sequences * model_.heads;
    const Collective work{.kind = CollectiveKind::reduce_scatter,
                          .axes = s_.context_axes,
                          .bytes = storage(heads * (model_.head_width + 2), DataType::fp32),
                          .type = DataType::fp32};
    const Value added = graph_.add("attention_combine", work, {parts});
    const std::uint64_t count = ceil_div(heads * model_.head_width, s_.context_chips);
    return graph_.add("attention_scale",
                      Vector{.multiply = count,
                             .transcendental = ceil_div(heads, s_.context_chips),
                             .read = storage(count, DataType::fp32),
                             .written = bytes(count)},
                      {added});
  }

  [[nodiscard]] Attention attention() const {
    return is_decode_ ? decode_attention() : prefill_attention();
  }

  // The newest key is on chip. Which of the context chips keeps it rotates by layer, so each of
  // them writes its share.
  [[nodiscard]] Attention decode_attention() const {
    const std::uint64_t useful = work_.batch * model_.heads * model_.head_width;
    return {.is_step = true,
            .products = s_.sequences * s_.kv_heads,
            .rows = s_.query_heads_per_kv,
            .cached_keys = s_.positions(context_),
            .new_keys = 1,
            .head_width = model_.head_width,
            .kv = work_.kv_cache,
            .moving = work_.activations,
            .result = DataType::fp32,  // Parts of old and new keys are still to be added.
            .cached_useful = useful * context_,
            .new_useful = useful,
            .fresh_elements = fresh_elements(),
            .kept_elements = ceil_div(fresh_elements(), s_.context_chips),
            .kept_pieces = ceil_div(kv_pieces(), s_.context_chips)};
  }

  // Positions are dealt out like cards, so that the mask leaves every chip the same work. The
  // hardware works in tiles of the array's columns: a masked run of P queries takes P (P + t) / 2
  // pairs, since the tile on the diagonal is done whole.
  [[nodiscard]] Attention prefill_attention() const {
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

  // New keys and values of the sequences of one chip, over all context chips.
  [[nodiscard]] std::uint64_t fresh_elements() const {
    const std::uint64_t positions = is_decode_ ? 1 : s_.positions(work_.prompt) * s_.context_chips;
    return kv_pieces() * positions * model_.head_width;
  }

  // The cache of a chip lies by sequence, KV head, keys or values: each is contiguous.
  [[nodiscard]] std::uint64_t kv_pieces() const { return 2 * s_.sequences * s_.kv_heads; }

  [[nodiscard]] bool is_spread_by_batch() const { return s_.sequence_chips * s_.context_chips > 1; }

  // Over no axis there is nothing to exchange.
  Value collective(CollectiveKind kind, const char* name, const Value& x,
                   const std::vector<std::uint32_t>& axes, std::uint64_t elements) {
    if (axes.empty()) {
      return x;
    }
    const Collective work{
        .kind = kind, .axes = axes, .bytes = bytes(elements), .type = work_.activations};
    return graph_.add(name, work, {x});
  }

  [[nodiscard]] Bytes bytes(std::uint64_t elements) const {
    return storage(elements, work_.activations);
  }

  const WorkloadConfig& work_;
  const ModelConfig& model_;
  const Sharding& s_;
  const std::uint64_t array_columns_;
  const bool is_decode_;
  const std::uint64_t tokens_;       // Of a group in one step, padded.
  const std::uint64_t true_tokens_;  // Of the pod.
  std::uint64_t context_ = 0;
  GraphBuilder graph_;
};

}  // namespace

Graph network(const WorkloadConfig& workload, const ModelConfig& model, const Sharding& sharding,
              const ChipConfig& chip) {
  return Network(workload, model, sharding, chip).build();
}

std::uint64_t output_tokens(const WorkloadConfig& workload) {
  return workload.batch * (workload.phase == Phase::decode ? workload.steps : 1);
}

}  // namespace systole
