// SPDX-License-Identifier: Apache-2.0
#include "workload/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.hpp"

namespace systole {
namespace {

using testing::HasSubstr;
using testing::Not;

class File {
 public:
  explicit File(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() /
      (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".json");
};

ModelConfig model_of(const std::string& text) {
  const File file(text);
  return read_model(file.path());
}

std::string error_of(const std::string& text) {
  try {
    static_cast<void>(model_of(text));
  } catch (const UserError& e) {
    return e.what();
  }
  return "no error";
}

constexpr const char* kSmall = R"({"model_type": "llama", "num_hidden_layers": 2,
 "hidden_size": 64, "intermediate_size": 96, "vocab_size": 100, "num_attention_heads": 4)";

std::string small(const std::string& more) { return std::string(kSmall) + more + "}"; }

ModelConfig shipped(const std::string& name) {
  return read_model(std::string(SYSTOLE_SOURCE_DIR) + "/workloads/models/" + name + ".json");
}

// Totals of the published checkpoints (the safetensors index of each on Hugging Face). By hand for
// 7B: 2 * 32000 * 4096 + 32 * (4096 * 96 * 128 + 4096 * 4096 + 3 * 4096 * 11008 + 2 * 4096) + 4096.
TEST(Model, ParametersOfTheShippedLlamasAreThePublishedOnes) {
  EXPECT_EQ(shipped("llama-2-7b").parameters(), 6738415616U);
  EXPECT_EQ(shipped("llama-3.1-8b").parameters(), 8030261248U);
  EXPECT_EQ(shipped("llama-3.1-70b").parameters(), 70553706496U);
  EXPECT_EQ(shipped("llama-3.1-405b").parameters(), 405853388800U);
}

// Llama-3.2-1B ties its embeddings: 1,235,814,400.
TEST(Model, ATiedTableCountsOnce) { EXPECT_EQ(shipped("llama-3.2-1b").parameters(), 1235814400U); }

// Chowdhery et al. 2022, table 1: 8.63, 62.50 and 540.35 billion. By hand for 540B: 256000 * 18432
// + 118 * (18432 * (48 + 2) * 256 + 48 * 256 * 18432 + 3 * 18432 * 73728 + 18432) + 18432.
TEST(Model, ParametersOfTheShippedPalmsAreThePublishedOnes) {
  EXPECT_EQ(shipped("palm-8b").parameters(), 8632012800U);
  EXPECT_EQ(shipped("palm-62b").parameters(), 62495662080U);
  EXPECT_EQ(shipped("palm-540b").parameters(), 540356474880U);
  EXPECT_TRUE(shipped("palm-540b").parallel_block);
  EXPECT_EQ(shipped("palm-540b").kv_heads, 1U);
}

TEST(Model, ABlockIsWhatItsKeysSay) {
  EXPECT_FALSE(model_of(small("")).parallel_block);
  EXPECT_TRUE(model_of(small(R"(, "parallel_attn": true)")).parallel_block);
  EXPECT_EQ(model_of(small(R"(, "multi_query": true)")).kv_heads, 1U);
  EXPECT_EQ(model_of(small("")).gates(), 2U);
  EXPECT_EQ(model_of(small(R"(, "gated_mlp": false)")).gates(), 1U);
  EXPECT_THAT(error_of(small(R"(, "multi_query": true, "num_key_value_heads": 2)")),
              HasSubstr("multi_query means one key-value head"));
  EXPECT_NE(model_of(small(R"(, "parallel_attn": true)")).hash, model_of(small("")).hash);
  EXPECT_NE(model_of(small(R"(, "gated_mlp": false)")).hash, model_of(small("")).hash);
}

// By hand: 100 * 64 * 2 + 2 * (64 * 64 * 4 + 2 * 64 * 96 + 64) + 64, one norm and two matrices.
TEST(Model, AParallelBlockHasOneNormAndAnUngatedMlpTwoMatrices) {
  EXPECT_EQ(model_of(small(R"(, "parallel_attn": true, "gated_mlp": false)")).parameters(),
            12800U + 2 * (16384 + 12288 + 64) + 64);
}

TEST(Model, APalmMustSayWhatItsBlocksAre) {
  const std::string error = error_of(R"({"model_type": "palm", "num_hidden_layers": 2,
    "hidden_size": 64, "intermediate_size": 96, "vocab_size": 100, "num_attention_heads": 4})");
  EXPECT_THAT(error, HasSubstr("missing key 'parallel_attn'"));
  EXPECT_THAT(error, HasSubstr("missing key 'multi_query'"));
}

TEST(Model, RealHuggingFaceFilesGiveThePublishedDimensions) {
  const char* given = std::getenv("SYSTOLE_SHARED");
  const std::string shared = given != nullptr ? given : SYSTOLE_SOURCE_DIR "/../shared";
  const std::string folder = shared + "/data/models/";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "no " << folder;
  }
  EXPECT_EQ(read_model(folder + "llama-2-7b-hf.config.json").parameters(), 6738415616U);
  EXPECT_EQ(read_model(folder + "meta-llama--Meta-Llama-3.1-405B_config.json").parameters(),
            405853388800U);
  EXPECT_THROW(static_cast<void>(read_model(folder + "mistralai--Mixtral-8x7B-v0.1_config.json")),
               UserError);
}

TEST(Model, WithoutKvHeadsEveryHeadHasItsOwn) { EXPECT_EQ(model_of(small("")).kv_heads, 4U); }

TEST(Model, WithoutHeadDimTheWidthIsSharedOut) {
  EXPECT_EQ(model_of(small("")).head_width, 16U);
  EXPECT_EQ(model_of(small(R"(, "head_dim": 32)")).head_width, 32U);
}

TEST(Model, EmbeddingsAreUntiedUnlessTheFileTiesThem) {
  EXPECT_FALSE(model_of(small("")).tied_embeddings);
  EXPECT_TRUE(model_of(small(R"(, "tie_word_embeddings": true)")).tied_embeddings);
}

TEST(Model, NullMeansAbsent) {
  EXPECT_EQ(model_of(small(R"(, "num_key_value_heads": null, "rope_scaling": null)")).kv_heads, 4U);
}

TEST(Model, HashFollowsDimensionsAndNothingElse) {
  const std::string plain = model_of(small("")).hash;
  EXPECT_EQ(model_of(small(R"(, "rope_theta": 1.0, "torch_dtype": "float16")")).hash, plain);
  EXPECT_EQ(model_of(small(R"(, "num_key_value_heads": 4)")).hash, plain);
  EXPECT_NE(model_of(small(R"(, "num_key_value_heads": 2)")).hash, plain);
  EXPECT_NE(model_of(small(R"(, "tie_word_embeddings": true)")).hash, plain);
}

TEST(Model, BrokenJsonIsReportedAtItsLineAndColumn) {
  EXPECT_THAT(error_of("{\n  \"a\": 1,\n  oops\n}"), HasSubstr(".json:3:3"));
}

TEST(Model, EveryMistakeIsReportedAtOnceWhereItStands) {
  const std::string error = error_of(
      "{\"model_type\": \"llama\",\n \"num_hidden_layers\": 0,\n \"hidden_size\": -64,\n"
      " \"intermediate_size\": 1.5,\n \"vocab_size\": \"many\", \"num_attention_heads\": 4,\n"
      " \"num_key_value_heads\": 3, \"mlp_bias\": true}");
  EXPECT_THAT(error, HasSubstr("num_hidden_layers must be a whole number from 1 to"));
  EXPECT_THAT(error, HasSubstr(":2:23"));
  EXPECT_THAT(error, HasSubstr("hidden_size must be a whole number"));
  EXPECT_THAT(error, HasSubstr("intermediate_size must be a whole number"));
  EXPECT_THAT(error, HasSubstr("vocab_size must be a whole number"));
  EXPECT_THAT(error,
              HasSubstr("num_attention_heads (4) must be a multiple of num_key_value_heads (3)"));
  EXPECT_THAT(error, HasSubstr("mlp_bias is not modelled"));
  EXPECT_THAT(error, HasSubstr("6 errors"));
}

TEST(Model, MissingKeysAreNamed) {
  const std::string error = error_of(R"({"model_type": "llama"})");
  for (const char* key : {"num_hidden_layers", "hidden_size", "intermediate_size", "vocab_size",
                          "num_attention_heads"}) {
    EXPECT_THAT(error, HasSubstr(std::string("missing key '") + key + "'"));
  }
}

TEST(Model, AnUnknownTypeIsAnErrorAndNotAGuess) {
  EXPECT_THAT(error_of(R"({"model_type": "mixtral"})"), HasSubstr("known: llama, palm"));
  EXPECT_THAT(error_of("{}"), HasSubstr("missing key 'model_type'"));
  EXPECT_THAT(error_of(R"({"model_type": "llava", "text_config": {"model_type": "llama"}})"),
              HasSubstr("give its text_config as a file of its own"));
}

TEST(Model, KeysThatWouldChangeOperationsAreRefusedIfSet) {
  EXPECT_EQ(error_of(small(R"(, "attention_bias": false, "sliding_window": null)")), "no error");
  EXPECT_EQ(error_of(small(R"(, "sliding_window": 4096, "use_sliding_window": false)")),
            "no error");
  EXPECT_THAT(error_of(small(R"(, "attention_bias": true)")), HasSubstr("attention_bias"));
  EXPECT_THAT(error_of(small(R"(, "sliding_window": 4096)")), HasSubstr("sliding windows"));
  EXPECT_THAT(error_of(small(R"(, "hidden_act": "gelu")")), HasSubstr("silu"));
  EXPECT_THAT(error_of(small(R"(, "quantization_config": {})")), HasSubstr("workload.weights"));
  EXPECT_THAT(error_of(small(R"(, "num_local_experts": 8)")), HasSubstr("experts"));
}

TEST(Model, ARepeatedKeyIsAnErrorAtItsSecondPlace) {
  EXPECT_THAT(error_of(small(",\n\"vocab_size\": 200")), HasSubstr(".json:3:1"));
  EXPECT_EQ(error_of(small(R"(, "x": {"vocab_size": 1, "y": [{"vocab_size": "}"}]})")), "no error");
}

TEST(Model, WhatIsNotOneObjectIsRefused) {
  for (const char* text : {"", "[]", "3", "null", "{} {}", "{\"a\": \"\\", "\xff\xfe"}) {
    EXPECT_NE(error_of(text), "no error") << text;
  }
}

TEST(Model, HostileFilesEndInAnError) {
  EXPECT_THAT(error_of(std::string(2U << 20U, ' ')), HasSubstr("larger than 1 MiB"));
  EXPECT_NE(error_of(std::string(500000, '[')), "no error");
  const std::string deep = std::string(400000, '[') + std::string(400000, ']');
  EXPECT_EQ(error_of(small(", \"x\": " + deep)), "no error");
  EXPECT_THAT(error_of("{\"model_type\": \"\x1b[2J\"}"), Not(HasSubstr("\x1b")));
}

TEST(Model, AMissingFileIsNamed) {
  try {
    static_cast<void>(read_model("/nonexistent/model.json"));
    FAIL() << "no error";
  } catch (const UserError& e) {
    EXPECT_THAT(e.what(), HasSubstr("/nonexistent/model.json"));
  }
}

}  // namespace
}  // namespace systole
