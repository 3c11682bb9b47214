// SPDX-License-Identifier: Apache-2.0
// What one chip does in the parts of a layer that are neither matrices nor exchanges: lane
// operations of the vector unit, and the shapes of attention.
#pragma once

#include <cstdint>

#include "config/run.hpp"
#include "workload/graph.hpp"
#include "workload/model.hpp"
#include "workload/sharding.hpp"

namespace systole {

class LayerParts {
 public:
  LayerParts(const WorkloadConfig& workload, const ModelConfig& model, const Sharding& sharding,
             std::uint64_t array_columns);

  [[nodiscard]] Vector norm(std::uint64_t rows) const;  // RMS norm over the whole width.
  // The same over a part of the width: squares and gain here, the scale behind the matrix and the
  // sum over x, which adds up the squares as well.
  [[nodiscard]] Vector part_of_norm() const;
  [[nodiscard]] Vector scale(std::uint64_t columns) const;

  [[nodiscard]] Vector rotation() const;
  [[nodiscard]] Vector activation() const;
  [[nodiscard]] Vector residual() const;
  [[nodiscard]] Vector combined_scale() const;  // Of attended parts that chips have added up.
  [[nodiscard]] Attention attention(std::uint64_t context) const;

  // New keys and values of the sequences of one chip, over all context chips.
  [[nodiscard]] std::uint64_t fresh_elements() const;

  [[nodiscard]] bool is_decode() const { return is_decode_; }
  [[nodiscard]] std::uint64_t tokens() const { return tokens_; }  // Of one chip's layers, padded.
  [[nodiscard]] std::uint64_t true_tokens() const { return true_tokens_; }  // Of the pod.
  [[nodiscard]] Bytes bytes(std::uint64_t elements) const {
    return storage(elements, work_.activations);
  }

 private:
  [[nodiscard]] Attention decode_attention(std::uint64_t context) const;
  [[nodiscard]] Attention prefill_attention() const;
  // The cache of a chip lies by sequence, KV head, keys or values: each is contiguous.
  [[nodiscard]] std::uint64_t kv_pieces() const { return 2 * s_.sequences * s_.kv_heads; }

  const WorkloadConfig& work_;
  const ModelConfig& model_;
  const Sharding& s_;
  const std::uint64_t array_columns_;
  const bool is_decode_;
  const std::uint64_t tokens_;
  const std::uint64_t true_tokens_;
};

}  // namespace systole
