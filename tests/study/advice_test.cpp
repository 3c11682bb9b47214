// SPDX-License-Identifier: Apache-2.0
// Advice is held against what it talks about: the same run with the change made.
#include "study/advice.hpp"

#include <gtest/gtest.h>

#include "shipped.hpp"

namespace systole {
namespace {

Result run(const std::string& file, const std::vector<Override>& overrides = {}) {
  PointOptions options;
  options.overrides = overrides;
  return run_point(shipped("configs/runs/" + file + ".yaml"), options);
}

double saving(const Result& result, const std::string& change) {
  for (const Advice& advice : result.next) {
    if (advice.change == change) {
      return advice.saving;
    }
  }
  ADD_FAILURE() << "no advice to try " << change;
  return 0.0;
}

double per_token(const Result& result) {
  return result.bill.total_j.nominal / static_cast<double>(*result.output_tokens);
}

TEST(Advice, OnPricesIsExact) {
  const Result result = run("llama-3.1-70b-decode-64");
  const double products = energy_of(result, is_product);
  EXPECT_NEAR(saving(result, "half the energy of multiply-adds"),
              products / 2 / result.bill.total_j.nominal, 1e-12);
  EXPECT_NEAR(saving(result, "half the static power"),
              result.bill.static_j / 2 / result.bill.total_j.nominal, 1e-12);
}

TEST(Advice, ComesLargestFirst) {
  const Result result = run("llama-3.1-70b-decode-64");
  ASSERT_GE(result.next.size(), 5U);
  for (std::size_t i = 1; i < result.next.size(); ++i) {
    EXPECT_GE(result.next[i - 1].saving, result.next[i].saving);
  }
}

TEST(Advice, OnTheBatchIsNearWhatALargerBatchSaves) {
  const Result now = run("llama-3.1-70b-decode-64");
  const Result twice = run("llama-3.1-70b-decode-64", {{"workload.batch", "128"}});
  EXPECT_NEAR(saving(now, "batch 128"), 1.0 - per_token(twice) / per_token(now), 0.05);
}

TEST(Advice, OnTheBatchHoldsWithoutDram) {
  const Result now = run("llama-3.1-8b-sram-64");
  const Result twice = run("llama-3.1-8b-sram-64", {{"workload.batch", "128"}});
  EXPECT_NEAR(saving(now, "batch 128"), 1.0 - per_token(twice) / per_token(now), 0.05);
}

TEST(Advice, OnNarrowerWeightsIsNearWhatTheySave) {
  const Result now = run("llama-3.1-70b-decode-64");
  const Result int4 = run("llama-3.1-70b-decode-64", {{"workload.weights", "int4"}});
  const Result ternary = run("llama-3.1-70b-decode-64", {{"workload.weights", "ternary"}});
  EXPECT_NEAR(saving(now, "int4 weights"), 1.0 - per_token(int4) / per_token(now), 0.01);
  EXPECT_NEAR(saving(now, "ternary weights"), 1.0 - per_token(ternary) / per_token(now), 0.01);
}

TEST(Advice, OnNarrowerWeightsHoldsWhereMemoryBinds) {
  const std::vector<Override> alone{{"workload.batch", "1"}};
  const Result now = run("llama-3.1-8b-v5e", alone);
  const Result int4 =
      run("llama-3.1-8b-v5e", {{"workload.batch", "1"}, {"workload.weights", "int4"}});
  EXPECT_NEAR(saving(now, "int4 weights"), 1.0 - per_token(int4) / per_token(now), 0.08);
}

}  // namespace
}  // namespace systole
