// SPDX-License-Identifier: Apache-2.0
// Planned collectives flit by flit, against the closed forms of rings and lines.
#include "network/collective.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "network/pod_network.hpp"

namespace systole::network::testing {
namespace {

// 1 GB/s, so a flit of 256 bytes takes 256 ns; hops of 2048 ns are 8 cycles.
PodConfig pod_of(std::vector<Axis> axes) {
  PodConfig pod{.name = "square", .chip = {}, .axes = std::move(axes), .hash = {}};
  pod.chip.ici = IciConfig{};
  pod.chip.ici->bandwidth = BytesPerSecond{1e9};
  pod.chip.ici->hop_latency = Seconds{2048e-9};
  return pod;
}

struct Ran {
  CollectiveTransfers planned;
  TransferTimes times;
  std::uint64_t flit_hops;

  [[nodiscard]] std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const Transfer& transfer : planned.transfers) {
      sum += transfer.bytes.count();
    }
    return sum;
  }
};

Ran run(const PodConfig& pod, CollectiveKind kind, std::uint64_t bytes,
        std::uint64_t step_cycles = 0) {
  std::vector<std::uint32_t> axes;
  const auto chips = static_cast<std::uint32_t>(pod.chips());
  for (std::uint32_t i = 0; i < tensor_group(pod, chips).size(); ++i) {
    axes.push_back(i);
  }
  const PodNetwork made = pod_network(pod);
  FlitNetwork net(made.config);
  const Collective work{.kind = kind, .axes = axes, .bytes = Bytes{bytes}, .type = DataType::bf16};
  CollectiveTransfers planned = collective_transfers(work, pod, net.torus(), step_cycles);
  TransferTimes times = run_transfers(net, made.flit, planned.transfers, Sending::ranked);
  EXPECT_FALSE(times.deadlock);
  EXPECT_EQ(net.counters().flits_injected, net.counters().flits_ejected);
  return {std::move(planned), std::move(times), net.counters().flit_hops};
}

constexpr std::uint64_t kFlit = 256;

TEST(CollectiveTransfers, OfAGatherOnARingTakeItsVolumeAndAFewHops) {
  for (const std::uint32_t n : {4U, 5U, 8U}) {
    const std::uint64_t shard = 4096 * kFlit;
    const Ran ran = run(pod_of({{n, true}}), CollectiveKind::all_gather, n * shard);
    // V (N - 1) / (2 N W), and in each of floor(N / 2) steps a hop and a packet that is on its way.
    const std::uint64_t bound = 4096 * (n - 1) / 2;
    EXPECT_GE(ran.times.end, bound) << n;
    EXPECT_LE(ran.times.end, bound + n / 2 * (8 + 16)) << n;
    EXPECT_EQ(ran.bytes(), n * shard * (n - 1)) << n;
  }
}

TEST(CollectiveTransfers, OfFewBytesTakeTheirStepsOneByOne) {
  // One flit a chip around a ring of 4, two steps; the second one's half is a flit as well.
  const Ran ran = run(pod_of({{4, true}}), CollectiveKind::all_gather, 4 * kFlit);
  EXPECT_EQ(ran.times.end, 2 * (8 + 1));
  // Three steps along a line, each 5 cycles later.
  const Ran line = run(pod_of({{4, false}}), CollectiveKind::all_gather, 4 * kFlit, 5);
  EXPECT_EQ(line.times.end, 3 * (5 + 8 + 1));
}

TEST(CollectiveTransfers, CrossOneLinkEach) {
  const std::uint64_t bytes = 12 * 64 * kFlit;
  for (const CollectiveKind kind : kCollectives) {
    for (const bool wraps : {true, false}) {
      const Ran ran = run(pod_of({{4, wraps}, {1, false}, {3, wraps}}), kind, bytes);
      std::uint64_t flits = 0;
      for (const Transfer& transfer : ran.planned.transfers) {
        flits += ceil_div(transfer.bytes.count(), kFlit);
      }
      EXPECT_EQ(ran.flit_hops, flits) << name(kind);
      EXPECT_GT(ran.flit_hops, 0U) << name(kind);
    }
  }
}

TEST(CollectiveTransfers, OfAnAllReduceAreThoseOfItsTwoHalves) {
  const PodConfig pod = pod_of({{4, true}, {2, false}});
  const std::uint64_t bytes = 8 * 512 * kFlit;
  const Ran scatter = run(pod, CollectiveKind::reduce_scatter, bytes);
  const Ran gather = run(pod, CollectiveKind::all_gather, bytes);
  const Ran both = run(pod, CollectiveKind::all_reduce, bytes);
  EXPECT_EQ(both.bytes(), scatter.bytes() + gather.bytes());
  EXPECT_GE(both.times.end, scatter.times.end + gather.times.end);
  const auto adds = [](const Ran& ran) {
    return std::count(ran.planned.is_added.begin(), ran.planned.is_added.end(), true);
  };
  EXPECT_EQ(adds(both), adds(scatter));
  EXPECT_EQ(adds(gather), 0);
}

}  // namespace
}  // namespace systole::network::testing
