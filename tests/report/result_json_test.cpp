// SPDX-License-Identifier: Apache-2.0
#include "report/result_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "shipped.hpp"

namespace systole {
namespace {

std::set<std::string> keys(const Json& object) {
  std::set<std::string> out;
  for (const auto& [key, value] : object.items()) {
    out.insert(key);
  }
  return out;
}

// The names that other people's scripts rely on.
TEST(ResultJson, HasEveryPublishedKey) {
  const Json document = document_of("tiny-decode");
  EXPECT_EQ(document["schema"], "systole.result/1");
  for (const char* key : {"schema",
                          "systole",
                          "config_hash",
                          "fidelity",
                          "folded",
                          "chips",
                          "time_s",
                          "cycles",
                          "output_tokens",
                          "requests",
                          "causal",
                          "energy_j",
                          "energy_per_output_token_j",
                          "energy_static_j",
                          "energy_dynamic_j",
                          "boundary",
                          "tokens_per_s",
                          "tokens_per_s_per_user",
                          "power_w_per_chip",
                          "macs",
                          "bytes",
                          "bound",
                          "utilisation",
                          "by_component",
                          "ledger",
                          "assumed_share",
                          "stamp"}) {
    EXPECT_TRUE(document.contains(key)) << key;
  }
  const std::set<std::string> spread{"p5", "p50", "p95", "nominal"};
  EXPECT_EQ(keys(document["energy_j"]), spread);
  EXPECT_EQ(keys(document["energy_per_output_token_j"]), spread);
  EXPECT_EQ(keys(document["bytes"]),
            (std::set<std::string>{"hbm_read", "hbm_write", "sram_read", "sram_write", "ici"}));
  EXPECT_EQ(keys(document["bound"]), (std::set<std::string>{"time_s", "energy_j", "binding"}));
  EXPECT_EQ(keys(document["utilisation"]),
            (std::set<std::string>{"matrix_unit", "vector_unit", "scratchpad", "hbm", "ici"}));
  EXPECT_EQ(keys(document["by_component"][0]),
            (std::set<std::string>{"component", "energy_j", "share"}));
  EXPECT_EQ(keys(document["ledger"][0]),
            (std::set<std::string>{"component", "operation", "tensor", "action", "count", "pj_each",
                                   "energy_j"}));
  EXPECT_EQ(keys(document["stamp"]), (std::set<std::string>{"energy_model", "inputs"}));
  EXPECT_EQ(keys(document["stamp"]["inputs"]),
            (std::set<std::string>{"run", "pod", "chip", "model", "energy_model", "trace"}));
}

TEST(ResultJson, IsTheSameForARunAndItsTrace) {
  const std::string run = shipped("configs/runs/tiny-decode.yaml");
  const std::string trace = (std::filesystem::path(testing::TempDir()) / "same.trace").string();
  std::ofstream(trace, std::ios::binary) << lower_point(run, {});
  PointOptions options;
  options.trace = trace;
  EXPECT_EQ(to_text(to_json(run_point(run, options))), to_text(to_json(run_point(run))));
}

TEST(ResultJson, HasLinesThatAddUp) {
  const Json document = document_of("llama-3.1-70b-decode-64");
  double total = 0.0;
  for (const Json& line : document["ledger"]) {
    const double energy_j = line["energy_j"];
    EXPECT_DOUBLE_EQ(energy_j, line["count"].get<double>() * line["pj_each"].get<double>() * 1e-12);
    total += energy_j;
  }
  EXPECT_DOUBLE_EQ(total, document["energy_j"]["nominal"].get<double>());
  EXPECT_NEAR(
      document["energy_static_j"].get<double>() + document["energy_dynamic_j"].get<double>(), total,
      1e-12 * total);
}

TEST(ResultJson, HasComponentsLargestFirstWhoseSharesAddUpToOne) {
  const Json parts = document_of("llama-3.1-70b-decode-64")["by_component"];
  ASSERT_EQ(parts.size(), 9U);  // All that the chip has, far_sram at 0 too.
  double shares = 0.0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    shares += parts[i]["share"].get<double>();
    if (i > 0) {
      EXPECT_GE(parts[i - 1]["energy_j"].get<double>(), parts[i]["energy_j"].get<double>());
    }
  }
  EXPECT_NEAR(shares, 1.0, 1e-12);
  EXPECT_EQ(parts.back()["component"], "far_sram");
}

TEST(ResultJson, HasNullWhereSomethingDoesNotApply) {
  const Json decode = document_of("llama-3.1-8b-sram-64");  // No HBM.
  EXPECT_TRUE(decode["requests"].is_null());
  EXPECT_TRUE(decode["causal"].is_null());
  EXPECT_TRUE(decode["utilisation"]["hbm"].is_null());
  EXPECT_TRUE(decode["utilisation"]["ici"].is_number());
  EXPECT_EQ(decode["boundary"], "die");
  const Json prefill =
      to_json(run_of("tiny-decode", {{"workload.phase", "prefill"}, {"workload.prompt", "16"}}));
  EXPECT_EQ(prefill["causal"], "half");
  EXPECT_TRUE(prefill["tokens_per_s_per_user"].is_null());
  EXPECT_EQ(prefill["output_tokens"], 4);
}

TEST(ResultJson, CountsOnlyMultipliersThatWereUsed) {
  const Json document = document_of("tiny-decode");
  EXPECT_EQ(keys(document["macs"]), (std::set<std::string>{"bf16"}));
}

TEST(ResultJson, HasNoPathOfThisMachine) {
  Json document = document_of("tiny-decode");
  EXPECT_THAT(to_text(document), testing::Not(testing::HasSubstr(SYSTOLE_SOURCE_DIR)));
  document["config"].erase("energy_model");  // Sources of prices name files of others.
  const std::string text = to_text(document);
  EXPECT_THAT(text, testing::Not(testing::HasSubstr(".yaml")));
}

TEST(ResultJson, OfTheMainRunIsConsistent) {
  const Json d = document_of("llama-3.1-70b-decode-64");
  const double time_s = d["time_s"];
  const double nominal = d["energy_j"]["nominal"];
  EXPECT_DOUBLE_EQ(d["tokens_per_s"].get<double>(), 64 / time_s);
  EXPECT_DOUBLE_EQ(d["tokens_per_s_per_user"].get<double>(), 1 / time_s);
  EXPECT_DOUBLE_EQ(d["power_w_per_chip"].get<double>(), nominal / time_s / 64);
  EXPECT_DOUBLE_EQ(d["energy_per_output_token_j"]["nominal"].get<double>(), nominal / 64);
  EXPECT_LE(d["bound"]["time_s"].get<double>(), time_s);
  EXPECT_EQ(d["bounds"][d["bound"]["binding"].get<std::string>()], d["bound"]["time_s"]);
  EXPECT_NEAR(d["bound"]["energy_j"].get<double>(), d["macs"]["bf16"].get<double>() * 0.65e-12,
              1e-9);
}

}  // namespace
}  // namespace systole
