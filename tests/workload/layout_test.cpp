// SPDX-License-Identifier: Apache-2.0
// Bytes of each layout's collectives against the formulas of the literature (Pope et al.,
// "Efficiently Scaling Transformer Inference"), worked out here from B, D, F, N, K, H, X, n alone.
// V is the full array of a collective; activations and weights have b = 2 bytes.
#include "workload/layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/error.hpp"
#include "machines.hpp"
#include "workload/network.hpp"

namespace systole {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

using Lengths = std::vector<std::uint32_t>;

// PaLM-540B: one KV head, parallel block.
ModelConfig palm() {
  ModelConfig m{"palm-540b", 118, 18432, 48, 1, 256, 73728, 256000, true, "hash"};
  m.parallel_block = true;
  return m;
}

// Two matrices of D x 4D.
ModelConfig four_fold(std::uint64_t width) {
  ModelConfig m{"four-fold", 8, width, 32, 32, 128, 4 * width, 32000, false, "hash"};
  m.gated_mlp = false;
  return m;
}

RunConfig with(RunConfig run, Layout layout, std::vector<std::uint32_t> x_axes = {}) {
  run.workload.weights = DataType::bf16;
  run.sharding.layout = layout;
  run.sharding.x_axes = std::move(x_axes);
  return run;
}

RunConfig decode(std::uint64_t batch, const Lengths& mesh, Layout layout,
                 std::vector<std::uint32_t> x_axes = {}) {
  const auto chips = static_cast<std::uint32_t>(pod_of(v4_like(), mesh).chips());
  return with(decode_run(batch, 64, chips), layout, std::move(x_axes));
}

// Full arrays of the collectives of one layer.
using Arrays = std::map<std::string, std::uint64_t>;
Arrays arrays(const RunConfig& run, const ModelConfig& model, const Lengths& mesh) {
  const PodConfig pod = pod_of(v4_like(), mesh);
  const Graph graph = network(run.workload, model, shard(run, model, pod), pod.chip);
  Arrays out;
  for (const Node& node : graph.at(1).nodes) {
    if (const auto* c = std::get_if<Collective>(&node.work)) {
      out[std::string(name(c->kind)) + " " + node.name] = c->bytes.count();
    }
  }
  return out;
}

std::uint64_t chips(const Lengths& mesh, const std::vector<std::uint32_t>& axes) {
  std::uint64_t n = 1;
  for (const std::uint32_t axis : axes) {
    n *= mesh[axis];
  }
  return n;
}

TEST(Layout, OneDimensionalSumsBDbTwiceALayer) {
  const std::uint64_t v = 64U * 8192 * 2;
  for (const Lengths& mesh : {Lengths{4, 4, 4}, Lengths{8, 8}, Lengths{16}}) {
    const Arrays a = arrays(decode(64, mesh, Layout::one_d), llama_70b(), mesh);
    EXPECT_THAT(a, testing::Contains(Pair("all_reduce attention_sum", v)));
    EXPECT_THAT(a, testing::Contains(Pair("all_reduce mlp_sum", v)));
  }
}

// Batch 512 leaves one sequence to eight of them: v = B N H b / n a chip in and out, 6e; the new
// key and value travel with the queries.
TEST(Layout, AParallelBlockSumsOnce) {
  EXPECT_THAT(arrays(decode(512, {4, 4, 4}, Layout::one_d), palm(), {4, 4, 4}),
              UnorderedElementsAre(Pair("all_reduce layer_sum", 512U * 18432 * 2),
                                   Pair("all_to_all attention_scatter", 512U * (48 + 2) * 256 * 2),
                                   Pair("all_to_all attention_return", 512U * 48 * 256 * 2)));
}

// Item 3 with a gated MLP, whose first product has 2 F columns. Four bytes for each token and chip
// of x carry the sums of squares of the norm.
TEST(Layout, TwoDimensionalMovesWhatItemThreeSaysOnEveryMesh) {
  struct Case {
    Lengths mesh;
    std::vector<std::uint32_t> x_axes;
  };
  const std::uint64_t b = 2;
  const std::uint64_t batch = 64;
  for (const Case& c : {Case{{4, 4, 4}, {0}}, Case{{4, 4, 4}, {1, 2}}, Case{{8, 8}, {1}},
                        Case{{2, 4}, {0}}, Case{{16, 16}, {0}}, Case{{2, 4, 8}, {0, 2}}}) {
    const std::uint64_t n = chips(c.mesh, {0, 1}) * (c.mesh.size() == 3 ? c.mesh[2] : 1);
    const std::uint64_t x = chips(c.mesh, c.x_axes);
    const std::uint64_t yz = n / x;
    const std::uint64_t squares = 4 * batch * x;
    const ModelConfig m = llama_405b();
    const Arrays a = arrays(decode(batch, c.mesh, Layout::two_d, c.x_axes), m, c.mesh);
    SCOPED_TRACE(testing::PrintToString(c.mesh) + testing::PrintToString(c.x_axes));
    EXPECT_EQ(a.at("all_gather mlp_input"), batch * m.width * b / x);
    EXPECT_EQ(a.at("reduce_scatter gate_up_sum"), 2 * batch * m.hidden * b / yz + squares);
    EXPECT_EQ(a.at("all_gather down_gather"), batch * m.hidden * b / yz);
    EXPECT_EQ(a.at("reduce_scatter mlp_sum"), batch * m.width * b / x);
    EXPECT_EQ(a.at("all_gather attention_input"), batch * m.width * b / x);
    EXPECT_EQ(a.at("reduce_scatter qkv_sum"), batch * (128 + 2 * 8) * 128 * b / yz + squares);
    EXPECT_EQ(a.at("all_gather output_gather"), batch * 128 * 128 * b / yz);
    EXPECT_EQ(a.at("reduce_scatter attention_sum"), batch * m.width * b / x);
  }
}

// X = sqrt(n) / 2 is found without being told, moves 8 B D b / sqrt(n), and nothing moves less.
TEST(Layout, TwoDimensionalHasItsOptimumWhereTheFormulaSays) {
  const std::uint64_t batch = 64;
  const ModelConfig m = four_fold(4096);
  const auto mlp = [&](const RunConfig& run, const Lengths& mesh, std::uint64_t x) {
    const Arrays a = arrays(run, m, mesh);
    return a.at("all_gather mlp_input") + a.at("reduce_scatter gate_up_sum") - 4 * batch * x +
           a.at("all_gather down_gather") + a.at("reduce_scatter mlp_sum");
  };
  struct Case {
    Lengths mesh;
    std::uint64_t root;
  };
  for (const Case& c : {Case{{2, 8}, 4}, Case{{4, 4, 4}, 8}, Case{{16, 4}, 8}, Case{{32, 8}, 16},
                        Case{{2, 2, 4}, 4}}) {
    const std::uint64_t least = mlp(decode(batch, c.mesh, Layout::two_d), c.mesh, c.root / 2);
    EXPECT_EQ(least, 8 * batch * m.width * 2 / c.root);
    const PodConfig pod = pod_of(v4_like(), c.mesh);
    const RunConfig run = decode(batch, c.mesh, Layout::two_d);
    for (const ShardingConfig& other :
         possible_layouts(run.sharding, tensor_group(pod, run.sharding.tensor))) {
      if (other.layout == Layout::two_d) {
        EXPECT_GE(mlp(decode(batch, c.mesh, Layout::two_d, other.x_axes), c.mesh,
                      chips(c.mesh, other.x_axes)),
                  least);
      }
    }
  }
}

TEST(Layout, AParallelBlockInTwoDimensionsHasOnePairInAndOnePairOut) {
  EXPECT_THAT(arrays(decode(512, {4, 4, 4}, Layout::two_d, {0}), palm(), {4, 4, 4}),
              UnorderedElementsAre(
                  Pair("all_gather layer_input", 512U * 18432 * 2 / 4),
                  Pair("reduce_scatter qkv_gate_up_sum",
                       512U * (50 * 256 + 2 * 73728) * 2 / 16 + 4 * 512 * 4),
                  Pair("all_to_all attention_scatter", 512U * 50 * 256 * 2),
                  Pair("all_to_all attention_return", 512U * 48 * 256 * 2),
                  Pair("all_gather output_down_gather", 512U * (48 * 256 + 73728) * 2 / 16),
                  Pair("reduce_scatter layer_sum", 512U * 18432 * 2 / 4)));
}

struct Gathered {
  Layout layout;
  std::uint64_t chips;  // G on 4x4x4.
};

// Item 4: V = P_l w G / n of weights, and 2 B D b / G of activations for each of two sums, which
// are all-reduces: a reduce-scatter and an all-gather of B D b / G.
TEST(Layout, GatheredMovesALayersWeightsAndItsShareOfTheTokens) {
  const ModelConfig m = llama_405b();
  const std::uint64_t layer = (m.parameters() - 2 * m.vocabulary * m.width - m.width) / m.layers -
                              2 * m.width;  // Without norms.
  for (const auto& [layout, g] :
       {Gathered{Layout::gathered_x, 4}, Gathered{Layout::gathered_xy, 16},
        Gathered{Layout::gathered_xyz, 64}}) {
    const Lengths mesh{4, 4, 4};
    const RunConfig run = with(prefill_run(64, 128, 64), layout);
    const PodConfig pod = pod_of(v4_like(), mesh);
    const Graph graph = network(run.workload, m, shard(run, m, pod), pod.chip);
    ASSERT_EQ(graph[2].name, "layer");
    EXPECT_EQ(graph[2].repeat, 125U);  // The last one gathers none.
    std::uint64_t weights = 0;
    std::uint64_t sums = 0;
    for (const Node& node : graph[2].nodes) {
      if (const auto* gather = std::get_if<WeightGather>(&node.work)) {
        weights += gather->elements * 2;
        EXPECT_EQ(gather->axes.size(), g == 4 ? 1U : g == 16 ? 2U : 3U);
      }
      const auto* c = std::get_if<Collective>(&node.work);
      if (c != nullptr && c->kind == CollectiveKind::all_reduce) {
        sums += 2 * c->bytes.count();
      }
    }
    EXPECT_EQ(weights, layer * 2 * g / 64);
    EXPECT_EQ(sums, g == 64 ? 0 : 2 * (2 * std::uint64_t{64} * 128 * 16384 * 2 / g));
  }
}

// G = sqrt(B n / F) for two matrices, cost 4 D sqrt(B F / n) b. D = 4096, F = 4 D, n = 64: a batch
// of 4096 tokens has its optimum at 4, one of 65,536 at 16.
TEST(Layout, GatheredHasItsOptimumWhereTheFormulaSays) {
  const ModelConfig m = four_fold(4096);
  const auto mlp = [&](std::uint64_t tokens, Layout layout) {
    const RunConfig run = with(prefill_run(64, tokens / 64, 64), layout);
    const PodConfig pod = pod_of(v4_like(), {4, 4, 4});
    const Graph graph = network(run.workload, m, shard(run, m, pod), pod.chip);
    std::uint64_t sum = 0;
    for (const Node& node : graph.at(2).nodes) {
      if (node.name == "gate_up_weights" || node.name == "down_weights") {
        sum += std::get<WeightGather>(node.work).elements * 2;
      } else if (node.name == "mlp_sum") {
        sum += 2 * std::get<Collective>(node.work).bytes.count();
      }
    }
    return sum;
  };
  EXPECT_EQ(mlp(4096, Layout::gathered_x), 4U * 4096 * 1024 * 2);    // sqrt(4096 F / n) = 1024
  EXPECT_EQ(mlp(65536, Layout::gathered_xy), 4U * 4096 * 4096 * 2);  // 4096
  EXPECT_GT(mlp(4096, Layout::gathered_xy), mlp(4096, Layout::gathered_x));
  EXPECT_GT(mlp(65536, Layout::gathered_x), mlp(65536, Layout::gathered_xy));
}

TEST(Layout, GatheredWithoutOverlapGathersEachMatrixBeforeItsProduct) {
  RunConfig run = with(prefill_run(64, 128, 64), Layout::gathered_xy);
  run.overlap = Overlap::none;
  const PodConfig pod = pod_of(v4_like(), {4, 4, 4});
  const Graph graph = network(run.workload, llama_70b(), shard(run, llama_70b(), pod), pod.chip);
  EXPECT_EQ(graph[1].repeat, 80U);
  for (const Node& node : graph[1].nodes) {
    if (node.name == "down") {
      EXPECT_THAT(node.after, ElementsAre("activation", "down_weights"));
    }
    if (node.name == "down_weights") {
      EXPECT_THAT(node.after, ElementsAre("gate_up", "weight_shards"));
    }
  }
}

// One prompt over 4 gather chips: keys and values of its 512 tokens are gathered, 6a.
TEST(Layout, APromptIsCutWhereTheBatchDoesNotFillTheGatherAxes) {
  const RunConfig run = with(prefill_run(1, 512, 64), Layout::gathered_x);
  const PodConfig pod = pod_of(v4_like(), {4, 4, 4});
  const Sharding s = shard(run, llama_70b(), pod);
  EXPECT_EQ(s.position_chips, 4U);
  EXPECT_THAT(s.context_axes, ElementsAre(0, 1, 2));
  const Graph graph = network(run.workload, llama_70b(), s, pod.chip);
  for (const Node& node : graph[2].nodes) {
    if (node.name == "qkv") {
      EXPECT_EQ(std::get<Linear>(node.work).rows, 128U);
    }
    if (node.name == "attention_gather") {
      EXPECT_EQ(std::get<Collective>(node.work).bytes.count(), 2U * 512 * 8 * 128 * 2);
    }
  }
}

// 6d: queries (and the new key and value) gathered, outputs, maxima and sums combined.
TEST(Layout, AttentionByContextGathersQueriesAndCombinesParts) {
  RunConfig run = decode(8, {4, 4, 4}, Layout::one_d);
  run.sharding.attention = AttentionSharding::context;
  EXPECT_THAT(arrays(run, palm(), {4, 4, 4}),
              UnorderedElementsAre(Pair("all_gather attention_gather", 8U * 50 * 256 * 2),
                                   Pair("reduce_scatter attention_combine", 8U * 48 * 258 * 4),
                                   Pair("all_reduce layer_sum", 8U * 18432 * 2)));
}

// 48 heads on 64 chips: 64 with padding; each chip has its own copy of the key-value head.
TEST(Layout, MultiQueryHeadsArePaddedAndTheirOneKeyValueHeadIsCopied) {
  RunConfig run = decode(8, {4, 4, 4}, Layout::one_d);
  run.sharding.attention = AttentionSharding::heads;
  const Sharding flat = shard(run, palm(), pod_of(v4_like(), {4, 4, 4}));
  EXPECT_EQ(flat.kv_heads, 1U);
  EXPECT_EQ(flat.query_heads_per_kv, 1U);
  EXPECT_EQ(flat.qkv_block, (1 + 2) * 256U);
  EXPECT_EQ(flat.output_block * 64, 64U * 256);
  // Over 4 x 16: 4 padded query heads and one copy of key and value a column of chips, which then
  // exchange the parts of it.
  run.sharding.layout = Layout::two_d;
  run.sharding.x_axes = {0};
  const Sharding two_d = shard(run, palm(), pod_of(v4_like(), {4, 4, 4}));
  EXPECT_EQ(two_d.qkv_block, (4 + 2) * 256U);
  EXPECT_EQ(two_d.output_block, 4 * 256U);
  EXPECT_EQ(arrays(run, palm(), {4, 4, 4}).at("all_gather kv_gather"), 8U * 2 * 256 * 2);
}

// 1 / n of the layers; the room for gathered weights is a layer and its largest matrix over n / G.
TEST(Layout, GatheredWeightsNeedRoomForALayerAndItsLargestMatrix) {
  const PodConfig pod = pod_of(v4_like(), {4, 4, 4});
  const ModelConfig m = llama_70b();
  const RunConfig run = with(prefill_run(64, 128, 64), Layout::gathered_xy);
  const std::uint64_t layer = 8192U * (10240 + 8192 + 3 * 28672);
  const Footprint held = footprint(run.workload, m, shard(run, m, pod));
  EXPECT_EQ(held.gathered.count(), 2 * (layer + 2 * 8192U * 28672) / 4);
  EXPECT_EQ(held.weights,
            footprint(run.workload, m, shard(with(run, Layout::one_d), m, pod)).weights);
}

std::string error_of(const RunConfig& run, const Lengths& mesh) {
  try {
    static_cast<void>(shard(run, llama_70b(), pod_of(v4_like(), mesh)));
  } catch (const UserError& e) {
    return e.what();
  }
  return "no error";
}

TEST(Layout, TooFewAxesAreAnErrorThatNamesWhatWorks) {
  const std::string error = error_of(with(decode_run(8, 64, 4, 16), Layout::two_d), {4, 4, 4});
  EXPECT_THAT(error, HasSubstr("sharding.layout 2d needs 2 axes, and a tensor group of 4 chips"));
  EXPECT_THAT(error, HasSubstr("1d, gathered_x work there"));
  EXPECT_THAT(error, HasSubstr("2d with sharding.tensor 8, 16, 32, 64"));
  EXPECT_THAT(error_of(with(decode_run(8, 64, 64), Layout::gathered_xyz), {8, 8}),
              HasSubstr("no degree of this pod has more"));
}

TEST(Layout, XAxesMustBeSomeOfTheGroupsAxesAndNotAll) {
  for (const std::vector<std::uint32_t>& x : {std::vector<std::uint32_t>{2}, {0, 1}, {0, 0}}) {
    EXPECT_THAT(error_of(decode(8, {4, 4}, Layout::two_d, x), {4, 4}),
                HasSubstr("these work: [0], [1]"));
  }
}

TEST(Layout, EveryLayoutOfAGroupIsEnumerated) {
  const auto count = [](const Lengths& mesh) {
    const PodConfig pod = pod_of(v4_like(), mesh);
    const RunConfig run = decode_run(8, 64, static_cast<std::uint32_t>(pod.chips()));
    return possible_layouts(run.sharding, tensor_group(pod, run.sharding.tensor)).size();
  };
  EXPECT_EQ(count({1}), 1U);         // 1d
  EXPECT_EQ(count({4}), 2U);         // and gathered_x
  EXPECT_EQ(count({4, 4}), 5U);      // and 2d with x [0] or [1], gathered_xy
  EXPECT_EQ(count({4, 4, 4}), 10U);  // 6 of 2d, gathered_xyz
}

}  // namespace
}  // namespace systole
