// SPDX-License-Identifier: Apache-2.0
// Collectives over links against the closed forms of torus collectives: bandwidth and hops.
#include <gtest/gtest.h>

#include "model/simulate.hpp"
#include "tiny.hpp"

namespace systole {
namespace {

constexpr double kNs = 1e6;

// Elapsed time less the fixed start, in ns.
double collective_ns(std::vector<Axis> axes, CollectiveKind kind, std::uint64_t bytes) {
  const PodConfig pod = tiny_pod(std::move(axes));
  const auto chips = static_cast<std::uint32_t>(pod.chips());
  std::vector<std::uint32_t> group(pod.axes.size());
  for (std::uint32_t i = 0; i < group.size(); ++i) {
    group[i] = i;
  }
  const Trace trace =
      trace_of({operation("c", Collective{kind, group, Bytes{bytes}, DataType::bf16})}, chips);
  return static_cast<double>(simulate(pod, trace).ledger.elapsed().count()) / kNs - 1000;
}

// V (N - 1) / (2 n N W) + hops, W = 10 B/ns.
double ring_gather_ns(double bytes, double chips, double axes, double hops) {
  return bytes * (chips - 1) / (2 * axes * chips * 10) + hops * 100;
}

TEST(Collective, AllGatherOnARingMovesAtBothLinksRate) {
  EXPECT_NEAR(collective_ns({{4, true}}, CollectiveKind::all_gather, 1 << 20),
              ring_gather_ns(1 << 20, 4, 1, 2), 1);
  EXPECT_NEAR(collective_ns({{5, true}}, CollectiveKind::all_gather, 1000000),
              ring_gather_ns(1000000, 5, 1, 2), 1);
  EXPECT_NEAR(collective_ns({{16, true}}, CollectiveKind::all_gather, 1 << 20),
              ring_gather_ns(1 << 20, 16, 1, 8), 1);
}

TEST(Collective, AllReduceIsTwoGathers) {
  EXPECT_NEAR(collective_ns({{8, true}}, CollectiveKind::all_reduce, 1 << 20),
              2 * ring_gather_ns(1 << 20, 8, 1, 4), 1);
}

TEST(Collective, ATorusUsesAllItsAxesAtOnce) {
  EXPECT_NEAR(collective_ns({{4, true}, {4, true}}, CollectiveKind::all_gather, 1 << 20),
              ring_gather_ns(1 << 20, 16, 2, 4), 1);
  EXPECT_NEAR(
      collective_ns({{4, true}, {4, true}, {4, true}}, CollectiveKind::reduce_scatter, 3 << 20),
      ring_gather_ns(3 << 20, 64, 3, 6), 1);
}

TEST(Collective, ALineTakesTwiceAsLongAsItsRing) {
  // V (N - 1) / (N W), N - 1 hops.
  EXPECT_NEAR(collective_ns({{4, false}}, CollectiveKind::all_gather, 1 << 20),
              (1 << 20) * 3.0 / (4 * 10) + 300, 1);
  EXPECT_NEAR(collective_ns({{4, false}}, CollectiveKind::reduce_scatter, 1 << 20),
              (1 << 20) * 3.0 / (4 * 10) + 300, 1);
}

TEST(Collective, AllToAllOnARingIsAQuarterOfAGather) {
  // v k / (8 W) and k / 2 hops; v = V / k.
  EXPECT_NEAR(collective_ns({{8, true}}, CollectiveKind::all_to_all, 8 << 20),
              (1 << 20) * 8.0 / (8 * 10) + 400, 1);
}

TEST(Collective, AllToAllGoesAxisByAxis) {
  // v (k1 + k2) / (8 W), v = V / 16.
  EXPECT_NEAR(collective_ns({{4, true}, {4, true}}, CollectiveKind::all_to_all, 16 << 20),
              (1 << 20) * 8.0 / (8 * 10) + 400, 1);
}

TEST(Collective, AllToAllOnALineForwardsWhatIsStillToGo) {
  // 3/4, then 2/4, then 1/4 of v from the first chip to the last: v (k - 1) / (2 W), 3 hops.
  EXPECT_NEAR(collective_ns({{4, false}}, CollectiveKind::all_to_all, 4 << 20),
              (1 << 20) * 3.0 / (2 * 10) + 300, 1);
}

TEST(Collective, BytesOnLinksAreTheGroupsNotTheFoldedChips) {
  const Trace trace = trace_of(
      {operation("c", Collective{CollectiveKind::all_gather, {0}, 4_KiB, DataType::bf16})}, 4, 4);
  const Simulation run = simulate(tiny_pod({{4, true}, {4, true}}), trace);
  EXPECT_TRUE(run.folded);
  EXPECT_EQ(run.ledger.total(Action::link_byte), 4 * (4096 * 3));  // Four rings, V (N - 1) each.
}

}  // namespace
}  // namespace systole
