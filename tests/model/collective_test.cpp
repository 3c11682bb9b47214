// SPDX-License-Identifier: Apache-2.0
// Collectives over links against the closed forms of torus collectives: bandwidth and hops.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

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

constexpr double kBytes = 1 << 26;
constexpr double kHop = 100;

struct Case {
  std::vector<Axis> axes;
  CollectiveKind kind;
  double ns;  // The closed form of the bandwidth regime, W = 10 B/ns.
};

// V (N - 1) / (N W), over as many links as lead into a chip (into a corner, where there is one).
double gather_ns(double chips, double links) { return kBytes * (chips - 1) / (links * chips * 10); }
// v k_max / (8 W) on rings, v = V / N; twice that on lines.
double all_to_all_ns(double chips, double longest) { return kBytes / chips * longest / 80; }

std::vector<Case> cases() {
  using Kind = CollectiveKind;
  const Axis ring4{4, true};
  const Axis ring16{16, true};
  const Axis line4{4, false};
  const Axis line8{8, false};
  return {{{ring4}, Kind::all_gather, gather_ns(4, 2)},
          {{{5, true}}, Kind::reduce_scatter, gather_ns(5, 2)},
          {{ring16}, Kind::all_reduce, 2 * gather_ns(16, 2)},
          {{line4}, Kind::all_gather, gather_ns(4, 1)},
          {{line8}, Kind::all_reduce, 2 * gather_ns(8, 1)},
          {{ring4, ring4}, Kind::all_reduce, 2 * gather_ns(16, 4)},
          {{ring4, ring16}, Kind::all_gather, gather_ns(64, 4)},
          {{ring4, ring16}, Kind::reduce_scatter, gather_ns(64, 4)},
          {{ring16, {2, true}}, Kind::reduce_scatter, gather_ns(32, 4)},
          {{line4, line4}, Kind::all_gather, gather_ns(16, 2)},
          {{line4, line8}, Kind::all_reduce, 2 * gather_ns(32, 2)},
          {{ring4, line8}, Kind::all_gather, gather_ns(32, 3)},
          {{ring4, ring4, ring4}, Kind::all_gather, gather_ns(64, 6)},
          {{ring4, {8, true}, {3, true}}, Kind::all_reduce, 2 * gather_ns(96, 6)},
          {{line4, line4, {2, false}}, Kind::reduce_scatter, gather_ns(32, 3)},
          {{{8, true}}, Kind::all_to_all, all_to_all_ns(8, 8)},
          {{line8}, Kind::all_to_all, 2 * all_to_all_ns(8, 8)},
          {{ring4, ring4}, Kind::all_to_all, all_to_all_ns(16, 4)},
          {{ring4, ring16}, Kind::all_to_all, all_to_all_ns(64, 16)},
          {{line4, line8}, Kind::all_to_all, 2 * all_to_all_ns(32, 8)},
          {{ring4, ring4, ring4}, Kind::all_to_all, all_to_all_ns(64, 4)},
          {{ring4, line4}, Kind::permute, kBytes / 16 / 10},
          {{line8, ring4}, Kind::permute, kBytes / 32 / 10},
          {{{8, true}}, Kind::broadcast, kBytes / 2 / 10},
          {{line8}, Kind::broadcast, kBytes / 10}};
}

TEST(Collective, TakesTheClosedFormWithinFivePercentAndNeverLess) {
  for (const Case& c : cases()) {
    std::string shape;
    for (const Axis& axis : c.axes) {
      shape += std::to_string(axis.length) + (axis.wraps ? "w " : " ");
    }
    const double ns = collective_ns(c.axes, c.kind, static_cast<std::uint64_t>(kBytes));
    EXPECT_GE(ns, c.ns) << name(c.kind) << " on " << shape;
    EXPECT_LE(ns, 1.05 * c.ns) << name(c.kind) << " on " << shape;
  }
}

TEST(Collective, OfFewBytesTakesItsHopsWithinTenPercentAndNeverLess) {
  using Kind = CollectiveKind;
  const auto expect = [](std::vector<Axis> axes, Kind kind, double hops) {
    const double ns = collective_ns(std::move(axes), kind, 64);
    EXPECT_GE(ns, hops * kHop);
    EXPECT_LE(ns, 1.1 * hops * kHop) << name(kind);
  };
  expect({{16, true}}, Kind::all_gather, 8);
  expect({{5, true}}, Kind::reduce_scatter, 2);
  expect({{8, false}}, Kind::all_gather, 7);
  expect({{4, true}, {4, true}, {4, true}}, Kind::all_reduce, 2 * 6);
  expect({{4, true}, {8, false}}, Kind::reduce_scatter, 2 + 7);
  expect({{4, true}, {16, true}}, Kind::all_to_all, 2 + 8);
  expect({{4, true}, {4, true}}, Kind::permute, 1);
  expect({{4, false}, {4, true}}, Kind::permute, 3);
  expect({{4, true}, {4, false}}, Kind::broadcast, 3 + 3);
}

TEST(Collective, HidesTheHopsOfItsStepsBehindTheBytesOfItsOtherChunk) {
  // Shards of 16 KiB take 1638 ns, 16 hops: one after the other the 8 steps would wait for 8 hops.
  const double bytes = 16 * 16384;
  const double closed = bytes * 15 / (2 * 16 * 10);
  EXPECT_LE(collective_ns({{16, true}}, CollectiveKind::all_gather, 16 * 16384), closed + 2 * kHop);
}

TEST(Collective, OfAnAllReduceGathersOnlyWhatIsSummed) {
  const double scatter = collective_ns({{8, false}}, CollectiveKind::reduce_scatter, 1 << 20);
  const double gather = collective_ns({{8, false}}, CollectiveKind::all_gather, 1 << 20);
  EXPECT_NEAR(collective_ns({{8, false}}, CollectiveKind::all_reduce, 1 << 20), scatter + gather,
              0.01 * gather);
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
