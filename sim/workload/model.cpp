// SPDX-License-Identifier: Apache-2.0
#include "workload/model.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/hash.hpp"
#include "workload/json_text.hpp"

namespace systole {
namespace {

constexpr std::uintmax_t kFileBytes = std::uintmax_t{1} << 20;

// Far beyond any model, and small enough that no count of a step leaves 64 bits.
constexpr std::uint64_t kMostLayers = 4096;
constexpr std::uint64_t kMostHeads = 4096;
constexpr std::uint64_t kMostWidth = std::uint64_t{1} << 20;
constexpr std::uint64_t kMostVocabulary = std::uint64_t{1} << 24;

std::string read_text(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    fail("cannot read model '{}': no such file", file);
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    fail("cannot read model '{}'", file);
  }
  // Counted while reading: a file may grow, and its size is not to be believed.
  std::string text(kFileBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kFileBytes) {
    fail("model '{}' is larger than 1 MiB: not a config.json", file);
  }
  return text;
}

// Reads keys and gathers what is wrong with them.
class ModelReader {
 public:
  explicit ModelReader(const JsonText& text) : text_(text) {}

  [[nodiscard]] bool has(const std::string& key) const {
    const auto found = text_.object().find(key);
    return found != text_.object().end() && !found->is_null();
  }

  // A whole number from 1 to `most`; 0 after a mistake.
  std::uint64_t count(const std::string& key, std::uint64_t most) {
    if (!has(key)) {
      wrong(key, fmt::format("missing key '{}'", key));
      return 0;
    }
    const nlohmann::json& value = text_.object()[key];
    const bool is_whole = value.is_number_unsigned();
    if (!is_whole || value.get<std::uint64_t>() < 1 || value.get<std::uint64_t>() > most) {
      wrong(key, fmt::format("{} must be a whole number from 1 to {}", key, most));
      return 0;
    }
    return value.get<std::uint64_t>();
  }

  bool flag(const std::string& key, bool absent) {
    if (!has(key)) {
      return absent;
    }
    const nlohmann::json& value = text_.object()[key];
    if (!value.is_boolean()) {
      wrong(key, fmt::format("{} must be true or false", key));
      return absent;
    }
    return value.get<bool>();
  }

  void wrong(const std::string& key, std::string message) {
    mistakes_.push_back(text_.mistake(key, std::move(message)));
  }

  void finish() const {
    if (!mistakes_.empty()) {
      throw UserError(mistakes_);
    }
  }
  [[nodiscard]] const nlohmann::json& operator[](const std::string& key) const {
    return text_.object()[key];
  }

 private:
  const JsonText& text_;
  std::vector<Diagnostic> mistakes_;
};

constexpr const char* kKnown = "llama, palm";

void require_known_type(ModelReader& in) {
  if (in.has("text_config")) {
    in.wrong("text_config",
             "a wrapper around several models: give its text_config as a file of its own");
  } else if (!in.has("model_type")) {
    in.wrong("model_type", fmt::format("missing key 'model_type'; known: {}", kKnown));
  } else if (!in["model_type"].is_string()) {
    in.wrong("model_type", fmt::format("model_type must be a word; known: {}", kKnown));
  } else if (in["model_type"] != "llama" && in["model_type"] != "palm") {
    in.wrong("model_type",
             fmt::format("this model_type is not known, and is not guessed; known: {}", kKnown));
  }
  in.finish();
}

// Keys that would change the operations of a layer. Other keys (rope_theta, torch_dtype, ...)
// change no count and are skipped.
void refuse_other_operations(ModelReader& in) {
  for (const char* key : {"attention_bias", "mlp_bias"}) {
    if (in.flag(key, false)) {
      in.wrong(key, fmt::format("{} is not modelled: must be false", key));
    }
  }
  if (in.has("hidden_act") && in["hidden_act"] != "silu") {
    in.wrong("hidden_act", "only 'silu' is modelled");
  }
  if (in.has("sliding_window") && in.flag("use_sliding_window", true)) {
    in.wrong("sliding_window", "sliding windows are not modelled: must be null");
  }
  if (in.has("quantization_config")) {
    in.wrong("quantization_config",
             "types of a run stand in its run file (workload.weights): remove this key");
  }
  for (const char* key : {"num_local_experts", "num_experts", "n_routed_experts"}) {
    if (in.has(key)) {
      in.wrong(key, "mixtures of experts are not modelled");
    }
  }
  if (in.has("partial_rotary_factor") && in["partial_rotary_factor"] != 1) {
    in.wrong("partial_rotary_factor", "partial rotation is not modelled: must be 1");
  }
}

void read_heads(ModelReader& in, ModelConfig& model) {
  model.heads = in.count("num_attention_heads", kMostHeads);
  const bool is_multi_query = in.flag("multi_query", false);
  model.kv_heads = in.has("num_key_value_heads") ? in.count("num_key_value_heads", kMostHeads)
                   : is_multi_query              ? 1
                                                 : model.heads;
  if (is_multi_query && model.kv_heads > 1) {
    in.wrong("num_key_value_heads", "multi_query means one key-value head");
  }
  const bool has_heads = model.heads != 0 && model.kv_heads != 0;
  if (has_heads && model.heads % model.kv_heads != 0) {
    in.wrong("num_key_value_heads",
             fmt::format("num_attention_heads ({}) must be a multiple of num_key_value_heads ({})",
                         model.heads, model.kv_heads));
  }
  if (in.has("head_dim")) {
    model.head_width = in.count("head_dim", kMostHeads);
  } else if (model.heads != 0 && model.width % model.heads != 0) {
    in.wrong("hidden_size", fmt::format("without head_dim, hidden_size ({}) must be a multiple of "
                                        "num_attention_heads ({})",
                                        model.width, model.heads));
  } else if (model.heads != 0) {
    model.head_width = model.width / model.heads;
  }
  if (model.head_width % 2 != 0) {
    in.wrong(in.has("head_dim") ? "head_dim" : "hidden_size",
             fmt::format("heads of {} numbers cannot be rotated in pairs", model.head_width));
  }
}

std::string dimensions_hash(const ModelConfig& m) {
  return content_hash(fmt::format(
      "llama layers={} width={} heads={} kv_heads={} head_width={} hidden={} vocabulary={} "
      "tied={}{}{}",
      m.layers, m.width, m.heads, m.kv_heads, m.head_width, m.hidden, m.vocabulary,
      m.tied_embeddings, m.parallel_block ? " parallel" : "", m.gated_mlp ? "" : " ungated"));
}

// What a PaLM layer is must be said: files of one kind and the other go by the same type.
void read_block(ModelReader& in, ModelConfig& model) {
  if (in["model_type"] == "palm") {
    for (const char* key : {"parallel_attn", "multi_query"}) {
      if (!in.has(key)) {
        in.wrong(key, fmt::format("missing key '{}'", key));
      }
    }
  }
  model.parallel_block = in.flag("parallel_attn", false);
  model.gated_mlp = in.flag("gated_mlp", true);
}

ModelConfig model_of(const JsonText& text, std::string name) {
  ModelReader in(text);
  require_known_type(in);
  refuse_other_operations(in);
  ModelConfig model{};
  model.name = std::move(name);
  model.layers = in.count("num_hidden_layers", kMostLayers);
  model.width = in.count("hidden_size", kMostWidth);
  model.hidden = in.count("intermediate_size", kMostWidth);
  model.vocabulary = in.count("vocab_size", kMostVocabulary);
  model.tied_embeddings = in.flag("tie_word_embeddings", false);
  read_heads(in, model);
  read_block(in, model);
  in.finish();
  model.hash = dimensions_hash(model);
  return model;
}

}  // namespace

std::uint64_t ModelConfig::parameters() const {
  const std::uint64_t table = vocabulary * width;
  const std::uint64_t attention = width * (heads + 2 * kv_heads) * head_width +  // Q, K, V.
                                  heads * head_width * width;                    // Output.
  const std::uint64_t feed_forward = (gates() + 1) * width * hidden;
  const std::uint64_t norms = (parallel_block ? 1 : 2) * width;
  const std::uint64_t layer = attention + feed_forward + norms;
  return table + (tied_embeddings ? 0 : table) + layers * layer + width;
}

ModelConfig read_model(const std::string& file) {
  return model_of(JsonText(read_text(file), file), std::filesystem::path(file).stem().string());
}

nlohmann::ordered_json to_json(const ModelConfig& model) {
  return {{"name", model.name},
          {"model_type", "llama"},
          {"num_hidden_layers", model.layers},
          {"hidden_size", model.width},
          {"intermediate_size", model.hidden},
          {"num_attention_heads", model.heads},
          {"num_key_value_heads", model.kv_heads},
          {"head_dim", model.head_width},
          {"vocab_size", model.vocabulary},
          {"tie_word_embeddings", model.tied_embeddings},
          {"parallel_attn", model.parallel_block},
          {"gated_mlp", model.gated_mlp}};
}

ModelConfig model_from_json(const nlohmann::ordered_json& model, const std::string& file) {
  if (!model.is_object() || !model.contains("name") || !model["name"].is_string()) {
    fail("{}: no model is described here", file);
  }
  return model_of(JsonText(model.dump(), file), model["name"].get<std::string>());
}

}  // namespace systole
