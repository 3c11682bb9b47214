// SPDX-License-Identifier: Apache-2.0
#include "study/pareto.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"

namespace systole {
namespace {

using testing::ElementsAre;

void add(SweepEnd& end, double energy, double time) {
  SweepRow row;
  row.energy_j = energy;
  row.step_s = time;
  end.outcomes.push_back({.status = PointStatus::done, .row = row});
}

TEST(ParetoFront, HasWhatNoOtherPointBeatsInBoth) {
  SweepEnd end;
  add(end, 4, 1);
  add(end, 1, 4);
  add(end, 2, 2);
  add(end, 3, 3);               // Beaten by 2, 2.
  add(end, 1, 5);               // Beaten by 1, 4.
  add(end, 2, 2);               // The same as one before.
  end.outcomes.emplace_back();  // Not run.
  EXPECT_THAT(pareto_front(end.outcomes).points, ElementsAre(1, 2, 0));
}

TEST(ParetoFront, IsWhatComparingEveryPairGives) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SweepEnd end;
    for (std::uint64_t i = 0; i < 40; ++i) {
      add(end, uniform(seed, i, 0), uniform(seed, i, 1));
    }
    const auto row = [&](std::size_t i) { return *end.outcomes[i].row; };
    const std::vector<std::size_t> front = pareto_front(end.outcomes).points;
    for (std::size_t i = 0; i < end.outcomes.size(); ++i) {
      bool is_beaten = false;
      for (std::size_t j = 0; j < end.outcomes.size(); ++j) {
        is_beaten =
            is_beaten || (row(j).energy_j < row(i).energy_j && row(j).step_s < row(i).step_s);
      }
      EXPECT_EQ(std::ranges::count(front, i), is_beaten ? 0 : 1) << "seed " << seed;
    }
  }
}

// In logarithms (1, 100), (2, 10), (10, 5), (100, 4): the second lies farthest below the line.
TEST(ParetoFront, HasItsKneeFarthestFromTheLineBetweenItsEnds) {
  SweepEnd end;
  add(end, 1, 100);
  add(end, 2, 10);
  add(end, 10, 5);
  add(end, 100, 4);
  EXPECT_EQ(pareto_front(end.outcomes).knee, 1U);
}

TEST(ParetoFront, WithoutABendTakesTheEndWithTheLesserProduct) {
  SweepEnd end;
  add(end, 1, 100);
  add(end, 9, 11);
  EXPECT_EQ(pareto_front(end.outcomes).knee, 1U);
  add(end, 8, 50);  // Above the line.
  EXPECT_EQ(pareto_front(end.outcomes).knee, 1U);
}

TEST(ParetoFront, HasNoKneeWithoutAPointThatIsDone) {
  SweepEnd end;
  end.outcomes.emplace_back();
  add(end, 0, 0);  // Nothing to compare by.
  EXPECT_EQ(pareto_front(end.outcomes).knee, std::nullopt);
}

}  // namespace
}  // namespace systole
