// SPDX-License-Identifier: Apache-2.0
#include "study/numbers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shipped.hpp"

namespace systole {
namespace {

Numbers numbers_of(const std::string& chip, const std::string& energy_model,
                   const std::string& model = "tiny") {
  return numbers(shipped("configs/chips/" + chip + ".yaml"),
                 shipped("energy_models/" + energy_model + ".yaml"),
                 shipped("workloads/models/" + model + ".json"));
}

Number row(const Numbers& all, const std::string& key) {
  for (const Number& number : all.rows) {
    if (number.key == key) {
      return number;
    }
  }
  ADD_FAILURE() << "no row " << key;
  return {};
}

// energy.md, conclusion 2: 64 B x (1.73 pJ/B of a 1 MiB bank + 20 mm x 8 x 0.1 pJ/b/mm) = 1135 pJ.
TEST(Numbers, dean_check) {
  const Numbers v4 = numbers_of("tpu_v4", "n7");
  const Number line = row(v4, "far_line_20mm");
  EXPECT_LT(*row(v4, "mac_bf16").value, 1.0);
  EXPECT_NEAR(*line.value, 1135.0, 0.01 * 1135.0);
  EXPECT_GT(*line.p5, 500.0);
  EXPECT_LT(*line.p95, 2000.0);
  EXPECT_NEAR(*row(v4, "far_parameter_20mm").value, 35.0, 1.0);
}

// Closed forms with the values of n7 and the sizes of tpu_v4.
TEST(Numbers, OfV4AtN7AreThoseOfTheTables) {
  const Numbers v4 = numbers_of("tpu_v4", "n7");
  EXPECT_NEAR(*row(v4, "neighbour_hop").value, 8 * 0.003, 1e-9);
  EXPECT_NEAR(*row(v4, "near_sram_read").value, 0.45 + 0.04 * 16 + 2 * 8 * 0.055, 1e-9);
  EXPECT_NEAR(*row(v4, "far_sram_read").value, 0.45 + 0.04 * 32 + 10 * 8 * 0.1, 1e-9);
  EXPECT_NEAR(*row(v4, "hbm_read").value, 909.0 / 1024 + 8 * (2.68 + 0.80 + 1.2 + 10 * 0.1), 1e-9);
  EXPECT_NEAR(*row(v4, "link_hop").value, 8 * 5.5 * 0.2, 1e-9);
  EXPECT_NEAR(*row(v4, "link_power").value, 6 * 45e9 * 8 * 5.5e-12 * 0.8, 1e-5);
  EXPECT_EQ(v4.reference, "one int8 multiply-add");
  EXPECT_NEAR(*row(v4, "far_sram_read").ratio, 9.73 / 0.18, 1e-6);
}

TEST(Numbers, LieInsideTheirRanges) {
  for (const Number& number : numbers_of("tpu_v4", "n7").rows) {
    ASSERT_TRUE(number.value.has_value()) << number.key << ": " << number.how;
    EXPECT_LT(*number.p5, *number.value) << number.key;
    EXPECT_GT(*number.p95, *number.value) << number.key;
  }
}

TEST(Numbers, NameTheSourcesOfTheirParameters) {
  const Number mac = row(numbers_of("tpu_v4", "n7"), "mac_bf16");
  ASSERT_EQ(mac.sources.size(), 1U);
  EXPECT_THAT(mac.sources[0], testing::StartsWith("mac.bf16 (derived): Jouppi"));
}

TEST(Numbers, OfATokenAreThoseOfTheMainRun) {
  const Number token = row(numbers_of("tpu_v4", "n7", "llama-3.1-70b"), "token_batch_64");
  const Result run = run_point(shipped("configs/runs/llama-3.1-70b-decode-64.yaml"));
  EXPECT_DOUBLE_EQ(*token.value, run.bill.total_j.nominal / 64);
}

TEST(Numbers, SayWhyThereIsNoToken) {
  const Number alone = row(numbers_of("tpu_v1", "n28"), "token_batch_1");
  EXPECT_FALSE(alone.value.has_value());
  EXPECT_THAT(alone.how, testing::HasSubstr("lacks the links"));
  const Number large = row(numbers_of("sram_only", "n7", "llama-3.1-70b"), "token_batch_1");
  EXPECT_FALSE(large.value.has_value());
  EXPECT_THAT(large.how, testing::HasSubstr("does not fit"));
}

}  // namespace
}  // namespace systole
