// SPDX-License-Identifier: Apache-2.0
#include "lower/lower.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/error.hpp"
#include "machines.hpp"
#include "trace/text.hpp"
#include "trace/verify.hpp"

namespace systole {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Operation& operation(const Trace& trace, std::size_t block, const std::string& name) {
  for (const Operation& candidate : trace.blocks.at(block).operations) {
    if (candidate.name == name) {
      return candidate;
    }
  }
  throw Bug("no operation " + name);
}

const Matmul& matmul(const Trace& trace, std::size_t block, const std::string& name) {
  return std::get<Matmul>(operation(trace, block, name).work);
}

std::string reason(const RunConfig& run, const ModelConfig& model, const PodConfig& pod) {
  try {
    static_cast<void>(lower(run, model, pod));
  } catch (const DoesNotFit& e) {
    return e.what();
  }
  return "fits";
}

const PodConfig& cube() {
  static const PodConfig pod = pod_of(v4_like(), {4, 4, 4});
  return pod;
}

// Llama-3.1-70B on 64 chips, 64 sequences: one sequence a chip, 8 KV heads, 8 queries each.
TEST(Lower, DecodeOfSeventyBillionOnACubeHasTheShapesWorkedOutByHand) {
  const Trace trace = lower(decode_run(64, 2048, 64), llama_70b(), cube());
  EXPECT_EQ(trace.pod, cube().hash);
  EXPECT_EQ(trace.output_tokens, 64U);
  EXPECT_FALSE(trace.causal);
  ASSERT_EQ(trace.blocks.size(), 3U);
  EXPECT_EQ(trace.blocks[1].repeat, 80U);
  const Matmul& qkv = matmul(trace, 1, "qkv");
  EXPECT_EQ(qkv.rows, 64U);
  EXPECT_EQ(qkv.depth, 8192U);
  EXPECT_EQ(qkv.columns, 160U);
  EXPECT_EQ(qkv.useful, std::uint64_t{64} * 8192 * 10240);
  const Matmul& scores = matmul(trace, 1, "scores_1");
  EXPECT_EQ(scores.products, 2U);  // A quarter of 8.
  EXPECT_EQ(scores.rows, 8U);
  EXPECT_EQ(scores.depth, 128U);
  EXPECT_EQ(scores.columns, 2048U);
  EXPECT_EQ(scores.stationary.place, Place::hbm);
  EXPECT_EQ(matmul(trace, 1, "scores_new").columns, 1U);
  EXPECT_EQ(matmul(trace, 1, "scores_new").stationary.place, Place::scratchpad);
  const auto& append = std::get<Move>(operation(trace, 1, "kv_append").work);
  EXPECT_EQ(append.bytes.count(), 2U * 8 * 128 * 2);
  EXPECT_EQ(append.segments, 16U);
}

TEST(Lower, NobodyWaitsForTheCacheInADecode) {
  const Trace trace = lower(decode_run(64, 2048, 64), llama_70b(), cube());
  for (const Operation& o : trace.blocks[1].operations) {
    EXPECT_THAT(o.after, testing::Not(testing::Contains("kv_append"))) << o.name;
  }
}

TEST(Lower, APromptTooLargeForTheScratchpadIsFetchedAgainFromTheCache) {
  const Trace trace = lower(prefill_run(8, 2048, 64), llama_70b(), cube());
  EXPECT_THAT(operation(trace, 1, "scores_1").after, ElementsAre("kv_append"));
  EXPECT_FALSE(matmul(trace, 1, "scores_1").prefetch);
  // Two sequences' keys and values of all 2048 positions, not this chip's 128.
  EXPECT_EQ(std::get<Move>(operation(trace, 1, "kv_append").work).bytes.count(),
            2U * 2 * 8 * 128 * 2048 * 2);
}

TEST(Lower, AShortPromptIsReadInPlaceAndKeptByShares) {
  const Trace trace = lower(prefill_run(8, 64, 64), llama_70b(), cube());
  EXPECT_EQ(matmul(trace, 1, "scores_1").stationary.place, Place::scratchpad);
  EXPECT_THAT(operation(trace, 1, "scores_1").after, ElementsAre("attention_gather"));
  EXPECT_EQ(std::get<Move>(operation(trace, 1, "kv_append").work).bytes.count(),
            2U * 2 * 8 * 128 * 64 * 2 / 16);
}

// One sequence of 1024 on one chip, array of 128 columns: 8 * 1024 / 2 rows x (1024 + 128) keys.
TEST(Lower, TheMaskHalvesThePairsUpToItsDiagonalTiles) {
  RunConfig run = prefill_run(1, 1024, 1);
  ChipConfig chip = v4_like();
  chip.hbm->capacity = Bytes{std::uint64_t{1} << 40};
  const PodConfig pod = pod_of(chip, {1});
  const Trace half = lower(run, llama_70b(), pod);
  EXPECT_EQ(matmul(half, 1, "scores_1").rows, 4096U);
  EXPECT_EQ(matmul(half, 1, "scores_1").columns, 1152U);
  EXPECT_EQ(matmul(half, 1, "values_1").depth, 1152U);
  EXPECT_EQ(half.causal, "half");
  run.workload.causal = Causal::full;
  const Trace full = lower(run, llama_70b(), pod);
  EXPECT_EQ(matmul(full, 1, "scores_1").rows, 8192U);
  EXPECT_EQ(matmul(full, 1, "scores_1").columns, 1024U);
  EXPECT_EQ(full.causal, "full");
}

TEST(Lower, TheHeadOfAPrefillWorksOnTheLastPositions) {
  const Trace trace = lower(prefill_run(8, 2048, 64), llama_70b(), cube());
  EXPECT_EQ(matmul(trace, 2, "lm_head").rows, 8U);
  EXPECT_EQ(matmul(trace, 2, "lm_head").useful, std::uint64_t{8} * 8192 * 128256);
  EXPECT_EQ(trace.output_tokens, 8U);
}

TEST(Lower, AFirstTokenWithoutContextMeetsOnlyItself) {
  const Trace trace = lower(decode_run(64, 0, 64), llama_70b(), cube());
  EXPECT_EQ(matmul(trace, 1, "scores_1").columns, 1U);
  EXPECT_EQ(matmul(trace, 1, "scores_1").stationary.place, Place::scratchpad);
  EXPECT_THROW(static_cast<void>(matmul(trace, 1, "scores_new")), Bug);
}

TEST(Lower, FourHundredBillionOnFiveHundredChipsIsAFewDozenLines) {
  const Trace trace = lower(decode_run(512, 8192, 512), llama_405b(), pod_of(v4_like(), {8, 8, 8}));
  EXPECT_EQ(trace.blocks[1].repeat, 126U);
  const std::string text = write(trace);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 300);
}

TEST(Lower, TheSameInputsGiveTheSameBytes) {
  const RunConfig run = decode_run(24, 777, 64);
  EXPECT_EQ(write(lower(run, llama_70b(), cube())), write(lower(run, llama_70b(), cube())));
}

TEST(Lower, WeightsLiveAsNearAsTheyFit) {
  ModelConfig small = llama_8b();
  small.layers = 1;
  ChipConfig chip = v4_like();
  chip.far_sram->capacity = 4096_MiB;
  EXPECT_EQ(
      matmul(lower(decode_run(4, 128, 4), small, pod_of(chip, {4})), 1, "qkv").stationary.place,
      Place::far_sram);
  chip.far_sram->capacity = 1_MiB;
  EXPECT_EQ(
      matmul(lower(decode_run(4, 128, 4), small, pod_of(chip, {4})), 1, "qkv").stationary.place,
      Place::hbm);
  chip.far_sram.reset();
  chip.scratchpad.capacity = 4096_MiB;
  const Trace resident = lower(decode_run(4, 128, 4), small, pod_of(chip, {4}));
  EXPECT_EQ(matmul(resident, 1, "qkv").stationary.place, Place::scratchpad);
  EXPECT_TRUE(std::holds_alternative<Vector>(operation(resident, 0, "embedding").work));
}

TEST(Lower, AResidenceThatTheRunAsksForIsKept) {
  ModelConfig small = llama_8b();
  small.layers = 1;
  ChipConfig chip = v4_like();
  chip.far_sram->capacity = 4096_MiB;
  RunConfig run = decode_run(4, 128, 4);
  const auto places = [&] {
    const Trace trace = lower(run, small, pod_of(chip, {4}));
    return std::pair(matmul(trace, 1, "qkv").stationary.place,
                     matmul(trace, 1, "scores_1").stationary.place);
  };
  EXPECT_EQ(places(), std::pair(Place::far_sram, Place::far_sram));
  run.residence = {.weights = Residence::hbm, .kv_cache = Residence::sram};
  EXPECT_EQ(places(), std::pair(Place::hbm, Place::far_sram));
  run.residence.kv_cache = Residence::hbm;
  EXPECT_EQ(places(), std::pair(Place::hbm, Place::hbm));
  run.residence.kv_cache = Residence::sram;
  chip.far_sram.reset();
  EXPECT_EQ(places(), std::pair(Place::hbm, Place::scratchpad));
}

// 8.03e9 int8 weights in 512 MiB a chip: at least 14.96 chips.
TEST(Lower, WeightsThatMustLieInSramSayHowManyChipsWouldHoldThem) {
  ChipConfig chip = v4_like();
  chip.far_sram->capacity = 512_MiB;
  RunConfig run = decode_run(1, 128, 4);
  EXPECT_EQ(reason(run, llama_8b(), pod_of(chip, {4})), "fits");  // In HBM.
  run.residence.weights = Residence::sram;
  const std::string text = reason(run, llama_8b(), pod_of(chip, {4}));
  EXPECT_THAT(text, HasSubstr("a tensor group of at least 15 chips (sharding.tensor is 4)"));
  EXPECT_THAT(text, HasSubstr("would fit: residence.weights auto"));
  run.sharding.tensor = 16;
  EXPECT_EQ(reason(run, llama_8b(), pod_of(chip, {16})), "fits");
}

// 8.03e9 weights / 64 chips = 125 MB of int8, beside 512 MiB of buffers.
TEST(Lower, AChipWithoutHbmKeepsWeightsAndCacheInItsScratchpad) {
  const PodConfig pod = pod_of(sram_like(), {8, 8});
  const Trace trace = lower(decode_run(64, 2048, 64), llama_8b(), pod);
  verify(trace, machine_of(pod, 64));
  EXPECT_EQ(matmul(trace, 1, "scores_1").stationary.place, Place::scratchpad);
  EXPECT_GT(trace.residency.scratchpad.count(), 8030261248U / 64 - 1000000);
  EXPECT_THROW(static_cast<void>(operation(trace, 1, "kv_append")), Bug);  // Made in place.
}

// One v4 chip: 15 GiB of bf16 weights leave 17 of 32; 256 sequences of 8192 need 256 GiB.
TEST(Lower, ACacheThatDoesNotFitSaysWhichBatchAndContextWould) {
  RunConfig run = decode_run(256, 8192, 1);
  run.workload.weights = DataType::bf16;
  const PodConfig pod = pod_of(v4_like(), {1});
  const std::string text = reason(run, llama_8b(), pod);
  EXPECT_THAT(text, HasSubstr("weights (bf16) need 14.96 GiB, KV cache (bf16) needs 256.03 GiB"));
  EXPECT_THAT(text, HasSubstr("32.00 GiB of hbm"));
  EXPECT_THAT(text, HasSubstr("workload.batch 17\n"));  // 17 x 1.0001 GiB; 18 would need 18.
  run.workload.batch = 17;
  EXPECT_EQ(reason(run, llama_8b(), pod), "fits");
  run.workload.batch = 18;
  EXPECT_NE(reason(run, llama_8b(), pod), "fits");
}

// 65.7 GiB of int8 in 32 GiB: int4 is still 32.9, ternary 16.4.
TEST(Lower, WeightsThatDoNotFitSayWhichTypeWould) {
  const RunConfig run = decode_run(1, 128, 1);
  const PodConfig pod = pod_of(v4_like(), {1});
  const std::string text = reason(run, llama_70b(), pod);
  EXPECT_THAT(text, HasSubstr("would fit: workload.weights ternary (16.43 GiB)"));
  EXPECT_THAT(text, HasSubstr("a tensor group of at least 3 chips"));
  RunConfig narrow = run;
  narrow.workload.weights = DataType::ternary;
  EXPECT_EQ(reason(narrow, llama_70b(), pod), "fits");
}

TEST(Lower, ActivationsWithoutAnyRoomAreReported) {
  const PodConfig pod = pod_of(sram_like(), {8, 8});
  EXPECT_THAT(reason(prefill_run(16, 4096, 64), llama_8b(), pod),
              HasSubstr("activations do not fit"));
}

TEST(Lower, AScratchpadSmallerThanTheArrayIsReported) {
  ChipConfig chip = v4_like();
  chip.scratchpad.capacity = 64_KiB;  // Half a buffer is 8 KiB of the 32 KiB buffer's tile pair.
  chip.matrix_unit.rows = 256;
  chip.matrix_unit.columns = 256;
  EXPECT_THAT(reason(decode_run(1, 0, 64), llama_70b(), pod_of(chip, {4, 4, 4})),
              HasSubstr("too small for the matrix unit"));
}

TEST(Lower, DegreesThatThePodCannotFormAreTheUsersMistake) {
  EXPECT_THROW(static_cast<void>(lower(decode_run(8, 0, 16, 2), llama_70b(), cube())), UserError);
  EXPECT_THROW(static_cast<void>(lower(decode_run(8, 0, 64, 2), llama_70b(), cube())), UserError);
}

TEST(Lower, CountsBeyondSixtyFourBitsAreRefused) {
  RunConfig run = decode_run(std::uint64_t{1} << 40, 1, 64);
  EXPECT_THROW(static_cast<void>(lower(run, llama_70b(), cube())), UserError);
}

}  // namespace
}  // namespace systole
