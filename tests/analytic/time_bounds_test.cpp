// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "analytic/trains.hpp"
#include "base/error.hpp"
#include "pods.hpp"

namespace systole {
namespace {

using systole::testing::matmul;
using systole::testing::small_pod;
using systole::testing::trace_of;

constexpr std::uint64_t kNanosecond = 1'000'000;  // Femtoseconds; one cycle of the small chip.

std::uint64_t nanoseconds(const PodConfig& pod, const Trace& trace, const std::string& resource) {
  for (const Bound& bound : time_bounds(pod, trace)) {
    if (bound.resource == resource) {
      EXPECT_LT(bound.time.count() % kNanosecond, 1000U);  // A burst time may round up by 1 fs.
      return bound.time.count() / kNanosecond;
    }
  }
  ADD_FAILURE() << "no bound of " << resource;
  return 0;
}

std::uint64_t cycles(const PodConfig& pod, const Work& work) {
  return nanoseconds(pod, trace_of(pod, {work}), "matrix_unit");
}

const PodConfig kOne = small_pod({{1, false}});

TEST(MatrixUnitBound, IsTheFirstLoadThePassesAndTheDrain) {
  // 3 x 2 tiles of 5 rows behind each other: load 4, drain 4 + 2 - 2, edge 3.
  EXPECT_EQ(cycles(kOne, matmul(5, 10, 3)), 4U + 6 * 5 + 4 + 3);
}

TEST(MatrixUnitBound, OfShortStreamsIsTheLoads) {
  // Two rows a pass: loads of 4 cycles bind between passes, the last pass streams its 2 rows.
  EXPECT_EQ(cycles(kOne, matmul(2, 10, 3)), 4U + 5 * 4 + 2 + 4 + 3);
}

TEST(MatrixUnitBound, TwoMultipliersAPeHalveTheStream) {
  Matmul m = matmul(9, 10, 3);
  m.stationary.type = DataType::int4;
  m.moving.type = DataType::int4;
  EXPECT_EQ(cycles(kOne, m), 4U + 6 * 5 + 4 + 3);
}

TEST(MatrixUnitBound, IsTheUnitWithOnePassMore) {
  PodConfig pod = kOne;
  pod.chip.matrix_unit.count = 4;  // 6 passes on 4 units.
  EXPECT_EQ(cycles(pod, matmul(5, 10, 3)), 4U + 2 * 5 + 4 + 3);
}

TEST(MatrixUnitBound, FollowsEdgeBlocksToTheLast) {
  // Row blocks of 5, 5, 2: 6 passes of 5, 6 of 5, then 6 of 2 rows that wait for loads of 4.
  EXPECT_EQ(cycles(kOne, matmul(1, 12, 10, 3, {1, 5, 10, 3}, Place::scratchpad)),
            4U + 12 * 5 + 5 * 4 + 2 + 4 + 3);
}

TEST(MatrixUnitBound, OfTheSerialModeIsScaleSims) {
  PodConfig pod = kOne;
  pod.chip.matrix_unit.preload = Preload::serial;
  EXPECT_EQ(cycles(pod, matmul(5, 10, 3)), (2U * 4 + 2 + 5 - 2) * 3 * 2);
  pod.chip.matrix_unit.dataflow = Dataflow::output_stationary;
  EXPECT_EQ(cycles(pod, matmul(5, 10, 3)), (10U + 4 + 2 - 2) * 2 * 2);
  pod.chip.matrix_unit.dataflow = Dataflow::input_stationary;
  EXPECT_EQ(cycles(pod, matmul(5, 10, 3)), (2U * 4 + 2 + 3 - 2) * 3 * 3);
}

TEST(MatrixUnitBound, OfOutputStationaryHasNoLoadButAPassLeavesThroughItsRows) {
  PodConfig pod = kOne;
  pod.chip.matrix_unit.dataflow = Dataflow::output_stationary;
  EXPECT_EQ(cycles(pod, matmul(5, 10, 3)), 4U * 10 + 4 + 3);
  EXPECT_EQ(cycles(pod, matmul(5, 2, 3)), 3U * 4 + 2 + 4 + 3);
}

TEST(MatrixUnitBound, OfNoMatmulIsZero) { EXPECT_EQ(cycles(kOne, Vector{.add = 1}), 0U); }

TEST(MatrixUnitBound, RepeatsPassesBehindOneFirstLoad) {
  EXPECT_EQ(nanoseconds(kOne, trace_of(kOne, {matmul(5, 10, 3)}, 10), "matrix_unit"),
            4U + 60 * 5 + 4 + 3);
}

TEST(VectorUnitBound, FillsLanesOperationByOperation) {
  const Work work = Vector{.add = 9, .transcendental = 2};  // 17 lane cycles on 8 lanes.
  EXPECT_EQ(nanoseconds(kOne, trace_of(kOne, {work, work}, 5), "vector_unit"), 3U * 2 * 5);
}

Move from_hbm(std::uint64_t bytes, std::uint64_t segments) {
  return {.from = Place::hbm,
          .to = Place::scratchpad,
          .bytes = Bytes{bytes},
          .segments = segments,
          .elements = bytes,
          .tensor = Stationary::weight};
}

TEST(ScratchpadBound, IsAllThatUnitsReadAndWriteOverTheSlotsThatLinksLeave) {
  // 16 slots, of which links keep 5; granules of 4 B. The vector operation 9 + 3, the move 25, the
  // matmul in one block 2 x 5 x 10 x 3 in bf16 or int8 (matmul()).
  EXPECT_EQ(
      nanoseconds(kOne, trace_of(kOne, {Vector{.add = 1, .read = Bytes{36}, .written = Bytes{9}}}),
                  "scratchpad"),
      2U);  // 12 over 11.
  EXPECT_EQ(nanoseconds(kOne, trace_of(kOne, {from_hbm(100, 1)}, 9), "scratchpad"),
            21U);  // 225 over 11.
}

TEST(HbmBound, RoundsEachTrainUpToBurstTimes) {
  // 33 bytes are 2 bursts on 4 channels; 3 segments of 40 bytes are 6.
  EXPECT_EQ(nanoseconds(kOne, trace_of(kOne, {from_hbm(33, 1)}, 7), "hbm"), 7U);
  EXPECT_EQ(nanoseconds(kOne, trace_of(kOne, {from_hbm(120, 3)}, 7), "hbm"), 14U);
}

TEST(HbmBound, CountsReadsAndWritesOfAMatmul) {
  // 36 weight, 18 activation and 12 result trains of one burst.
  const Matmul m = matmul(2, 5, 10, 3, {1, 2, 4, 2}, Place::hbm);
  EXPECT_EQ(nanoseconds(kOne, trace_of(kOne, {m}), "hbm"), 66U);
}

TEST(HbmBound, WaitsForEveryRefreshWindowThatOpensBeforeTheLastBurst) {
  const HbmConfig hbm = kOne.chip.hbm.value();  // 100 ns in each 1000 ns from the second on.
  const auto end = [&](std::uint64_t ns) {
    return with_refresh(Femtoseconds{ns * kNanosecond}, hbm).count() / kNanosecond;
  };
  EXPECT_EQ(end(0), 0U);
  EXPECT_EQ(end(1000), 1000U);
  EXPECT_EQ(end(1001), 1101U);
  EXPECT_EQ(end(1900), 2000U);
  EXPECT_EQ(end(1901), 2101U);
  EXPECT_EQ(end(2500), 2700U);
}

TEST(FarSramBound, IsTheBusierPort) {
  const auto move = [](Place from, Place to) {
    return Move{.from = from,
                .to = to,
                .bytes = Bytes{100},
                .segments = 1,
                .elements = 50,
                .tensor = Stationary::weight};
  };
  const Work out = move(Place::far_sram, Place::scratchpad);  // 50 ns each at 2 bytes/ns.
  const Work in = move(Place::scratchpad, Place::far_sram);   // 100 ns each.
  EXPECT_EQ(nanoseconds(kOne, trace_of(kOne, {out, in}), "far_sram"), 100U);
  EXPECT_EQ(nanoseconds(kOne, trace_of(kOne, {out, out, out, in}), "far_sram"), 150U);
}

Collective over(std::vector<std::uint32_t> axes, std::uint64_t bytes) {
  return {.kind = CollectiveKind::all_gather,
          .axes = std::move(axes),
          .bytes = Bytes{bytes},
          .type = DataType::bf16};
}

TEST(IciBound, IsTheBusiestAxisAndNotTheSumOfAxes) {
  const PodConfig pod = small_pod({{4, true}, {2, true}});
  // Ring of 4: 100 bytes and half of them; pair: half of 300.
  const Trace trace = trace_of(pod, {over({0}, 400), over({1}, 600)}, 3);
  EXPECT_EQ(nanoseconds(pod, trace, "ici"), 3U * 150);
  EXPECT_EQ(nanoseconds(pod, trace_of(pod, {over({0}, 400), over({1}, 800)}), "ici"), 200U);
}

TEST(IciBound, AddsUpWhatEachLinkOfALineCarries) {
  const PodConfig pod = small_pod({{4, false}});
  Collective scatter = over({0}, 400);
  scatter.kind = CollectiveKind::reduce_scatter;
  EXPECT_EQ(nanoseconds(pod, trace_of(pod, {over({0}, 400)}), "ici"), 300U);
  // A link carries one shard for each chip on its one side, then on its other.
  EXPECT_EQ(nanoseconds(pod, trace_of(pod, {scatter, over({0}, 400)}), "ici"), 400U);
}

TEST(LatencyBound, AddsKernelStartsAndCollectivesOnTheChain) {
  const PodConfig pod = small_pod({{4, true}});
  // 2000 + (1000 + 2 x (200 + 100)) a repeat.
  const Trace trace = trace_of(pod, {Launch{}, Vector{.add = 1}, over({0}, 400)}, 1000);
  EXPECT_EQ(nanoseconds(pod, trace, "latency"), 1000U * (2000 + 1600));
}

TEST(LatencyBound, LetsAKernelStartBesideACollectiveThatItDoesNotWaitFor) {
  const PodConfig pod = small_pod({{4, true}});
  Trace trace = trace_of(pod, {Launch{}, over({0}, 400), Vector{.add = 1}});
  std::vector<Operation>& operations = trace.blocks[0].operations;
  operations[1].after = {"previous"};
  operations[2].after = {"o0", "o1"};
  EXPECT_EQ(nanoseconds(pod, trace, "latency"), 2000U);
  trace.blocks[0].repeat = 50;
  EXPECT_EQ(nanoseconds(pod, trace, "latency"), 50U * 2000);
}

TEST(LatencyBound, CollectivesFollowOneAnotherEvenWithoutADependency) {
  const PodConfig pod = small_pod({{4, true}});
  Trace trace = trace_of(pod, {over({0}, 400), over({0}, 400), Vector{.add = 1}}, 9);
  trace.blocks[0].operations[0].after = {};
  trace.blocks[0].operations[1].after = {};
  trace.blocks[0].operations[2].after = {"o0", "o1"};
  EXPECT_EQ(nanoseconds(pod, trace, "latency"), 9U * 2 * 1600);
}

TEST(LatencyBound, CollectivesThatHideBehindAKernelStartAtFirstBindLater) {
  const PodConfig pod = small_pod({{4, true}});
  Trace trace = trace_of(pod, {Launch{}});
  Block block = trace_of(pod, {over({0}, 400), Vector{.add = 1}}, 9).blocks[0];
  block.operations[0].after = {};  // Only the last operation waits for the kernel.
  block.operations[1].after = {"previous", "o0"};
  trace.blocks.push_back(block);
  EXPECT_EQ(nanoseconds(pod, trace, "latency"), 9U * 1600);
}

TEST(TimeBounds, NameOnlyResourcesTheChipHas) {
  PodConfig pod = kOne;
  pod.chip.hbm.reset();
  pod.chip.far_sram.reset();
  pod.chip.ici.reset();
  std::string names;
  for (const Bound& bound : time_bounds(pod, trace_of(pod, {matmul(5, 10, 3)}))) {
    names += bound.resource + " ";
  }
  EXPECT_EQ(names, "matrix_unit vector_unit scratchpad latency ");
}

TEST(TimeBounds, AStoreThatTheChipDoesNotHaveIsABug) {
  PodConfig pod = kOne;
  pod.chip.hbm.reset();
  EXPECT_THROW((void)expected(pod, trace_of(pod, {from_hbm(10, 1)})), Bug);
}

}  // namespace
}  // namespace systole
