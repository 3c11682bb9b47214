// SPDX-License-Identifier: Apache-2.0
// Layouts of weights and attention on the shipped tiny pods: one chip in place of all equals the
// pod chip by chip, a lowered trace runs as the run itself, `auto` takes what its bounds say. Every
// run here is also held against the closed forms of sim/analytic.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "shipped.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

using testing::HasSubstr;

struct Case {
  std::string pod;
  std::uint32_t tensor;
  std::uint32_t data;
  std::string model;
  std::string phase;
  std::uint64_t batch;
  std::string layout;
  std::string attention;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << fmt::format("{} tensor {} data {} {} {} batch {} {} {}", c.pod, c.tensor, c.data, c.model,
                      c.phase, c.batch, c.layout, c.attention);
}

const std::string kTiny = shipped("configs/runs/tiny-decode.yaml");

std::vector<Override> overrides(const Case& c) {
  std::vector<Override> out{{"pod", shipped("configs/pods/" + c.pod + ".yaml")},
                            {"workload.model", shipped("workloads/models/" + c.model + ".json")},
                            {"workload.phase", c.phase},
                            {"workload.batch", std::to_string(c.batch)},
                            {"workload.context", "37"},
                            {"workload.prompt", "24"},
                            {"sharding.tensor", std::to_string(c.tensor)},
                            {"sharding.data", std::to_string(c.data)},
                            {"sharding.layout", c.layout},
                            {"sharding.attention", c.attention}};
  if (c.phase == "decode") {
    out.push_back({"workload.steps", "2"});
  }
  return out;
}

Result run(const Case& c, bool unfold) {
  PointOptions options;
  options.unfold = unfold;
  options.overrides = overrides(c);
  return run_point(kTiny, options);
}

class LayoutPoint : public testing::TestWithParam<Case> {};

TEST_P(LayoutPoint, EqualsThePodChipByChip) {
  const Result folded = run(GetParam(), false);
  const Result whole = run(GetParam(), true);
  EXPECT_TRUE(folded.folded) << folded.unfolded_because;
  EXPECT_EQ(whole.simulated_chips, whole.chips);
  EXPECT_EQ(folded.elapsed, whole.elapsed);
  ASSERT_EQ(folded.bill.lines.size(), whole.bill.lines.size());
  for (std::size_t i = 0; i < folded.bill.lines.size(); ++i) {
    EXPECT_EQ(folded.bill.lines[i].line, whole.bill.lines[i].line) << whole.bill.lines[i].operation;
  }
}

TEST_P(LayoutPoint, RunsTheSameFromItsTrace) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() /
      fmt::format("layout-{}.trace", std::hash<std::string>{}(testing::PrintToString(GetParam())));
  std::ofstream(file) << lower_point(kTiny, overrides(GetParam()));
  PointOptions options;
  options.overrides = overrides(GetParam());
  options.trace = file.string();
  const Result given = run_point(kTiny, options);
  const Result direct = run(GetParam(), false);
  EXPECT_EQ(given.elapsed, direct.elapsed);
  EXPECT_EQ(given.inputs, direct.inputs);
  std::filesystem::remove(file);
}

// Useful products belong to the model alone.
TEST_P(LayoutPoint, DoesTheProductsOfOneDimension) {
  Case flat = GetParam();
  flat.layout = "1d";
  flat.attention = "batch";
  EXPECT_EQ(run(GetParam(), false).macs, run(flat, false).macs);
}

INSTANTIATE_TEST_SUITE_P(
    TinyPods, LayoutPoint,
    testing::Values(Case{"tiny_2x2", 4, 1, "tiny", "decode", 4, "2d", "batch"},
                    Case{"tiny_2x2", 4, 1, "tiny-parallel", "decode", 4, "1d", "heads"},
                    Case{"tiny_2x2", 4, 1, "tiny-parallel", "prefill", 2, "2d", "heads"},
                    Case{"tiny_4x4", 16, 1, "tiny", "prefill", 3, "2d", "batch"},
                    Case{"tiny_4x4", 8, 2, "tiny-parallel", "decode", 6, "2d", "context"},
                    Case{"tiny_4x4", 16, 1, "tiny", "decode", 16, "gathered_x", "batch"},
                    Case{"tiny_4x4", 16, 1, "tiny-parallel", "prefill", 1, "gathered_x", "context"},
                    Case{"tiny_4x4", 16, 1, "tiny", "prefill", 2, "gathered_xy", "heads"},
                    Case{"tiny_2x2x2", 8, 1, "tiny-parallel", "decode", 3, "gathered_xyz", "batch"},
                    Case{"tiny_2x2x2", 4, 2, "tiny", "prefill", 4, "gathered_x", "heads"},
                    Case{"tiny_4x4x4", 64, 1, "tiny-parallel", "decode", 32, "2d", "batch"},
                    Case{"tiny_4x4x4", 64, 1, "tiny", "prefill", 4, "gathered_xy", "batch"},
                    Case{"tiny_4x4x4", 64, 1, "tiny", "decode", 8, "auto", "batch"}));

TEST(LayoutPoint, AutoTakesTheLeastEstimateAndShowsAllOfThem) {
  const Result result = run({"tiny_4x4", 16, 1, "tiny", "decode", 8, "auto", "batch"}, false);
  ASSERT_EQ(result.run->layouts.size(), 5U);
  double least = 1.0;
  for (const ScoredLayout& layout : result.run->layouts) {
    least = std::min(least, layout.score.value());
  }
  for (const ScoredLayout& layout : result.run->layouts) {
    if (*layout.score == least) {
      EXPECT_EQ(layout.sharding.layout, result.run->sharding.layout);
      EXPECT_EQ(layout.sharding.x_axes, result.run->sharding.x_axes);
      break;
    }
  }
}

TEST(LayoutPoint, AMeshRunsEveryLayoutChipByChip) {
  for (const char* layout : {"2d", "gathered_x", "gathered_xy"}) {
    const Result mesh =
        run({"tiny_mesh_2x4", 8, 1, "tiny-parallel", "prefill", 2, layout, "batch"}, false);
    EXPECT_EQ(mesh.simulated_chips, 8U) << layout;
  }
}

TEST(LayoutPoint, XAxesWithoutTwoDimensionsAreAMistakeOfTheFile) {
  PointOptions options;
  options.overrides = {{"sharding.x_axes", "[0]"}};
  try {
    static_cast<void>(run_point(kTiny, options));
    FAIL() << "no error";
  } catch (const UserError& e) {
    EXPECT_THAT(e.what(), HasSubstr("'sharding.x_axes' belongs to layout 2d, and this is 1d"));
  }
}

}  // namespace
}  // namespace systole
