// SPDX-License-Identifier: Apache-2.0
#include "workload/network.hpp"

#include <utility>

#include "workload/graph_builder.hpp"
#include "workload/layer_parts.hpp"
#include "workload/weight_gathers.hpp"

namespace systole {
namespace {

constexpr std::uint64_t kScalarBytes = 4;     // fp32: a logit, a sum of squares.
constexpr std::uint64_t kCandidateBytes = 8;  // A logit and its token.

class Network {
 public:
  Network(const WorkloadConfig& workload, const ModelConfig& model, const Sharding& sharding,
          const ChipConfig& chip)
      : work_(workload),
        model_(model),
        s_(sharding),
        parts_(workload, model, sharding, chip.matrix_unit.columns),
        gathers_(graph_, model, sharding, workload.weights),
        matrices_(layer_matrices(model, sharding)),
        tokens_(parts_.tokens()) {}

  Graph build() && {
    const std::uint64_t steps = parts_.is_decode() ? work_.steps : 1;
    for (std::uint64_t step = 0; step < steps; ++step) {
      context_ = parts_.is_decode() ? work_.context + step : 0;
      start(step == 0);
      layers();
      head();
    }
    return std::move(graph_).finish();
  }

 private:
  using When = WeightGathers::When;

  void start(bool is_first) {
    const Value before = graph_.open("start", 1);
    const std::vector<Value> after = is_first ? std::vector<Value>{} : std::vector{before};
    const Value launched = graph_.add("launch", Launch{}, after);
    const Value rows = graph_.add("embedding", embedding(), {launched});
    if (s_.layout == Layout::two_d) {  // A table cut by columns has them where they are needed.
      if (model_.tied_embeddings) {
        exchange(CollectiveKind::all_to_all, "embedding_scatter", rows, s_.axes,
                 ceil_div(tokens_, s_.chips) * model_.width * s_.chips);
      }
      return;
    }
    const std::uint64_t held = tokens_ * s_.embedding_columns * s_.gather_chips;
    const Value mine = exchange(CollectiveKind::all_to_all, "embedding_scatter", rows,
                                s_.gather_axes, held * s_.gather_chips);
    exchange(CollectiveKind::all_gather, "embedding_gather", mine, s_.y_axes,
             tokens_ * s_.embedding_columns * s_.chips);
  }

  // With gathers ahead a layer brings the weights of the next one, so the first are brought before
  // and the last brings none.
  void layers() {
    if (!s_.gathers_ahead) {
      layer(model_.layers, s_.gather_chips > 1 ? When::now : When::never);
      return;
    }
    gathers_.whole_layer(model_.parallel_block
                             ? std::vector<std::string>{"qkv_gate_up", "output_down"}
                             : std::vector<std::string>{"qkv", "output", "gate_up", "down"});
    if (model_.layers > 1) {
      layer(model_.layers - 1, When::ahead);
    }
    layer(1, When::never);
  }

  void layer(std::uint64_t repeat, When when) {
    const Value x = graph_.open("layer", repeat);
    gathers_.start(when, x);
    if (model_.parallel_block) {
      parallel_block(x);
    } else {
      mlp(attention(x));
    }
  }

  // One norm, one product in and one out, one sum.
  void parallel_block(const Value& x) {
    const std::uint64_t heads = (model_.heads + 2 * model_.kv_heads) * model_.head_width;
    const Value in = widened("layer", "qkv_gate_up", x, 0, heads + model_.gates() * model_.hidden);
    const Value hidden = graph_.add("activation", parts_.activation(), {in});
    const Value attended = attended_values(in);
    const Value out =
        narrowed("output_down", {attended, hidden}, 1, s_.output_block + s_.hidden_block,
                 model_.heads * model_.head_width + model_.hidden);
    residual("layer", {x, sum("layer_sum", out)}, true);
  }

  Value attention(const Value& x) {
    const Value qkv =
        widened("attention", "qkv", x, 0, (model_.heads + 2 * model_.kv_heads) * model_.head_width);
    const Value out = narrowed("output", {attended_values(qkv)}, 1, s_.output_block,
                               model_.heads * model_.head_width);
    return residual("attention", {x, sum("attention_sum", out)}, false);
  }

  void mlp(const Value& middle) {
    const Value gates = widened("mlp", "gate_up", middle, 2, model_.gates() * model_.hidden);
    const Value hidden = graph_.add("activation", parts_.activation(), {gates});
    const Value down = narrowed("down", {hidden}, 3, s_.hidden_block, model_.hidden);
    residual("mlp", {middle, sum("mlp_sum", down)}, true);
  }

  // Norm and the matrix behind it. In 2-D: all-gather over y, partial products, reduce-scatter over
  // x. The sums of squares of the norm ride with it, one for each token and chip of x.
  Value widened(const std::string& part, const std::string& name, const Value& x,
                std::size_t matrix, std::uint64_t true_columns) {
    if (s_.layout != Layout::two_d) {
      const Value normed = graph_.add(part + "_norm", parts_.norm(tokens_), {x});
      return linear(name, {normed}, matrix, true_columns);
    }
    const Value whole = exchange(CollectiveKind::all_gather, part + "_input", x, s_.y_axes,
                                 tokens_ * s_.width_block);
    const Value normed = graph_.add(part + "_norm", parts_.part_of_norm(), {whole});
    const Value partial = linear(name, {normed}, matrix, true_columns);
    const std::uint64_t columns = matrices_[matrix].columns;
    const Bytes squares{kScalarBytes * tokens_ * s_.x_chips};
    const Collective reduce{.kind = CollectiveKind::reduce_scatter,
                            .axes = s_.x_axes,
                            .bytes = parts_.bytes(tokens_ * columns) + squares,
                            .type = work_.activations};
    const Value summed = graph_.add(name + "_sum", reduce, {partial});
    return graph_.add(name + "_scale", parts_.scale(ceil_div(columns, s_.x_chips)), {summed});
  }

  // In 2-D: all-gather over x; the products are partial over y.
  Value narrowed(const std::string& name, const std::vector<Value>& inputs, std::size_t matrix,
                 std::uint64_t depth, std::uint64_t true_depth) {
    if (s_.x_axes.empty()) {
      return linear(name, inputs, matrix, true_depth);
    }
    const Collective gather{.kind = CollectiveKind::all_gather,
                            .axes = s_.x_axes,
                            .bytes = parts_.bytes(tokens_ * depth),
                            .type = work_.activations};
    return linear(name, {graph_.add(name + "_gather", gather, inputs)}, matrix, true_depth);
  }

  // Every weight is used once for each token: `true_side` times the width, without padding.
  Value linear(const std::string& name, std::vector<Value> inputs, std::size_t matrix,
               std::uint64_t true_side) {
    const Linear work{.rows = tokens_,
                      .depth = matrices_[matrix].depth,
                      .columns = matrices_[matrix].columns,
                      .weights = work_.weights,
                      .moving = work_.activations,
                      .result = work_.activations,
                      .useful = parts_.true_tokens() * model_.width * true_side,
                      .gathered = s_.gather_chips > 1};
    for (const Value& weights : gathers_.before(name)) {
      inputs.push_back(weights);
    }
    Value product = graph_.add(name, work, inputs);
    gathers_.done(product);
    return product;
  }

  Value sum(const char* name, const Value& part) {
    if (s_.layout == Layout::two_d) {
      return exchange(CollectiveKind::reduce_scatter, name, part, s_.y_axes,
                      tokens_ * s_.width_block);
    }
    return exchange(CollectiveKind::all_reduce, name, part, s_.y_axes, tokens_ * model_.width);
  }

  Value residual(const std::string& part, std::vector<Value> inputs, bool ends_layer) {
    if (ends_layer) {
      inputs.insert(inputs.end(), gathers_.pending().begin(), gathers_.pending().end());
    }
    return graph_.add(part + "_residual", parts_.residual(), inputs);
  }

  Value attended_values(const Value& qkv) {
    const Value rotated = graph_.add("rope", parts_.rotation(), {qkv});
    return to_columns(graph_.add("attention", parts_.attention(context_), {to_sequences(rotated)}));
  }

  // From columns of all tokens to all columns of some sequences (physics of 6d and 6e: queries and
  // the new keys and values travel together). A prefill also spreads the positions, and then needs
  // the keys and values of all of them (6a).
  Value to_sequences(const Value& qkv) {
    Value mine = qkv;
    if (s_.shared_kv_heads > 0) {
      mine = exchange(CollectiveKind::all_gather, "kv_gather", mine, s_.x_axes,
                      tokens_ * 2 * s_.shared_kv_heads * model_.head_width);
    }
    if (parts_.is_decode()) {
      mine = exchange(CollectiveKind::all_to_all, "attention_scatter", mine, s_.sequence_axes,
                      s_.block_batch * s_.qkv_columns * s_.sequence_chips);
      return exchange(CollectiveKind::all_gather, "attention_gather", mine, s_.context_axes,
                      s_.sequences * s_.qkv_columns * s_.work_chips());
    }
    if (!s_.cuts_heads) {
      mine = exchange(CollectiveKind::all_to_all, "attention_scatter", mine, work_axes(),
                      tokens_ * s_.qkv_columns * s_.work_chips());
    }
    return exchange(CollectiveKind::all_gather, "attention_gather", mine, s_.context_axes,
                    parts_.fresh_elements());
  }

  // And back. In a decode, chips that share a sequence first add up their parts: output, maximum
  // and sum of each head in fp32.
  Value to_columns(const Value& attended) {
    if (s_.cuts_heads) {
      return attended;
    }
    if (!parts_.is_decode()) {
      return exchange(CollectiveKind::all_to_all, "attention_return", attended, work_axes(),
                      tokens_ * s_.output_depth * s_.work_chips());
    }
    return exchange(CollectiveKind::all_to_all, "attention_return", combine(attended),
                    s_.sequence_axes, s_.block_batch * s_.output_depth * s_.sequence_chips);
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
    return graph_.add("attention_scale", parts_.combined_scale(), {added});
  }

  // On the last position of each sequence. The head's matrix is cut by its columns over all chips
  // in every layout, so each of them needs the whole rows.
  void head() {
    Value x = graph_.open("head", 1);
    x = exchange(CollectiveKind::all_gather, "head_gather", x,
                 s_.layout == Layout::two_d ? s_.axes : s_.gather_axes, s_.batch * model_.width);
    const Value normed = graph_.add("final_norm", parts_.norm(s_.batch), {x});
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
                        .read = Bytes{kScalarBytes * count},
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

  // An untied table is cut by columns: a chip looks up its columns of all tokens of the group. A
  // tied one is also the LM head and lies there by rows of the vocabulary, so each chip looks up
  // the tokens it has: an even share of them.
  [[nodiscard]] Lookup embedding() const {
    const std::uint64_t all = tokens_ * s_.gather_chips;
    if (model_.tied_embeddings) {
      return {.rows = ceil_div(all, s_.chips), .columns = model_.width, .weights = work_.weights};
    }
    return {.rows = all, .columns = s_.embedding_columns, .weights = work_.weights};
  }

  [[nodiscard]] const std::vector<std::uint32_t>& work_axes() const {
    return s_.layout == Layout::two_d ? s_.axes : s_.y_axes;
  }

  // Over no axis there is nothing to exchange.
  Value exchange(CollectiveKind kind, const std::string& name, const Value& x,
                 const std::vector<std::uint32_t>& axes, std::uint64_t elements) {
    if (axes.empty()) {
      return x;
    }
    const Collective work{
        .kind = kind, .axes = axes, .bytes = parts_.bytes(elements), .type = work_.activations};
    return graph_.add(name, work, {x});
  }

  const WorkloadConfig& work_;
  const ModelConfig& model_;
  const Sharding& s_;
  const LayerParts parts_;
  GraphBuilder graph_;
  WeightGathers gathers_;
  const std::vector<Matrix> matrices_;
  const std::uint64_t tokens_;
  std::uint64_t context_ = 0;
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
