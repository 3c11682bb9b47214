// SPDX-License-Identifier: Apache-2.0
#include "workload/sharding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "machines.hpp"

namespace systole {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Sharding cube(std::uint64_t batch) {
  return shard(decode_run(batch, 2048, 64), llama_70b(), pod_of(v4_like(), {4, 4, 4}));
}

TEST(Sharding, SequencesGoOverEveryAxisIfTheBatchDividesByAllChips) {
  const Sharding s = cube(64);
  EXPECT_THAT(s.sequence_axes, ElementsAre(0, 1, 2));
  EXPECT_THAT(s.context_axes, IsEmpty());
  EXPECT_EQ(s.sequences, 1U);
  EXPECT_EQ(s.context_chips, 1U);
}

TEST(Sharding, ContextGoesOverTheAxesThatTheBatchLeaves) {
  const Sharding s = cube(8);  // 4 divides 8, 16 does not.
  EXPECT_THAT(s.sequence_axes, ElementsAre(0));
  EXPECT_THAT(s.context_axes, ElementsAre(1, 2));
  EXPECT_EQ(s.sequences, 2U);
  EXPECT_EQ(s.context_chips, 16U);
  EXPECT_EQ(s.positions(2048), 128U);
  EXPECT_EQ(s.positions(2049), 129U);
}

TEST(Sharding, AnOddBatchLeavesAllAxesToTheContext) {
  const Sharding s = cube(7);
  EXPECT_THAT(s.sequence_axes, IsEmpty());
  EXPECT_EQ(s.sequences, 7U);
  EXPECT_EQ(s.context_chips, 64U);
}

// 70B: (64 + 2 * 8) * 128 = 10240 columns of Q, K, V; 8192 of the output; 28672; 128256.
TEST(Sharding, ColumnsGoOverAllChipsWithoutRegardToHeads) {
  const Sharding s = cube(64);
  EXPECT_EQ(s.qkv_columns, 160U);
  EXPECT_EQ(s.rotated_columns, 144U);
  EXPECT_EQ(s.output_depth, 128U);
  EXPECT_EQ(s.hidden_columns, 448U);
  EXPECT_EQ(s.embedding_columns, 128U);
  EXPECT_EQ(s.vocabulary_columns, 2004U);
}

TEST(Sharding, WhatDoesNotDivideIsRoundedUp) {
  const Sharding s = shard(decode_run(10, 0, 3, 4), llama_70b(), pod_of(v4_like(), {3, 4}));
  EXPECT_EQ(s.batch, 3U);              // 10 / 4
  EXPECT_EQ(s.sequences, 1U);          // 3 / 3
  EXPECT_EQ(s.qkv_columns, 3414U);     // 10240 / 3
  EXPECT_EQ(s.hidden_columns, 9558U);  // 28672 / 3
}

Sharding by_heads(std::uint32_t chips) {
  RunConfig run = decode_run(64, 0, chips);
  run.sharding.attention = AttentionSharding::heads;
  return shard(run, llama_70b(), pod_of(v4_like(), {chips}));
}

// 70B has 8 KV heads with 8 query heads each.
TEST(Sharding, ByHeadsAChipHasWholeKvHeadsOfAllSequences) {
  const Sharding s = by_heads(4);
  EXPECT_EQ(s.sequences, 64U);
  EXPECT_EQ(s.kv_heads, 2U);
  EXPECT_EQ(s.query_heads_per_kv, 8U);
  EXPECT_EQ(s.qkv_columns, (16 + 4) * 128U);
  EXPECT_THAT(s.context_axes, IsEmpty());
}

TEST(Sharding, ByHeadsMoreChipsThanKvHeadsShareTheirQueries) {
  EXPECT_EQ(by_heads(16).kv_heads, 1U);
  EXPECT_EQ(by_heads(16).query_heads_per_kv, 4U);
  EXPECT_EQ(by_heads(128).query_heads_per_kv, 1U);  // 64 of 128 chips would do: padding.
}

TEST(Sharding, ByHeadsUnevenCountsArePadded) {
  EXPECT_EQ(by_heads(3).kv_heads, 3U);
  EXPECT_EQ(by_heads(12).kv_heads, 1U);
  EXPECT_EQ(by_heads(12).query_heads_per_kv, 8U);  // No chip works for two KV heads.
}

TEST(Sharding, DegreesThatDoNotFillThePodAreAnError) {
  EXPECT_THROW(
      static_cast<void>(shard(decode_run(8, 0, 16, 2), llama_70b(), pod_of(v4_like(), {4, 4, 4}))),
      UserError);
}

// 70B, int8 weights: (70553706496 - norms) / 64, the norms being 80 * 2 * 8192 + 8192.
// bf16 cache: 2 * 80 layers * 8 heads * 128 * 2 B * 2049 tokens * 64 sequences / 64 chips.
TEST(Sharding, AChipHoldsItsShareOfWeightsAndCache) {
  const RunConfig run = decode_run(64, 2048, 64);
  const Footprint held = footprint(run.workload, llama_70b(), cube(64));
  EXPECT_EQ(held.weights.count(), (70553706496U - 1318912U) / 64);
  EXPECT_EQ(held.kv_cache.count(), 2U * 80 * 8 * 128 * 2 * 2049);
}

TEST(Sharding, ATiedTableIsStoredOnce) {
  ModelConfig tied = llama_8b();
  tied.tied_embeddings = true;
  const RunConfig run = decode_run(4, 0, 4);
  const PodConfig pod = pod_of(v4_like(), {4});
  const Bytes apart = footprint(run.workload, llama_8b(), shard(run, llama_8b(), pod)).weights;
  const Bytes shared = footprint(run.workload, tied, shard(run, tied, pod)).weights;
  EXPECT_EQ((apart - shared).count(), 128256U * 4096 / 4);
}

}  // namespace
}  // namespace systole
