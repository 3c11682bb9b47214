// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "program.hpp"

namespace systole {
namespace {

using testing::HasSubstr;

// 2 x 3 x 5 x 3 = 90 points.
constexpr const char* kSweep = R"(name: many
base: configs/runs/tiny-decode.yaml
variants:
  - {name: tensor 4, sharding.tensor: 4, sharding.data: 1}
  - {name: "tensor 2, data 2", sharding.tensor: 2, sharding.data: 2}
grid:
  workload.weights: [int8, ternary, bf16]
  workload.batch: {from: 1, to: 16, scale: powers_of_two}
  chip.clock: [400 MHz, 700 MHz, 1 GHz]
)";

class Search : public testing::Test {
 protected:
  void SetUp() override {
#if !SYSTOLE_PAGMO
    GTEST_SKIP() << "skipped: this build is without pagmo2";
#endif
    folder_.write("s.yaml", kSweep);
  }

  // Energy and time of what no other point beats, as `runs.db` would say it.
  [[nodiscard]] std::set<std::pair<double, double>> front(const std::string& results) const {
    const auto points = nlohmann::json::parse(folder_.read(results + "/sweep.json")).at("points");
    std::set<std::pair<double, double>> all;
    for (const auto& point : points) {
      all.emplace(point.at("energy_per_output_token_j"), point.at("step_s"));
    }
    std::set<std::pair<double, double>> out;
    for (const auto& [energy, time] : all) {
      if (out.empty() || time < out.rbegin()->second) {
        out.emplace(energy, time);
      }
    }
    return out;
  }

  Folder folder_;
};

TEST_F(Search, FindsTheFrontOfTheWholeGrid) {
  const Shown shown = folder_.sh(
      "systole sweep s.yaml --results grid >/dev/null &&"
      "systole search s.yaml --population 8 --results found");
  ASSERT_EQ(shown.exit, 0) << shown.err;
  EXPECT_EQ(front("found"), front("grid"));
  EXPECT_THAT(shown.out, HasSubstr(" of 90 points computed, "));
  EXPECT_THAT(shown.out, HasSubstr("no change of one key alone betters a point of the front"));
  EXPECT_THAT(shown.out, HasSubstr("knee: systole explain found:"));
}

TEST_F(Search, WithOneWorkerAndWithTwoAndGoingOnGivesTheSameBytes) {
  const Shown shown = folder_.sh(
      "systole search s.yaml -j 1 --population 8 --points 30 --results r1 >/dev/null &&"
      "systole search s.yaml -j 2 --population 8 --points 12 --results r2 >/dev/null &&"
      "systole search s.yaml -j 2 --population 8 --points 30 --results r2 >/dev/null &&"
      "for file in points.csv sweep.json runs.db plan.json; do cmp r1/$file r2/$file || exit 1;"
      "done && wc -l < r2/journal.ndjson && wc -l < r1/journal.ndjson");
  EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
  EXPECT_EQ(shown.out.substr(0, shown.out.find('\n')),
            shown.out.substr(shown.out.find('\n') + 1, shown.out.find('\n')));
}

TEST_F(Search, WritesWhatASweepWritesAndTakesItsPoints) {
  const Shown shown = folder_.sh(
      "systole search s.yaml --population 8 --results r --csv - | head -1 &&"
      "systole report r --markdown - | head -1 && systole rerun r:1");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("energy_per_output_token_j"));
}

TEST_F(Search, PassesOverPointsThatDoNotFitUnlessNoneDoes) {
  folder_.write("some.yaml",
                "name: some\nbase: configs/runs/tiny-decode.yaml\ngrid:\n"
                "  workload.model: [workloads/models/tiny.json, "
                "workloads/models/llama-3.1-70b.json]\n  workload.batch: [1, 2, 4, 8]\n");
  const Shown some = folder_.sh("systole search some.yaml --population 8 --results some");
  EXPECT_EQ(some.exit, 0) << some.err;
  EXPECT_THAT(some.err, HasSubstr("4 of 8 points could not be computed"));
  folder_.write("none.yaml",
                "name: none\nbase: configs/runs/tiny-decode.yaml\ngrid:\n"
                "  workload.model: [workloads/models/llama-3.1-70b.json]\n"
                "  workload.batch: [1, 2, 4, 8]\n");
  EXPECT_EQ(folder_.sh("systole search none.yaml --population 8 --results none").exit, 4);
}

TEST_F(Search, SaysWhatIsWrong) {
  folder_.write("one.yaml", "name: one\nbase: configs/runs/tiny-decode.yaml\n");
  const Shown one = folder_.sh("systole search one.yaml");
  EXPECT_EQ(one.exit, 2);
  EXPECT_THAT(one.err, HasSubstr("'one' varies nothing"));
  const Shown odd = folder_.sh("systole search s.yaml --population 10");
  EXPECT_EQ(odd.exit, 2);
  EXPECT_THAT(odd.err, HasSubstr("--population takes a multiple of 4; got '10'"));
}

}  // namespace
}  // namespace systole
