// SPDX-License-Identifier: Apache-2.0
// A dense decoder transformer, from a Hugging Face config.json.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace systole {

struct ModelConfig {
  std::string name;  // The file's stem.
  std::uint64_t layers;
  std::uint64_t width;          // hidden_size, D.
  std::uint64_t heads;          // num_attention_heads, N.
  std::uint64_t kv_heads;       // num_key_value_heads, K; absent means N.
  std::uint64_t head_width;     // head_dim, H; absent means D / N.
  std::uint64_t hidden;         // intermediate_size, F.
  std::uint64_t vocabulary;     // vocab_size.
  bool tied_embeddings;         // The LM head reuses the embedding table.
  std::string hash;             // Of the canonical dimensions.
  bool parallel_block = false;  // parallel_attn: attention and MLP share one norm and one sum.
  bool gated_mlp = true;        // Gate and up, or up alone.

  // Matrices that the hidden layer's input meets.
  [[nodiscard]] std::uint64_t gates() const { return gated_mlp ? 2 : 1; }

  // Numbers that are multiplied as weights or looked up, norms included.
  [[nodiscard]] std::uint64_t parameters() const;
};

// Throws UserError: unreadable, not JSON (line and column), a missing or impossible key, a
// model_type that is not known.
[[nodiscard]] ModelConfig read_model(const std::string& file);

// The dimensions under their keys of a config.json, and the name; and back, `file` being what
// mistakes blame.
[[nodiscard]] nlohmann::ordered_json to_json(const ModelConfig& model);
[[nodiscard]] ModelConfig model_from_json(const nlohmann::ordered_json& model,
                                          const std::string& file);

}  // namespace systole
