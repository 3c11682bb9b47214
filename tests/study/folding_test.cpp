// SPDX-License-Identifier: Apache-2.0
// Lowered steps of a model on the shipped wrapped pods: one chip in place of all, then all of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "shipped.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

struct Case {
  std::string pod;
  std::uint32_t tensor;
  std::uint32_t data;
  std::string phase;
  std::uint64_t batch;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << fmt::format("{} tensor {} data {} {} batch {}", c.pod, c.tensor, c.data, c.phase,
                      c.batch);
}

class LoweredFolding : public testing::TestWithParam<Case> {};

Result run(const Case& c, bool unfold) {
  PointOptions options;
  options.unfold = unfold;
  options.overrides = {{"pod", shipped("configs/pods/" + c.pod + ".yaml")},
                       {"workload.phase", c.phase},
                       {"workload.batch", std::to_string(c.batch)},
                       {"workload.context", "37"},
                       {"workload.prompt", "24"},
                       {"sharding.tensor", std::to_string(c.tensor)},
                       {"sharding.data", std::to_string(c.data)}};
  if (c.phase == "decode") {
    options.overrides.push_back({"workload.steps", "2"});
  }
  return run_point(shipped("configs/runs/tiny-decode.yaml"), options);
}

TEST_P(LoweredFolding, EqualsThePodChipByChip) {
  const Result folded = run(GetParam(), false);
  const Result whole = run(GetParam(), true);
  EXPECT_TRUE(folded.folded) << folded.unfolded_because;
  EXPECT_EQ(folded.simulated_chips, 1U);
  EXPECT_EQ(whole.simulated_chips, whole.chips);
  EXPECT_EQ(folded.elapsed, whole.elapsed);
  ASSERT_EQ(folded.bill.lines.size(), whole.bill.lines.size());
  for (std::size_t i = 0; i < folded.bill.lines.size(); ++i) {
    EXPECT_EQ(folded.bill.lines[i].line, whole.bill.lines[i].line) << whole.bill.lines[i].operation;
  }
}

INSTANTIATE_TEST_SUITE_P(
    TinyPods, LoweredFolding,
    testing::Values(Case{"tiny_2x2", 4, 1, "decode", 4}, Case{"tiny_2x2", 4, 1, "prefill", 3},
                    Case{"tiny_2x2", 2, 2, "decode", 1}, Case{"tiny_4x4", 16, 1, "decode", 8},
                    Case{"tiny_4x4", 16, 1, "prefill", 4}, Case{"tiny_4x4", 8, 2, "decode", 5},
                    Case{"tiny_4x4", 8, 2, "prefill", 2}, Case{"tiny_2x2x2", 8, 1, "decode", 1},
                    Case{"tiny_2x2x2", 8, 1, "prefill", 2}, Case{"tiny_4x4x4", 64, 1, "decode", 16},
                    Case{"tiny_4x4x4", 64, 1, "prefill", 1},
                    Case{"tiny_4x4x4", 16, 4, "decode", 64}));

TEST(LoweredFolding, AMeshUnfoldsAndSaysWhy) {
  const Result mesh = run({"tiny_mesh_2x4", 8, 1, "decode", 2}, false);
  EXPECT_FALSE(mesh.folded);
  EXPECT_EQ(mesh.unfolded_because, "axis 1 does not wrap: its ends differ from its middle");
}

}  // namespace
}  // namespace systole
