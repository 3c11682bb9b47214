// SPDX-License-Identifier: Apache-2.0
// The closed form that estimates a collective's time, against the simulation chunk by chunk.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analytic/collectives.hpp"
#include "config/read.hpp"
#include "shipped.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

class ExpectedCollective : public testing::TestWithParam<const char*> {};

TEST_P(ExpectedCollective, IsNearTheSimulation) {
  const std::string file = shipped("configs/pods/" + std::string(GetParam()) + ".yaml");
  const PodConfig pod = read_pod(file);
  const std::vector<GroupAxis> axes = tensor_group(pod, static_cast<std::uint32_t>(pod.chips()));
  for (const CollectiveKind kind : kCollectives) {
    for (const std::uint64_t bytes : {8'192U, 131'072U, 2'097'152U, 33'554'432U}) {
      const Result event = run_collective({.kind = kind,
                                           .bytes = bytes,
                                           .pod = file,
                                           .energy_model = shipped("energy_models/n7.yaml")});
      const CollectiveCost closed = collective_cost(*pod.chip.ici, kind, axes, Bytes{bytes});
      EXPECT_NEAR(to_seconds(closed.expected).count() / event.seconds(), 1.0, 0.08)
          << name(kind) << " of " << bytes;
      EXPECT_GE(event.elapsed, closed.time) << name(kind) << " of " << bytes;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Pods, ExpectedCollective,
                         testing::Values("tiny_mesh_2x4", "tiny_4x4x4", "sram_only_8x8",
                                         "tpu_v4_4x4x4", "tpu_v5e_4x8", "tpu_v5e_16x16"));

}  // namespace
}  // namespace systole
