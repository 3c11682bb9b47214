// SPDX-License-Identifier: Apache-2.0
#include "workload/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "machines.hpp"

namespace systole {
namespace {

using testing::ElementsAre;

Graph graph_of(const RunConfig& run, const ModelConfig& model, const PodConfig& pod) {
  return network(run.workload, model, shard(run, model, pod), pod.chip);
}

std::vector<std::string> names(const GraphBlock& block) {
  std::vector<std::string> out;
  for (const Node& node : block.nodes) {
    out.push_back(node.name);
  }
  return out;
}

const Node& node(const GraphBlock& block, const std::string& name) {
  for (const Node& candidate : block.nodes) {
    if (candidate.name == name) {
      return candidate;
    }
  }
  throw Bug("no node " + name);
}

TEST(Network, OneChipHasNoCollectives) {
  const Graph graph = graph_of(decode_run(4, 100, 1), llama_8b(), pod_of(v4_like(), {1}));
  ASSERT_EQ(graph.size(), 3U);
  EXPECT_THAT(names(graph[0]), ElementsAre("launch", "embedding"));
  EXPECT_EQ(graph[1].repeat, 32U);
  EXPECT_THAT(names(graph[1]), ElementsAre("attention_norm", "qkv", "rope", "attention", "output",
                                           "attention_residual", "mlp_norm", "gate_up",
                                           "activation", "down", "mlp_residual"));
  EXPECT_THAT(names(graph[2]), ElementsAre("final_norm", "lm_head", "sampling"));
}

TEST(Network, AGroupThatSplitsTheContextGathersAndCombines) {
  const Graph graph = graph_of(decode_run(8, 100, 64), llama_70b(), pod_of(v4_like(), {4, 4, 4}));
  EXPECT_THAT(names(graph[1]),
              ElementsAre("attention_norm", "qkv", "rope", "attention_scatter", "attention_gather",
                          "attention", "attention_combine", "attention_scale", "attention_return",
                          "output", "attention_sum", "attention_residual", "mlp_norm", "gate_up",
                          "activation", "down", "mlp_sum", "mlp_residual"));
}

TEST(Network, ANodeWaitsForWhoMadeItsInputs) {
  const Graph graph = graph_of(decode_run(64, 100, 64), llama_70b(), pod_of(v4_like(), {4, 4, 4}));
  EXPECT_THAT(node(graph[1], "attention_norm").after, ElementsAre("previous"));
  EXPECT_THAT(node(graph[1], "attention_residual").after, ElementsAre("previous", "attention_sum"));
  EXPECT_THAT(node(graph[1], "mlp_residual").after, ElementsAre("attention_residual", "mlp_sum"));
  EXPECT_TRUE(node(graph[0], "launch").after.empty());
}

// 70B, B = 8 on 4x4x4: p = 4, r = 16, b = 2. Per chip v = 8 * 10240 * 2 / 64 = 2560 B of Q, K, V.
TEST(Network, DecodeCollectivesCarryWhatTheClosedFormsSay) {
  const Graph graph = graph_of(decode_run(8, 100, 64), llama_70b(), pod_of(v4_like(), {4, 4, 4}));
  const auto bytes = [&](const char* name) {
    return std::get<Collective>(node(graph[1], name).work).bytes.count();
  };
  EXPECT_EQ(bytes("attention_scatter"), 2560U * 4);                // v * p
  EXPECT_EQ(bytes("attention_gather"), 2U * 10240 * 2);            // B / p sequences
  EXPECT_EQ(bytes("attention_combine"), 2U * 64 * (128 + 2) * 4);  // 6d
  EXPECT_EQ(bytes("attention_return"), 8U * 8192 * 2 / 64 * 4);    // 6e
  EXPECT_EQ(bytes("attention_sum"), 8U * 8192 * 2);                // item 2
  EXPECT_EQ(bytes("mlp_sum"), 8U * 8192 * 2);
}

// The same group in a prefill of 512 tokens: T = 4096.
TEST(Network, PrefillCollectivesCarryWhatTheClosedFormsSay) {
  const Graph graph = graph_of(prefill_run(8, 512, 64), llama_70b(), pod_of(v4_like(), {4, 4, 4}));
  const auto bytes = [&](const char* name) {
    return std::get<Collective>(node(graph[1], name).work).bytes.count();
  };
  EXPECT_EQ(bytes("attention_scatter"), 4096U * 10240 * 2);
  EXPECT_EQ(bytes("attention_gather"), 2U * 512 * 2 * 8 * 128 * 2);  // 6a, for B / p sequences
  EXPECT_EQ(bytes("attention_return"), 4096U * 8192 * 2);
  EXPECT_EQ(bytes("attention_sum"), 4096U * 8192 * 2);
}

// By hand for B = 4, D = 4096 on one chip.
TEST(Network, ANormSquaresAndScalesEachNumber) {
  const Graph graph = graph_of(decode_run(4, 100, 1), llama_8b(), pod_of(v4_like(), {1}));
  const auto& norm = std::get<Vector>(node(graph[1], "attention_norm").work);
  EXPECT_EQ(norm.fma, 4U * 4096);
  EXPECT_EQ(norm.multiply, 2U * 4 * 4096);
  EXPECT_EQ(norm.transcendental, 4U);
  EXPECT_EQ(norm.read.count(), 2U * 4 * 4096 * 2);
  EXPECT_EQ(norm.written.count(), 4U * 4096 * 2);
}

TEST(Network, EveryStepHasItsLaunchAndOneMoreKey) {
  RunConfig run = decode_run(4, 100, 1);
  run.workload.steps = 3;
  const Graph graph = graph_of(run, llama_8b(), pod_of(v4_like(), {1}));
  ASSERT_EQ(graph.size(), 9U);
  EXPECT_THAT(node(graph[3], "launch").after, ElementsAre("previous"));
  EXPECT_EQ(std::get<Attention>(node(graph[1], "attention").work).cached_keys, 100U);
  EXPECT_EQ(std::get<Attention>(node(graph[7], "attention").work).cached_keys, 102U);
  EXPECT_EQ(output_tokens(run.workload), 12U);
}

TEST(Network, ATiedTableIsLookedUpByRows) {
  ModelConfig tied = llama_8b();
  tied.tied_embeddings = true;
  const PodConfig pod = pod_of(v4_like(), {4});
  const Graph apart_graph = graph_of(decode_run(10, 0, 4), llama_8b(), pod);
  const Graph tied_graph = graph_of(decode_run(10, 0, 4), tied, pod);
  const auto& apart = std::get<Lookup>(node(apart_graph[0], "embedding").work);
  const auto& shared = std::get<Lookup>(node(tied_graph[0], "embedding").work);
  EXPECT_EQ(apart.rows, 10U);
  EXPECT_EQ(apart.columns, 1024U);
  EXPECT_EQ(shared.rows, 3U);  // 10 / 4
  EXPECT_EQ(shared.columns, 4096U);
}

}  // namespace
}  // namespace systole
