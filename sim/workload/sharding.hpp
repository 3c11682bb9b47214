// SPDX-License-Identifier: Apache-2.0
// How a tensor group splits a network: every shape of one chip, worked out in this one place.
//
// Weights are cut by columns over all chips, without regard to head boundaries. In attention the
// sequences go over the longest run of leading axes whose product divides the group's batch and the
// context over the remaining axes, so nothing is replicated. What does not divide is rounded up:
// the hardware works on the padding too.
#pragma once

#include <cstdint>
#include <vector>

#include "base/data_type.hpp"
#include "config/pod.hpp"
#include "config/run.hpp"
#include "workload/model.hpp"

namespace systole {

struct Sharding {
  std::uint64_t chips;                       // Of a tensor group, n.
  std::vector<std::uint32_t> axes;           // All axes of the group, as indices.
  std::vector<std::uint32_t> sequence_axes;  // Leading ones: whole sequences lie across them.
  std::vector<std::uint32_t> context_axes;   // The rest: positions of a sequence lie across them.
  std::uint64_t sequence_chips;              // Product of the sequence axes, p.
  std::uint64_t context_chips;               // Product of the context axes, r.

  std::uint64_t batch;  // Sequences of a group, B.

  // Attention on one chip.
  std::uint64_t sequences;           // B / p.
  std::uint64_t kv_heads;            // Of each of these sequences.
  std::uint64_t query_heads_per_kv;  // Rows that share one KV head.

  // Columns (or, for the two that follow a column split, depth) of one chip.
  std::uint64_t qkv_columns;
  std::uint64_t rotated_columns;  // Queries and keys.
  std::uint64_t output_depth;     // Of the attention's output matrix.
  std::uint64_t hidden_columns;   // Of gate, of up; depth of down.
  std::uint64_t embedding_columns;
  std::uint64_t vocabulary_columns;  // Of the LM head.

  // Positions of one sequence of `tokens` on one chip.
  [[nodiscard]] std::uint64_t positions(std::uint64_t tokens) const {
    return ceil_div(tokens, context_chips);
  }
};

// Throws UserError: tensor x data is not the pod's number of chips, no such tensor group.
[[nodiscard]] Sharding shard(const RunConfig& run, const ModelConfig& model, const PodConfig& pod);

// What one chip holds for the whole run. Gains of the norms (2 * width a layer) are left out: they
// are read once and stay in registers.
struct Footprint {
  Bytes weights;
  Bytes kv_cache;  // Of all tokens to the end. In a prefill that spreads positions also the keys
                   // and values of one layer that other chips keep: all of them are attended to.
};
[[nodiscard]] Footprint footprint(const WorkloadConfig& workload, const ModelConfig& model,
                                  const Sharding& sharding);

}  // namespace systole
