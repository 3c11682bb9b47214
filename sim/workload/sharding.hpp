// SPDX-License-Identifier: Apache-2.0
// How a tensor group splits a network: every shape of one chip, worked out in this one place.
//
// A layer's matrices are cut along two sides: the model's width over the x axes, the other side
// (heads, hidden layer) over the y axes. In a 1-D layout there are no x axes; in a gathered layout
// y is what the gather axes leave, and tokens lie across the gather axes. Heads are cut as columns,
// without regard to their boundaries, unless attention is sharded by heads. What does not divide is
// rounded up: the hardware works on the padding too.
#pragma once

#include <cstdint>
#include <vector>

#include "base/data_type.hpp"
#include "config/pod.hpp"
#include "config/run.hpp"
#include "workload/model.hpp"

namespace systole {

struct Sharding {
  std::uint64_t chips;              // Of a tensor group, n.
  std::vector<std::uint32_t> axes;  // All axes of the group, as indices.
  Layout layout;
  std::vector<std::uint32_t> x_axes;
  std::vector<std::uint32_t> y_axes;
  std::vector<std::uint32_t> gather_axes;
  std::uint64_t x_chips;
  std::uint64_t y_chips;
  std::uint64_t gather_chips;  // G; a gathered matrix lies on so many chips.
  bool gathers_ahead;          // A layer's weights are gathered while the layer before works.

  std::uint64_t batch;           // Sequences of a group, B.
  std::uint64_t block_batch;     // Of them, those whose tokens a chip's layers work on: B / G.
  std::uint64_t position_chips;  // Prefill: gather chips that B does not fill cut the prompt.

  // Attention of the chips of x and y, in a decode; in a prefill positions also lie across the
  // gather axes that sequences leave.
  std::vector<std::uint32_t> sequence_axes;  // Leading ones: whole sequences lie across them.
  std::vector<std::uint32_t> context_axes;   // The rest: positions of a sequence lie across them.
  std::uint64_t sequence_chips;              // Product of the sequence axes, p.
  std::uint64_t context_chips;               // Product of the context axes, r.
  bool cuts_heads;                           // Attention exchanges no columns.

  std::uint64_t sequences;           // On one chip.
  std::uint64_t kv_heads;            // Of each of these sequences.
  std::uint64_t query_heads_per_kv;  // Rows that share one KV head.
  std::uint64_t shared_kv_heads;     // By heads in 2-D: what chips along x have to exchange.

  // Sides of the matrices on one chip: width over x, the rest over y.
  std::uint64_t width_block;
  std::uint64_t qkv_block;
  std::uint64_t output_block;        // Depth of the attention's output matrix.
  std::uint64_t hidden_block;        // Of gate, of up; depth of down.
  std::uint64_t vocabulary_columns;  // Of the LM head: always over all chips.
  std::uint64_t embedding_columns;

  // Columns of one chip's values, after sums over x.
  std::uint64_t residual_columns;  // All of the width unless the layout is 2-D.
  std::uint64_t qkv_columns;
  std::uint64_t rotated_columns;  // Queries and keys.
  std::uint64_t output_depth;
  std::uint64_t hidden_columns;

  [[nodiscard]] std::uint64_t work_chips() const { return x_chips * y_chips; }

  // Positions of one sequence of `tokens` on one chip.
  [[nodiscard]] std::uint64_t positions(std::uint64_t tokens) const {
    return ceil_div(tokens, context_chips);
  }
};

// Throws UserError: tensor x data is not the pod's number of chips, no such tensor group, too few
// axes for the layout, no such x axes. A layout that is still `automatic` is a Bug.
[[nodiscard]] Sharding shard(const RunConfig& run, const ModelConfig& model, const PodConfig& pod);

// A weight matrix of one chip at work.
struct Matrix {
  std::uint64_t depth;
  std::uint64_t columns;
  [[nodiscard]] std::uint64_t elements() const { return depth * columns; }
};

// Of a layer, in the order in which they are used: QKV, output, gate and up, down; in a parallel
// block the first and the third are one, and the second and the fourth.
[[nodiscard]] std::vector<Matrix> layer_matrices(const ModelConfig& model,
                                                 const Sharding& sharding);

// What one chip holds for the whole run. Gains of the norms (2 * width a layer) are left out: they
// are read once and stay in registers.
struct Footprint {
  Bytes weights;
  Bytes kv_cache;  // Of all tokens to the end. In a prefill that spreads positions also the keys
                   // and values of one layer that other chips keep: all of them are attended to.
  Bytes gathered;  // Room for weights that other chips keep: a layer, and the matrix that is being
                   // gathered while its namesake is in use; without overlap one matrix.
};
[[nodiscard]] Footprint footprint(const WorkloadConfig& workload, const ModelConfig& model,
                                  const Sharding& sharding);

}  // namespace systole
