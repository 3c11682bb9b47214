// SPDX-License-Identifier: Apache-2.0
// Pods with links that are slow or down: what takes longer, what crosses which links, what stands.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.hpp"
#include "config/read.hpp"
#include "pod_file.hpp"
#include "shipped.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

const std::string kRing = "shape: [4]\nwrap: [true]\n";
const std::string kDead = "faults: [{chip: [0], axis: 0, direction: up, state: down}]\n";

TEST(LinkFault, ADeadLinkOfARingIsGoneAroundByTheOtherThree) {
  const std::uint64_t bytes = 4'000'000;  // 1 MB a chip.
  const Result whole = Pod(kRing).run(CollectiveKind::permute, bytes);
  const Pod pod(kRing + kDead);
  const Result around = pod.run(CollectiveKind::permute, bytes);
  EXPECT_EQ(whole.ici_bytes, 4'000'000U);
  EXPECT_EQ(around.ici_bytes, 4'000'000U + 2 * 1'000'000U);  // One share over three links, not one.
  EXPECT_EQ(around.sram_read_bytes, whole.sram_read_bytes);
  EXPECT_EQ(around.sram_write_bytes, whole.sram_write_bytes);
  // The head is two hops longer on its way, and the rest follows it.
  const Femtoseconds hop = to_femtoseconds(read_pod(pod.path()).chip.ici->hop_latency);
  EXPECT_EQ(around.elapsed, whole.elapsed + hop + hop);
  EXPECT_TRUE(whole.folded);
  EXPECT_FALSE(around.folded);
  EXPECT_EQ(around.simulated_chips, 4U);
  EXPECT_EQ(around.unfolded_because, "a faulty link makes its chips differ from the others");
}

TEST(LinkFault, ASlowLinkTakesItsBandwidth) {
  const std::uint64_t bytes = 4'000'000;
  const Result whole = Pod(kRing).run(CollectiveKind::permute, bytes);
  const Result slow =
      Pod(kRing + "faults: [{chip: [2], axis: 0, direction: up, bandwidth: 4 GB/s}]\n")
          .run(CollectiveKind::permute, bytes);
  // 1 MB at 4 GB/s instead of 10.
  EXPECT_EQ(slow.elapsed - whole.elapsed, Femtoseconds{150'000'000'000});
  EXPECT_EQ(slow.ici_bytes, whole.ici_bytes);
}

TEST(LinkFault, OnAWayAroundMakesTheWholeWaySlow) {
  const std::uint64_t bytes = 4'000'000;
  const Result around = Pod(kRing + kDead).run(CollectiveKind::permute, bytes);
  const Result slow = Pod(kRing +
                          "faults: [{chip: [0], axis: 0, direction: up, state: down}, "
                          "{chip: [3], axis: 0, direction: down, bandwidth: 4 GB/s}]\n")
                          .run(CollectiveKind::permute, bytes);
  // The middle link of three: the last one waits for its tail.
  EXPECT_EQ(slow.elapsed - around.elapsed, Femtoseconds{150'000'000'000});
}

TEST(LinkFault, KeepsTheLawsOfEveryKindOnEveryLink) {
  // measure() holds every counter and bound against its closed form.
  const std::string shape = "shape: [4, 3, 2]\nwrap: [true, true, false]\n";
  const std::string mesh = "shape: [4, 3]\nwrap: [false, false]\n";
  for (const CollectiveKind kind : kCollectives) {
    for (const char* place :
         {"chip: [0, 0, 0], axis: 0, direction: up", "chip: [0, 0, 0], axis: 0, direction: down",
          "chip: [1, 0, 0], axis: 0, direction: down", "chip: [3, 2, 1], axis: 0, direction: up",
          "chip: [0, 0, 0], axis: 1, direction: up", "chip: [2, 1, 1], axis: 1, direction: down",
          "chip: [0, 0, 0], axis: 2, direction: up", "chip: [0, 0, 1], axis: 2, direction: down"}) {
      const std::string faults = fmt::format("faults: [{{{}, state: down}}]\n", place);
      const Result whole = Pod(shape).run(kind, 100'003);
      const Result around = Pod(shape + faults).run(kind, 100'003);
      EXPECT_GE(around.elapsed, whole.elapsed) << name(kind) << place;
      EXPECT_GE(around.ici_bytes, whole.ici_bytes) << name(kind) << place;
    }
    for (const char* place :
         {"chip: [0, 0], axis: 0, direction: up", "chip: [3, 1], axis: 0, direction: down",
          "chip: [0, 1], axis: 1, direction: up", "chip: [2, 1], axis: 1, direction: down"}) {
      const std::string faults = fmt::format("faults: [{{{}, state: down}}]\n", place);
      EXPECT_GT(Pod(mesh + faults).run(kind, 50'001).seconds(), 0.0) << name(kind) << place;
    }
  }
}

TEST(LinkFault, OfARunTouchesOnlyItsOwnGroup) {
  const std::string shape = "shape: [4, 4]\nwrap: [true, true]\n";
  const auto run = [](const Pod& pod, int tensor) {
    PointOptions options;
    options.overrides = {{"pod", pod.path()},
                         {"sharding.tensor", std::to_string(tensor)},
                         {"sharding.data", std::to_string(16 / tensor)},
                         {"workload.batch", "16"}};
    return run_point(shipped("configs/runs/tiny-decode.yaml"), options);
  };
  for (const int tensor : {16, 4, 2}) {
    const Result whole = run(Pod(shape), tensor);
    const Result faulty =
        run(Pod(shape + "faults: [{chip: [0, 1], axis: 0, direction: up, state: down}]\n"), tensor);
    EXPECT_EQ(faulty.simulated_chips, 16U);
    EXPECT_GT(faulty.elapsed, whole.elapsed) << tensor;
    EXPECT_GT(faulty.ici_bytes, whole.ici_bytes) << tensor;
  }
}

TEST(LinkFault, IsRefusedWhereOnlyWholePodsAreKnown) {
  const Pod pod(kRing + kDead);
  CollectiveOptions options = pod.options(CollectiveKind::all_gather, 1000);
  options.fidelity = CollectiveFidelity::flit;
  EXPECT_THROW((void)run_collective(options), UserError);
  EXPECT_THROW(
      (void)run_point(shipped("configs/runs/tiny-decode.yaml"),
                      PointOptions{.overrides = {{"pod", pod.path()}, {"fidelity", "analytic"}},
                                   .energy_model = {},
                                   .trace = {}}),
      UserError);
}

}  // namespace
}  // namespace systole
