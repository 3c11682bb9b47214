// SPDX-License-Identifier: Apache-2.0
#include "config/baseline.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "config/read.hpp"
#include "files.hpp"

namespace systole {
namespace {

const Budget& budget(const BaselinePoint& point, Metric metric) {
  return point.budgets.metrics.at(static_cast<std::size_t>(metric));
}

TEST(Baseline, NamesItsPointsAndTheLinesTheyStandOn) {
  const BaselineConfig baseline = read_baseline(sample("baseline.yaml"));
  EXPECT_EQ(baseline.name, "sample");
  ASSERT_EQ(baseline.points.size(), 2U);
  EXPECT_EQ(baseline.points[0].name, "plain");
  EXPECT_EQ(baseline.points[0].run, sample("run.yaml"));
  EXPECT_EQ(baseline.points[0].line, 7U);
  EXPECT_EQ(baseline.points[1].name, "narrow weights, batch 8");
  EXPECT_EQ(baseline.points[1].line, 8U);
}

TEST(Baseline, StandsBesideItsRecord) {
  EXPECT_EQ(read_baseline(sample("baseline.yaml")).record(), sample("baseline.json"));
}

TEST(Baseline, SetsKeysAsTheCommandLineWould) {
  const BaselinePoint point = read_baseline(sample("baseline.yaml")).points[1];
  ASSERT_EQ(point.overrides.size(), 3U);
  EXPECT_EQ(point.overrides[0].key + "=" + point.overrides[0].value, "workload.weights=ternary");
  EXPECT_EQ(point.overrides[1].key + "=" + point.overrides[1].value, "workload.batch=8");
  EXPECT_EQ(point.overrides[2].value, sample("energy.yaml"));  // Relative to the file that says it.
  EXPECT_EQ(read_run(point.run, point.overrides).workload.batch, 8U);
}

TEST(Baseline, ReadsPercentagesAsShares) {
  const Budget energy =
      budget(read_baseline(sample("baseline.yaml")).points[0], Metric::energy_per_output_token);
  EXPECT_EQ(energy.up, 0.005);
  EXPECT_EQ(energy.down, 0.02);
}

TEST(Baseline, LetsAPointSayItsOwnBudgets) {
  const BaselinePoint point = read_baseline(sample("baseline.yaml")).points[1];
  EXPECT_TRUE(budget(point, Metric::energy_per_output_token).is_exact());
  EXPECT_TRUE(point.budgets.counts.is_free());  // The file's.
}

TEST(Baseline, LeavesTheSideFreeThatABudgetDoesNotName) {
  const Budget rate =
      budget(read_baseline(sample("baseline.yaml")).points[1], Metric::tokens_per_s);
  EXPECT_EQ(rate.up, std::nullopt);
  EXPECT_EQ(rate.down, 0.1);
}

TEST(Baseline, IsExactWhereNothingIsSaid) {
  const Folder folder;
  const BaselineConfig baseline = read_baseline(
      folder.write("b.yaml", "name: b\npoints: [{name: p, run: " + sample("run.yaml") + "}]\n"));
  const BaselinePoint& point = baseline.points.at(0);
  EXPECT_TRUE(budget(point, Metric::energy_per_output_token).is_exact());
  EXPECT_TRUE(budget(point, Metric::time).is_exact());
  EXPECT_TRUE(point.budgets.counts.is_exact());
  EXPECT_TRUE(budget(point, Metric::tokens_per_s).is_free());  // Both follow from energy and time.
  EXPECT_TRUE(budget(point, Metric::power_w_per_chip).is_free());
}

TEST(Baseline, KeepsPointsApartWhoseNamesLookLikeKeys) {
  const Folder folder;
  const BaselineConfig baseline = read_baseline(folder.write(
      "b.yaml", "name: b\npoints:\n  - {name: p, run: " + sample("run.yaml") +
                    ", set: {workload.batch: 2}}\n  - {name: p.set, run: " + sample("run.yaml") +
                    ", set: {workload.batch: 4}}\n"));
  ASSERT_EQ(baseline.points.at(0).overrides.size(), 1U);
  EXPECT_EQ(baseline.points.at(0).overrides[0].value, "2");
  ASSERT_EQ(baseline.points.at(1).overrides.size(), 1U);
  EXPECT_EQ(baseline.points.at(1).overrides[0].value, "4");
}

TEST(Baseline, HasACanonicalForm) {
  EXPECT_EQ(load(FileKind::baseline, sample("baseline.yaml")).canonical().dump(),
            R"({"name":"sample","budgets":{"energy_per_output_token":{"up":0.005,"down":0.02},)"
            R"("counts":{"up":null,"down":null}},"points":[{"name":"plain"},)"
            R"({"name":"narrow weights, batch 8","set":{"workload.weights":"ternary",)"
            R"("workload.batch":"8","energy_model":")" +
                sample("energy.yaml") +
                R"("},"budgets":{"energy_per_output_token":{"up":0.0,"down":0.0},)"
                R"("tokens_per_s":{"up":null,"down":0.1}}}]})");
}

}  // namespace
}  // namespace systole
