// SPDX-License-Identifier: Apache-2.0
#include "report/sensitivity.hpp"

#include <gtest/gtest.h>

namespace systole {
namespace {

void add(SweepEnd& end, double energy, double time) {
  SweepRow row;
  row.energy_j = energy;
  row.step_s = time;
  end.outcomes.push_back({.status = PointStatus::done, .row = row});
}

TEST(Sensitivities, AreTheLargestFactorsOfAKeyOnItsOwn) {
  SweepConfig sweep{.name = "s", .base = "", .jobs = {}, .points = {}};
  SweepEnd end;
  const auto point = [&](const char* batch, const char* weights, double energy, double time) {
    sweep.points.push_back(
        {.overrides = {}, .labels = {{"workload.batch", batch}, {"workload.weights", weights}}});
    add(end, energy, time);
  };
  point("1", "bf16", 100, 1);
  point("1", "int8", 50, 1);
  point("64", "bf16", 4, 2);
  point("64", "int8", 3, 3);
  const std::vector<Sensitivity> found = sensitivities(sweep, end);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].key, "workload.batch");
  EXPECT_EQ(found[0].energy, 25);  // bf16.
  EXPECT_EQ(found[0].time, 3);     // int8.
  EXPECT_EQ(found[0].best, "64");
  EXPECT_EQ(found[1].energy, 2);
  EXPECT_EQ(found[1].time, 1.5);
  EXPECT_EQ(found[1].best, "int8");
}

}  // namespace
}  // namespace systole
