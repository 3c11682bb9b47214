// SPDX-License-Identifier: Apache-2.0
#include "config/run.hpp"

#include <gtest/gtest.h>

#include "config/read.hpp"
#include "files.hpp"

namespace systole {
namespace {

TEST(RunConfig, HasTheDefaultsOfTheTable) {
  const RunConfig run = read_run(sample("run.yaml"));
  EXPECT_EQ(run.workload.steps, 1U);
  EXPECT_EQ(run.workload.activations, DataType::bf16);
  EXPECT_EQ(run.workload.kv_cache, DataType::bf16);
  EXPECT_EQ(run.workload.causal, Causal::half);
  EXPECT_EQ(run.sharding.data, 1U);
  EXPECT_EQ(run.sharding.attention, AttentionSharding::batch);
  EXPECT_EQ(run.sharding.layout, Layout::one_d);
  EXPECT_TRUE(run.sharding.x_axes.empty());
  EXPECT_EQ(run.overlap, Overlap::async);
  EXPECT_EQ(run.uncertainty.samples, 2048U);
  EXPECT_EQ(run.uncertainty.seed, 1U);
}

TEST(RunConfig, HasTheValuesOfTheFile) {
  const RunConfig run = read_run(sample("run.yaml"));
  EXPECT_EQ(run.pod, sample("pod.yaml"));
  EXPECT_EQ(run.energy_model, sample("energy.yaml"));
  EXPECT_EQ(run.workload.model, sample("model.json"));
  EXPECT_EQ(run.workload.phase, Phase::decode);
  EXPECT_EQ(run.workload.batch, 64U);
  EXPECT_EQ(run.workload.context, 2048U);
  EXPECT_EQ(run.workload.weights, DataType::int8);
  EXPECT_EQ(run.sharding.tensor, 32U);
}

TEST(RunConfig, TakesEveryKeyFromSet) {
  const RunConfig run =
      read_run(sample("run.yaml"), {{"workload.phase", "prefill"},
                                    {"workload.prompt", "512"},
                                    {"workload.weights", "ternary"},
                                    {"workload.kv_cache", "fp8_e4m3"},
                                    {"workload.causal", "full"},
                                    {"sharding.attention", "heads"},
                                    {"schedule.overlap", "none"},
                                    {"uncertainty.seed", "18446744073709551615"}});
  EXPECT_EQ(run.workload.phase, Phase::prefill);
  EXPECT_EQ(run.workload.prompt, 512U);
  EXPECT_EQ(run.workload.weights, DataType::ternary);
  EXPECT_EQ(run.workload.kv_cache, DataType::fp8_e4m3);
  EXPECT_EQ(run.workload.causal, Causal::full);
  EXPECT_EQ(run.sharding.attention, AttentionSharding::heads);
  EXPECT_EQ(run.overlap, Overlap::none);
  EXPECT_EQ(run.uncertainty.seed, UINT64_MAX);
}

TEST(RunConfig, TakesEveryLayoutAndAttentionByItsName) {
  for (const Layout layout : kLayouts) {
    const std::string word(name(layout));
    EXPECT_EQ(read_run(sample("run.yaml"), {{"sharding.layout", word}}).sharding.layout, layout);
  }
  for (const AttentionSharding attention : kAttentionShardings) {
    const std::string word(name(attention));
    EXPECT_EQ(read_run(sample("run.yaml"), {{"sharding.attention", word}}).sharding.attention,
              attention);
  }
}

TEST(RunConfig, HasXAxesInTwoDimensionsOnly) {
  const std::vector<Override> two_d{{"sharding.layout", "2d"}, {"sharding.x_axes", "[0, 2]"}};
  EXPECT_EQ(read_run(sample("run.yaml"), two_d).sharding.x_axes,
            (std::vector<std::uint32_t>{0, 2}));
  EXPECT_THROW(static_cast<void>(read_run(sample("run.yaml"), {{"sharding.x_axes", "[0]"}})),
               UserError);
  EXPECT_THROW(static_cast<void>(read_run(sample("run.yaml"),
                                          {{"sharding.layout", "2d"}, {"sharding.x_axes", "[]"}})),
               UserError);
}

}  // namespace
}  // namespace systole
