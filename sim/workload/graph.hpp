// SPDX-License-Identifier: Apache-2.0
// The operation graph of one chip: what is to be computed, in the chip's own shapes, before any
// decision about places, blocks and order of chunks. `lower` makes those.
//
// Dependencies follow from values: a node waits for the nodes that made its inputs.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/data_type.hpp"
#include "trace/trace.hpp"

namespace systole {

// Activations times one weight matrix: [rows x depth] * [depth x columns].
struct Linear {
  std::uint64_t rows;
  std::uint64_t depth;
  std::uint64_t columns;
  DataType weights;
  DataType moving;
  DataType result;
  std::uint64_t useful;   // Over the whole pod, without padding.
  bool gathered = false;  // The matrix is one that a WeightGather brought here.
};

// A chip's own shards of a layer's matrices, on their way to the links.
struct WeightShards {
  std::uint64_t elements;
  std::uint64_t matrices;
  DataType weights;
};

// One matrix, gathered from the chips along `axes` into the room for gathered weights.
struct WeightGather {
  std::vector<std::uint32_t> axes;
  std::uint64_t elements;
  DataType weights;
};

// Rows of a weight table, each a contiguous piece.
struct Lookup {
  std::uint64_t rows;
  std::uint64_t columns;
  DataType weights;
};

// Attention of one chip: scores, softmax and weighted values of `products` (sequence, KV head)
// pairs with `rows` queries each, and the new keys and values on their way into the cache.
struct Attention {
  bool is_step;  // One new token a sequence, which never leaves the chip first.
  std::uint64_t products;
  std::uint64_t rows;
  std::uint64_t cached_keys;  // In the KV cache since earlier steps; 0 in a prefill.
  std::uint64_t new_keys;     // Made in this step.
  std::uint64_t head_width;
  DataType kv;
  DataType moving;  // Queries and probabilities.
  DataType result;
  std::uint64_t cached_useful;  // Over the whole pod, for scores and for values each.
  std::uint64_t new_useful;
  std::uint64_t fresh_elements;  // New keys and values that this chip attends to,
  std::uint64_t kept_elements;   // and those of them that its cache keeps,
  std::uint64_t kept_pieces;     // in so many contiguous pieces.
};

using GraphWork =
    std::variant<Launch, Lookup, Linear, Vector, Collective, Attention, WeightShards, WeightGather>;

struct Node {
  std::string name;
  GraphWork work;
  std::vector<std::string> after;
};

struct GraphBlock {
  std::string name;
  std::uint64_t repeat;
  std::vector<Node> nodes;
};

using Graph = std::vector<GraphBlock>;

}  // namespace systole
