// SPDX-License-Identifier: Apache-2.0
// Every expected value here is counted by hand from sim/model/README.md, as its comment shows.
#include <gtest/gtest.h>

#include "pods.hpp"

namespace systole {
namespace {

using systole::testing::matmul;
using systole::testing::small_pod;
using systole::testing::trace_of;

class Counts {
 public:
  Counts(const PodConfig& pod, const Trace& trace) : expected_(expected(pod, trace)) {}
  Counts(const PodConfig& pod, Work work) : Counts(pod, trace_of(pod, {std::move(work)})) {}

  std::uint64_t operator()(Tensor tensor, Action action) const {
    const auto found = expected_.counts.find({"b.o0", tensor, action});
    return found == expected_.counts.end() ? 0 : found->second;
  }
  const Expected& all() const { return expected_; }

 private:
  Expected expected_;
};

// 36 steps: 2 products; rows 2, 2, 1; depth 4, 4, 2; columns 2, 1.
const Matmul kRagged = matmul(2, 5, 10, 3, {1, 2, 4, 2}, Place::hbm);
const PodConfig kOne = small_pod({{1, false}});

TEST(ExpectedMatmul, WeightStationaryCountsOfRaggedBlocks) {
  const Counts n(kOne, kRagged);
  EXPECT_EQ(n(Tensor::weight, Action::mac_bf16), 2U * 5 * 10 * 3);
  // Three row blocks shift all columns; H(4) = 10, H(2) = 3; bf16 is 16 bits wide in the array.
  EXPECT_EQ(n(Tensor::weight, Action::weight_shift_bit), 2U * 3 * 3 * (10 + 10 + 3) * 16);
  EXPECT_EQ(n(Tensor::weight, Action::dequantise), 2U * 3 * 10 * 3);
  EXPECT_EQ(n(Tensor::activation, Action::accumulator_read), 4U * 2 * 5 * 3 * 3);
  EXPECT_EQ(n(Tensor::activation, Action::accumulator_write), 4U * 2 * 5 * 3 * 3);
  // One pass a step; rows of 2 or 1 take one push, the 4 rows of the tile take two.
  EXPECT_EQ(n(Tensor::none, Action::bundle), 36U * (1 + 2));
  EXPECT_EQ(n(Tensor::activation, Action::lane_add), 0U);
}

TEST(ExpectedMatmul, ScratchpadGranulesOfRaggedBlocks) {
  const Counts n(kOne, kRagged);
  // Weights of 4x2, 4x1, 2x2, 2x1 bytes are 2, 1, 1, 1 granules of 4 bytes.
  const std::uint64_t weights = 2 * 3 * (2 * (2 + 1) + (1 + 1));
  // Activations of 2x4, 2x2, 1x4, 1x2 numbers of two bytes are 4, 2, 2, 1 granules.
  const std::uint64_t moving = 2 * (2 * (4 + 4 + 2) + (2 + 2 + 1));
  // Results of 2x2, 2x1, 1x2, 1x1 numbers of two bytes are 2, 1, 1, 1 granules.
  const std::uint64_t results = 2 * (2 * (2 + 1) + (1 + 1));
  EXPECT_EQ(n(Tensor::weight, Action::scratchpad_read), weights);
  EXPECT_EQ(n(Tensor::weight, Action::scratchpad_write), weights);
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_read), 2 * moving + results);
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_write), moving + results);
}

TEST(ExpectedMatmul, HbmTrainsOfRaggedBlocks) {
  const Counts n(kOne, kRagged);  // Each block is less than one burst.
  EXPECT_EQ(n(Tensor::weight, Action::hbm_read), 36U);
  EXPECT_EQ(n(Tensor::weight, Action::hbm_activate), 36U);
  EXPECT_EQ(n(Tensor::weight, Action::hbm_element), 2U * 3 * 10 * 3);
  EXPECT_EQ(n(Tensor::activation, Action::hbm_read), 18U);
  EXPECT_EQ(n(Tensor::activation, Action::hbm_element), 2U * 5 * 10);
  EXPECT_EQ(n(Tensor::activation, Action::hbm_write), 12U);
  EXPECT_EQ(n(Tensor::activation, Action::hbm_io), 30U);
  EXPECT_EQ(n(Tensor::activation, Action::hbm_phy), 30U);
  EXPECT_EQ(n(Tensor::activation, Action::hbm_wire), 30U);
  EXPECT_EQ(n.all().hbm_read_bytes, 54U * 32);
  EXPECT_EQ(n.all().hbm_write_bytes, 12U * 32);
}

TEST(ExpectedMatmul, OutputStationaryShiftsNothingAndSumsInPlace) {
  PodConfig pod = kOne;
  pod.chip.matrix_unit.dataflow = Dataflow::output_stationary;
  const Counts n(pod, matmul(9, 10, 3));
  EXPECT_EQ(n(Tensor::weight, Action::weight_shift_bit), 0U);
  EXPECT_EQ(n(Tensor::activation, Action::accumulator_read), 4U * 9 * 3);
  // ceil(9/4) = 3 row tiles read 30 bytes, 8 granules, each.
  EXPECT_EQ(n(Tensor::weight, Action::scratchpad_read), 3U * 8);
  EXPECT_EQ(n(Tensor::weight, Action::dequantise), 3U * 30);
  // 180 bytes are 45 granules, read for each of two column tiles.
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_read), 2U * 45);
  EXPECT_EQ(n(Tensor::none, Action::bundle), 3U * 2 * 5);
}

TEST(ExpectedMatmul, OutputStationarySumsOnceForAllDepthBlocks) {
  PodConfig pod = kOne;
  pod.chip.matrix_unit.dataflow = Dataflow::output_stationary;
  const Counts n(pod, matmul(1, 9, 10, 3, {1, 9, 4, 3}, Place::scratchpad));
  EXPECT_EQ(n(Tensor::activation, Action::accumulator_write), 4U * 9 * 3);
}

TEST(ExpectedMatmul, InputStationaryHoldsTheRows) {
  PodConfig pod = kOne;
  pod.chip.matrix_unit.dataflow = Dataflow::input_stationary;
  const Counts n(pod, matmul(5, 10, 3));
  EXPECT_EQ(n(Tensor::weight, Action::weight_shift_bit), 5U * 23 * 16);
  EXPECT_EQ(n(Tensor::weight, Action::dequantise), 3U * 30);  // ceil(5/2) row tiles.
  EXPECT_EQ(n(Tensor::weight, Action::scratchpad_read), 3U * 8);
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_read), 25U);
  EXPECT_EQ(n(Tensor::activation, Action::accumulator_read), 4U * 5 * 3 * 3);
  EXPECT_EQ(n(Tensor::none, Action::bundle), 3U * 3 * (2 + 2));  // Three columns, two pushes.
}

TEST(ExpectedMatmul, UnitsThatShareAColumnsDepthAddTheirSums) {
  PodConfig pod = kOne;
  pod.chip.matrix_unit.count = 8;  // Two column tiles leave four units for three depth tiles.
  EXPECT_EQ(Counts(pod, matmul(5, 10, 3))(Tensor::activation, Action::lane_add), 2U * 5 * 3);
  pod.chip.matrix_unit.count = 5;
  EXPECT_EQ(Counts(pod, matmul(5, 10, 3))(Tensor::activation, Action::lane_add), 1U * 5 * 3);
  pod.chip.matrix_unit.count = 3;
  EXPECT_EQ(Counts(pod, matmul(5, 10, 3))(Tensor::activation, Action::lane_add), 0U);
}

TEST(ExpectedMatmul, OneRowAndOneColumnAreWholePasses) {
  const Counts n(kOne, matmul(1, 1, 1));
  EXPECT_EQ(n(Tensor::weight, Action::mac_bf16), 1U);
  EXPECT_EQ(n(Tensor::weight, Action::weight_shift_bit), 16U);
  EXPECT_EQ(n(Tensor::none, Action::bundle), 3U);
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_write), 1U);
}

TEST(ExpectedMatmul, KeysAreCountedAsKvAndInTheirOwnMultiplier) {
  Matmul m = matmul(5, 10, 3);
  m.tensor = Stationary::kv;
  m.stationary.type = DataType::int4;
  m.moving.type = DataType::int4;
  m.useful = 77;
  const Counts n(kOne, m);
  EXPECT_EQ(n(Tensor::kv, Action::mac_int4), 150U);
  EXPECT_EQ(n(Tensor::kv, Action::dequantise), 0U);
  EXPECT_EQ(n.all().macs[static_cast<std::size_t>(Multiplier::int4)], 150U);
  EXPECT_EQ(n.all().useful[static_cast<std::size_t>(Multiplier::int4)], 77U);
}

TEST(ExpectedMatmul, AllChipsAndRepeatsMultiplyButUsefulIsOfThePod) {
  const PodConfig pod = small_pod({{4, true}, {2, true}});
  Matmul m = matmul(5, 10, 3);
  m.useful = 1000;
  const Counts n(pod, trace_of(pod, {m}, 3));
  EXPECT_EQ(n(Tensor::weight, Action::mac_bf16), 150U * 8 * 3);
  EXPECT_EQ(n.all().useful[static_cast<std::size_t>(Multiplier::bf16)], 3000U);
}

TEST(ExpectedVector, LanesGranulesAndOneBundleACycle) {
  const Counts n(kOne, Vector{.add = 10,
                              .multiply = 20,
                              .fma = 30,
                              .transcendental = 5,
                              .shuffle = 7,
                              .read = Bytes{9},
                              .written = Bytes{4}});
  EXPECT_EQ(n(Tensor::activation, Action::lane_add), 10U);
  EXPECT_EQ(n(Tensor::activation, Action::lane_multiply), 20U);
  EXPECT_EQ(n(Tensor::activation, Action::lane_fma), 30U);
  EXPECT_EQ(n(Tensor::activation, Action::lane_transcendental), 5U);
  EXPECT_EQ(n(Tensor::activation, Action::lane_shuffle), 7U);
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_read), 3U);
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_write), 1U);
  EXPECT_EQ(n(Tensor::none, Action::bundle), 12U);  // ceil((60 + 5 x 4 + 7 x 2) / 8).
}

TEST(ExpectedMove, EachSegmentIsRoundedUpOnItsOwn) {
  const Counts n(kOne, Move{.from = Place::scratchpad,
                            .to = Place::hbm,
                            .bytes = Bytes{400},
                            .segments = 3,
                            .elements = 200,
                            .tensor = Stationary::kv});
  // Pieces of 134 bytes: 34 granules, 5 bursts of 32. Each burst finds its row closed: there are 16
  // rows, one for each group of four channels, to begin with.
  EXPECT_EQ(n(Tensor::kv, Action::scratchpad_read), 3U * 34);
  EXPECT_EQ(n(Tensor::kv, Action::hbm_write), 3U * 5);
  EXPECT_EQ(n(Tensor::kv, Action::hbm_wire), 3U * 5);
  EXPECT_EQ(n(Tensor::kv, Action::hbm_activate), 3U * 5);
  EXPECT_EQ(n(Tensor::kv, Action::hbm_element), 0U);
}

TEST(ExpectedMove, BetweenHbmAndFarSramPaysBothStoresAndNoScratchpad) {
  const Counts n(kOne, Move{.from = Place::far_sram,
                            .to = Place::hbm,
                            .bytes = Bytes{130},
                            .segments = 1,
                            .elements = 65,
                            .tensor = Stationary::weight});
  EXPECT_EQ(n(Tensor::weight, Action::far_sram_read), 3U);  // Granules of 64.
  EXPECT_EQ(n(Tensor::weight, Action::far_sram_element), 65U);
  EXPECT_EQ(n(Tensor::weight, Action::hbm_write), 5U);
  EXPECT_EQ(n.all().total(Action::scratchpad_read), 0U);
  EXPECT_EQ(n.all().total(Action::scratchpad_write), 0U);
}

TEST(ExpectedCollective, AReduceScatterAddsWhatItReceives) {
  const PodConfig pod = small_pod({{4, true}});
  const Counts n(pod, Collective{.kind = CollectiveKind::reduce_scatter,
                                 .axes = {0},
                                 .bytes = Bytes{40},
                                 .type = DataType::bf16});
  // Shards of 10 bytes: each chip sends 10 both ways, then 5 both ways (3, 3, 2 and 2 granules).
  EXPECT_EQ(n(Tensor::activation, Action::link_byte), 40U * 3);
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_write), 4U * 10);
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_read), 4U * 20);
  EXPECT_EQ(n(Tensor::activation, Action::lane_add), 4U * (5 + 5 + 3 + 3));
  EXPECT_EQ(n.all().link_bytes, 120U);
}

TEST(ExpectedCollective, AnAllReduceIsAReduceScatterAndAnAllGather) {
  const PodConfig pod = small_pod({{4, true}});
  const Counts n(pod, Collective{.kind = CollectiveKind::all_reduce,
                                 .axes = {0},
                                 .bytes = Bytes{40},
                                 .type = DataType::bf16});
  EXPECT_EQ(n(Tensor::activation, Action::link_byte), 2U * 40 * 3);
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_write), 4U * (10 + 10));
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_read), 4U * (20 + 10));
  EXPECT_EQ(n(Tensor::activation, Action::lane_add), 4U * 16);
}

TEST(ExpectedCollective, AnAllGatherOnALineAddsNothing) {
  const PodConfig pod = small_pod({{3, false}});
  const Counts n(pod, Collective{.kind = CollectiveKind::all_gather,
                                 .axes = {0},
                                 .bytes = Bytes{30},
                                 .type = DataType::bf16});
  // Upwards one shard, then two; downwards the same: six transfers of 10 bytes, 3 granules each.
  EXPECT_EQ(n(Tensor::activation, Action::link_byte), 60U);
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_read), 18U);
  EXPECT_EQ(n(Tensor::activation, Action::scratchpad_write), 18U);
  EXPECT_EQ(n(Tensor::activation, Action::lane_add), 0U);
}

TEST(ExpectedCollective, GroupsSideBySideAndRepeatsMultiply) {
  const PodConfig pod = small_pod({{4, true}, {4, true}});
  Trace trace = trace_of(pod,
                         {Collective{.kind = CollectiveKind::all_gather,
                                     .axes = {0},
                                     .bytes = Bytes{40},
                                     .type = DataType::bf16}},
                         3);
  trace.tensor = 4;
  trace.data = 4;
  EXPECT_EQ(expected(pod, trace).link_bytes, 3U * 4 * 120);
}

}  // namespace
}  // namespace systole
