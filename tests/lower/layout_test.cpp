// SPDX-License-Identifier: Apache-2.0
// Traces of all layouts: thousands of random ones hold the laws, and gathered weights take the way
// that sim/lower/gathers.hpp describes.
#include "workload/layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/error.hpp"
#include "counter.hpp"
#include "lower/layout_choice.hpp"
#include "lower/lower.hpp"
#include "machines.hpp"
#include "trace/text.hpp"
#include "trace/verify.hpp"

namespace systole {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

ModelConfig palm_8b() {
  ModelConfig m{"palm-8b", 32, 4096, 16, 1, 256, 16384, 256000, true, "hash"};
  m.parallel_block = true;
  return m;
}

const Operation* find(const Block& block, const std::string& name) {
  for (const Operation& operation : block.operations) {
    if (operation.name == name) {
      return &operation;
    }
  }
  return nullptr;
}

struct Point {
  RunConfig run;
  ModelConfig model;
  PodConfig pod;
};

Point random_point(std::mt19937_64& engine) {
  const auto pick = [&](std::uint64_t n) { return engine() % n; };
  const std::vector<std::vector<std::uint32_t>> shapes{{4},    {4, 4},    {2, 3},
                                                       {3, 5}, {4, 4, 4}, {2, 3, 4}};
  Point p{decode_run(1, 0, 1), palm_8b(), {}};
  if (pick(2) == 0) {
    p.model = llama_70b();
    p.model.gated_mlp = pick(2) == 0;
  }
  ChipConfig chip = v4_like();
  chip.hbm->capacity = Bytes{std::uint64_t{1} << 46};
  if (pick(2) == 0) {
    chip.far_sram.reset();
  }
  if (pick(4) == 0) {
    chip.scratchpad.capacity = Bytes{std::uint64_t{1} << 40};
  }
  p.pod = pod_of(chip, shapes[pick(shapes.size())]);
  p.run = decode_run(1 + pick(200), pick(3000), static_cast<std::uint32_t>(p.pod.chips()));
  p.run.workload.phase = pick(2) == 0 ? Phase::decode : Phase::prefill;
  p.run.workload.prompt = 1 + pick(600);
  p.run.workload.weights = pick(2) == 0 ? DataType::bf16 : DataType::int4;
  p.run.overlap = std::vector{Overlap::none, Overlap::async, Overlap::chunked}[pick(3)];
  p.run.sharding.attention = kAttentionShardings.at(pick(kAttentionShardings.size()));
  const std::vector<ShardingConfig> layouts =
      possible_layouts(p.run.sharding, tensor_group(p.pod, p.run.sharding.tensor));
  p.run.sharding = layouts[pick(layouts.size())];
  return p;
}

// Products with weights and with keys and values, of the literature's formulas.
std::uint64_t weight_products(const Point& p) {
  const ModelConfig& m = p.model;
  const std::uint64_t layer = 2 * m.width * (m.heads + m.kv_heads) * m.head_width +
                              (m.gated_mlp ? 3 : 2) * m.width * m.hidden;
  const WorkloadConfig& w = p.run.workload;
  const std::uint64_t tokens = w.batch * (w.phase == Phase::decode ? 1 : w.prompt);
  return m.layers * tokens * layer + w.batch * m.width * m.vocabulary;
}
std::uint64_t attention_products(const Point& p) {
  const WorkloadConfig& w = p.run.workload;
  const std::uint64_t pairs =
      w.phase == Phase::decode ? w.context + 1 : w.prompt * (w.prompt + 1) / 2;
  return 2 * p.model.layers * w.batch * p.model.heads * p.model.head_width * pairs;
}

TEST(LayoutLowering, RandomPointsAreVerifiedAndDoTheProductsOfTheClosedForms) {
  std::mt19937_64 engine(17);
  for (int i = 0; i < 3000 && !testing::Test::HasFailure(); ++i) {
    const Point p = random_point(engine);
    SCOPED_TRACE(fmt::format("point {}: {} {} batch {}", i, p.model.name,
                             name(p.run.sharding.layout), p.run.workload.batch));
    const Trace trace = lower(p.run, p.model, p.pod);
    EXPECT_NO_THROW(verify(trace, machine_of(p.pod, p.run.sharding.tensor)));
    EXPECT_EQ(parse_trace(write(trace), "trace"), trace);
    const Counts sum = count(trace);
    EXPECT_EQ(sum.useful_weight, weight_products(p));
    EXPECT_EQ(sum.useful_kv, attention_products(p));
    EXPECT_GE(sum.weight_products * p.pod.chips(), weight_products(p));
    EXPECT_GE(sum.kv_products * p.pod.chips(), attention_products(p));
  }
}

RunConfig gathered(Layout layout, Overlap overlap = Overlap::async) {
  RunConfig run = prefill_run(64, 128, 64);
  run.workload.weights = DataType::bf16;
  run.sharding.layout = layout;
  run.overlap = overlap;
  return run;
}

// Llama-70B over 16 of 64 chips: down is 28672 x 8192 over 4 chips, 2 bytes each. Far too large for
// a scratchpad of 32 MiB.
TEST(LayoutLowering, GatheredWeightsOfALargeModelGoThroughHbm) {
  const Trace trace =
      lower(gathered(Layout::gathered_xy), llama_70b(), pod_of(v4_like(), {4, 4, 4}));
  const Block& layer = trace.blocks.at(2);
  const std::uint64_t down = 28672U * 8192 / 4 * 2;
  const auto& links = std::get<Collective>(find(layer, "down_weights_gather")->work);
  EXPECT_EQ(links.bytes.count(), down);
  EXPECT_THAT(links.axes, ElementsAre(0, 1));
  const auto& kept = std::get<Move>(find(layer, "down_weights")->work);
  EXPECT_EQ(kept.to, Place::hbm);
  EXPECT_EQ(kept.bytes.count(), down);
  const auto& product = std::get<Matmul>(find(layer, "down")->work);
  EXPECT_EQ(product.stationary.place, Place::hbm);
  EXPECT_FALSE(product.prefetch);  // It is not there before the gather has ended.
  const auto& shards = std::get<Move>(find(layer, "weight_shards")->work);
  EXPECT_EQ(shards.bytes.count(), 2U * 8192 * (10240 + 8192 + 3 * 28672) / 64);
}

// A layer's products wait for nothing of their own layer's gathers, and the layer's end for all.
TEST(LayoutLowering, ALayerAheadIsGatheredBesideTheProducts) {
  const Trace trace =
      lower(gathered(Layout::gathered_x), llama_70b(), pod_of(v4_like(), {4, 4, 4}));
  const Block& layer = trace.blocks.at(2);
  EXPECT_THAT(find(layer, "down")->after, ElementsAre("activation"));
  EXPECT_THAT(find(layer, "down_weights_gather")->after, ElementsAre("gate_up", "weight_shards"));
  for (const char* name : {"qkv_weights", "output_weights", "gate_up_weights", "down_weights"}) {
    EXPECT_THAT(find(layer, "mlp_residual")->after, Contains(name));
  }
  EXPECT_EQ(find(trace.blocks.at(3), "down_weights"), nullptr);  // The last layer.
}

TEST(LayoutLowering, SmallGatheredWeightsLandWhereTheArraysReadThem) {
  ChipConfig chip = sram_like();
  const Trace trace = lower(gathered(Layout::gathered_x), palm_8b(), pod_of(chip, {4, 4, 4}));
  const Block& layer = trace.blocks.at(2);
  EXPECT_EQ(find(layer, "weight_shards"), nullptr);
  EXPECT_TRUE(std::holds_alternative<Collective>(find(layer, "output_down_weights")->work));
  EXPECT_EQ(std::get<Matmul>(find(layer, "output_down")->work).stationary.place, Place::scratchpad);
}

// 128 GB of bf16 weights over 64 chips are 2.2 GB each; gathered over all 64 a layer and its
// largest matrix are 2.7 GB more.
TEST(LayoutLowering, GatheredWeightsThatDoNotFitNameLayoutsThatDo) {
  ChipConfig chip = v4_like();
  chip.hbm->capacity = Bytes{std::uint64_t{4} << 30};
  RunConfig run = gathered(Layout::gathered_xyz);
  run.workload.batch = 1;
  try {
    static_cast<void>(lower(run, llama_70b(), pod_of(chip, {4, 4, 4})));
    FAIL() << "fits";
  } catch (const DoesNotFit& e) {
    EXPECT_THAT(e.what(), HasSubstr("gathered weights need 2.4"));
    EXPECT_THAT(e.what(),
                HasSubstr("would fit: sharding.layout 1d, 2d, gathered_x, gathered_xy\n"));
  }
}

// 524,288 tokens of 18,432 numbers are 18 GiB, four times over.
TEST(LayoutLowering, ActivationsThatDoNotFitAreReported) {
  RunConfig run = gathered(Layout::one_d);
  run.workload.batch = 256;
  run.workload.prompt = 2048;
  ModelConfig wide = palm_8b();
  wide.width = 18432;
  EXPECT_THROW(static_cast<void>(lower(run, wide, pod_of(v4_like(), {4, 4, 4}))), DoesNotFit);
}

TEST(LayoutLowering, AutoTakesTheFirstOfTheLeastScores) {
  const PodConfig pod = pod_of(v4_like(), {4, 4});
  const RunConfig run = decode_run(16, 128, 16);
  const auto gathers = [](const Trace& trace) {
    double n = 0;
    for (const Block& block : trace.blocks) {
      for (const Operation& o : block.operations) {
        const auto* c = std::get_if<Collective>(&o.work);
        n += c != nullptr && c->kind == CollectiveKind::all_gather ? 1 : 0;
      }
    }
    return n;
  };
  const LayoutChoice least = choose_layout(run, llama_8b(), pod, gathers);
  EXPECT_EQ(least.best.layout, Layout::one_d);
  const LayoutChoice most =
      choose_layout(run, llama_8b(), pod, [&](const Trace& trace) { return -gathers(trace); });
  EXPECT_EQ(most.best.layout, Layout::gathered_x);
  EXPECT_EQ(most.considered.size(), 5U);
}

TEST(LayoutLowering, AutoPassesOverWhatDoesNotFitAndComplainsIfNothingDoes) {
  ChipConfig chip = v4_like();
  chip.hbm->capacity = Bytes{std::uint64_t{4} << 30};
  const PodConfig pod = pod_of(chip, {4, 4, 4});
  RunConfig run = gathered(Layout::one_d);
  run.workload.batch = 1;
  const auto equal = [](const Trace&) { return 0.0; };
  const LayoutChoice choice = choose_layout(run, llama_70b(), pod, equal);
  EXPECT_EQ(choice.best.layout, Layout::one_d);
  EXPECT_EQ(choice.considered.back().sharding.layout, Layout::gathered_xyz);
  EXPECT_FALSE(choice.considered.back().score);
  EXPECT_THROW(static_cast<void>(choose_layout(run, llama_405b(), pod, equal)), DoesNotFit);
}

}  // namespace
}  // namespace systole
