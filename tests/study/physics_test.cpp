// SPDX-License-Identifier: Apache-2.0
// What the whole product turns on, on shipped models and chips.
#include <gtest/gtest.h>

#include "shipped.hpp"

namespace systole {
namespace {

// Llama-3.1-8B int8 on 64 chips without DRAM: weights and KV cache in the far SRAM.
Result in_sram(std::uint64_t batch, const std::string& energy_model) {
  PointOptions options;
  options.overrides = {{"workload.batch", std::to_string(batch)}};
  options.energy_model = shipped("energy_models/" + energy_model + ".yaml");
  return run_point(shipped("configs/runs/llama-3.1-8b-sram-64.yaml"), options);
}

Result main_run(const std::vector<Override>& overrides) {
  PointOptions options;
  options.overrides = overrides;
  return run_point(shipped("configs/runs/llama-3.1-70b-decode-64.yaml"), options);
}

double joules_per_token(const Result& result) {
  return result.bill.total_j.nominal / static_cast<double>(*result.output_tokens);
}

double weights_share_of_dynamic(const Result& result) {
  const double weights = energy_of(result, [](const LedgerLine& line) {
    return line.tensor == Tensor::weight && !is_product(line);
  });
  return weights / result.bill.dynamic_j;
}

TEST(Physics, TheShareOfWeightsFallsWithTheBatch) {
  const double at_1 = weights_share_of_dynamic(in_sram(1, "n7"));
  const double at_4 = weights_share_of_dynamic(in_sram(4, "n7"));
  const double at_16 = weights_share_of_dynamic(in_sram(16, "n7"));
  const double at_64 = weights_share_of_dynamic(in_sram(64, "n7"));
  const double at_256 = weights_share_of_dynamic(in_sram(256, "n7"));
  EXPECT_GT(at_1, at_4);
  EXPECT_GT(at_4, at_16);
  EXPECT_GT(at_16, at_64);
  EXPECT_GT(at_64, at_256);
  EXPECT_GT(at_1, 0.9);  // One use of each weight: nearly all that moves is weights.
}

// Picojoules for each product with a weight. Attention's products (Q K^T and P V: 2 x batch x 32
// heads x 128 x (context + 1) keys x 32 layers) are with the cache, not with weights.
double pj_per_weight_product(const Result& result, std::uint64_t batch) {
  const std::uint64_t attention = 2 * batch * 32 * 128 * (128 + 1) * 32;
  std::uint64_t products = 0;
  for (const std::uint64_t n : result.macs) {
    products += n;
  }
  const double weights =
      energy_of(result, [](const LedgerLine& line) { return line.tensor == Tensor::weight; });
  return weights * 1e12 / static_cast<double>(products - attention);
}

// The rule of thumb: a product 1 pJ, a parameter moved 1000 pJ, so 1 + 1000 / batch. To the printed
// digits; rows of the embedding add a little.
TEST(Physics, UnderTheRuleOfThumbAProductCosts1001And16_6And4_9Picojoules) {
  EXPECT_NEAR(pj_per_weight_product(in_sram(1, "interview"), 1), 1001.0, 0.5);
  EXPECT_NEAR(pj_per_weight_product(in_sram(64, "interview"), 64), 16.6, 0.05);
  EXPECT_NEAR(pj_per_weight_product(in_sram(256, "interview"), 256), 4.9, 0.05);
}

TEST(Physics, PricesChangeNoCycle) {
  const Result n7 = in_sram(16, "n7");
  const Result interview = in_sram(16, "interview");
  EXPECT_EQ(n7.elapsed, interview.elapsed);
  EXPECT_EQ(n7.bill.lines.size(), interview.bill.lines.size());
}

TEST(Physics, ATokenOfTheMainRunCosts10To200TimesLessAtBatch1024ThanAlone) {
  const double alone = joules_per_token(main_run({{"workload.batch", "1"}}));
  const double together = joules_per_token(main_run({{"workload.batch", "1024"}}));
  EXPECT_GT(alone / together, 10.0);
  EXPECT_LT(alone / together, 200.0);
}

// 64 sequences: 69.5e9 weights in matrices (70.6e9 parameters less 1.05e9 of the embedding, which
// is looked up, and the norms) and 2 x 64 heads x 128 x 2049 keys x 80 layers.
TEST(Physics, TheMainRunMultipliesEveryWeightOncePerSequence) {
  const Result result = main_run({});
  const std::uint64_t layer =
      8192ULL * (64 + 2 * 8) * 128 + 64ULL * 128 * 8192 + 3ULL * 8192 * 28672;
  const std::uint64_t weights = 80 * layer + 8192ULL * 128256;
  const std::uint64_t attention = 2ULL * 64 * 128 * 2049 * 80;
  EXPECT_EQ(result.macs[static_cast<std::size_t>(Multiplier::bf16)], 64 * (weights + attention));
}

TEST(Physics, NarrowerWeightsReadFewerBytes) {
  const Result int8 = main_run({});
  const Result int4 = main_run({{"workload.weights", "int4"}});
  // 70e9 weights at half a byte less; the embedding rows and padding move it by under a percent.
  EXPECT_NEAR(static_cast<double>(int8.hbm_read_bytes - int4.hbm_read_bytes), 69.5e9 / 2, 0.4e9);
}

}  // namespace
}  // namespace systole
