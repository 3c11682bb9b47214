// SPDX-License-Identifier: Apache-2.0
#include "study/search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/random.hpp"
#include "study/pareto.hpp"

namespace systole {
namespace {

#if !SYSTOLE_PAGMO
class Search : public testing::Test {
 protected:
  void SetUp() override { GTEST_SKIP() << "skipped: this build is without pagmo2"; }
};
#else
class Search : public testing::Test {};
#endif

// Energy and time of a point are products over its axes, so that the true front of a space of any
// size follows from joining the axes one after another.
struct Cost {
  double energy = 1;
  double time = 1;
};

// Each step along an axis trades energy for time, at a rate of its own and not evenly.
Cost cost(std::size_t axis, std::size_t value) {
  const double bump = 0.4 * uniform(7, axis, value);
  const double step = static_cast<double>(value);
  return {.energy = std::exp(0.9 * step + bump),
          .time = std::exp(-(0.3 + 0.2 * static_cast<double>(axis)) * step + bump)};
}

SweepSpace space_of(const std::vector<std::size_t>& sizes) {
  SweepSpace out{.name = "space", .base = ""};
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    SweepAxis& values = out.axes.emplace_back();
    for (std::size_t value = 0; value < sizes[axis]; ++value) {
      values.push_back(
          {.overrides = {}, .labels = {{.key = "variant", .value = std::to_string(value)}}});
    }
  }
  return out;
}

SweepOutcome outcome_of(const SweepPoint& point) {
  Cost sum;
  for (std::size_t axis = 0; axis < point.labels.size(); ++axis) {
    const Cost one = cost(axis, std::stoul(point.labels[axis].value));
    sum = {.energy = sum.energy * one.energy, .time = sum.time * one.time};
  }
  SweepOutcome out{.status = PointStatus::done};
  out.row.emplace();
  out.row->energy_j = sum.energy;
  out.row->step_s = sum.time;
  return out;
}

std::vector<SweepOutcome> compute(const std::vector<SweepPoint>& points) {
  std::vector<SweepOutcome> out;
  std::ranges::transform(points, std::back_inserter(out), outcome_of);
  return out;
}

std::vector<Cost> front_of(std::vector<Cost> all) {
  std::ranges::sort(all, {}, [](const Cost& c) { return std::pair(c.energy, c.time); });
  std::vector<Cost> out;
  for (const Cost& c : all) {
    if (out.empty() || c.time < out.back().time) {
      out.push_back(c);
    }
  }
  return out;
}

std::vector<Cost> true_front(const std::vector<std::size_t>& sizes) {
  std::vector<Cost> out{Cost{}};
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    std::vector<Cost> next;
    for (const Cost& c : out) {
      for (std::size_t value = 0; value < sizes[axis]; ++value) {
        const Cost one = cost(axis, value);
        next.push_back({.energy = c.energy * one.energy, .time = c.time * one.time});
      }
    }
    out = front_of(std::move(next));
  }
  return out;
}

std::vector<Cost> found_front(const SearchEnd& end) {
  std::vector<Cost> all;
  for (const SweepOutcome& outcome : end.outcomes) {
    if (outcome.row) {
      all.push_back({.energy = outcome.row->energy_j, .time = outcome.row->step_s});
    }
  }
  return front_of(std::move(all));
}

// The area that a front leaves nothing better in, in logarithms, up to a corner.
double area(const std::vector<Cost>& front, const Cost& corner) {
  double out = 0;
  double right = std::log(corner.energy);
  for (auto c = front.rbegin(); c != front.rend(); ++c) {
    out += (right - std::log(c->energy)) * (std::log(corner.time) - std::log(c->time));
    right = std::log(c->energy);
  }
  return out;
}

std::vector<std::string> labels_of(const SearchEnd& end) {
  std::vector<std::string> out;
  for (const SweepPoint& point : end.points) {
    std::string text;
    for (const SweepLabel& label : point.labels) {
      text += label.value + " ";
    }
    out.push_back(text);
  }
  return out;
}

TEST_F(Search, OfASmallSpaceFindsTheWholeFront) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const SearchEnd end =
        search(space_of({6, 8, 5}), {.population = 8, .seed = seed, .compute = compute});
    const std::vector<Cost> expected = true_front({6, 8, 5});
    const std::vector<Cost> found = found_front(end);
    ASSERT_EQ(found.size(), expected.size()) << "seed " << seed;
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_DOUBLE_EQ(found[i].energy, expected[i].energy);
      EXPECT_DOUBLE_EQ(found[i].time, expected[i].time);
    }
    EXPECT_TRUE(end.is_closed);
  }
}

TEST_F(Search, OfAHugeSpaceComesCloseToTheTrueFront) {
  const std::vector<std::size_t> sizes(9, 8);  // 134 million points.
  const std::vector<Cost> expected = true_front(sizes);
  const Cost corner{.energy = expected.back().energy, .time = expected.front().time};
  for (std::uint32_t seed = 0; seed < 3; ++seed) {
    const SearchEnd end =
        search(space_of(sizes), {.points = 4000, .seed = seed, .compute = compute});
    EXPECT_GT(area(found_front(end), corner), 0.99 * area(expected, corner)) << "seed " << seed;
  }
}

TEST_F(Search, ComputesNoPointTwiceAndNoneThatIsLeftOut) {
  SweepSpace space = space_of({6, 6});
  for (SweepPoint& value : space.axes[1]) {
    value.overrides = {{.key = "workload.batch", .value = value.labels[0].value}};
  }
  space.exclusions = {{{.key = "workload.batch", .values = {"0", "5"}}}};
  std::set<std::string> seen;
  const auto once = [&](const std::vector<SweepPoint>& points) {
    for (const SweepPoint& point : points) {
      EXPECT_TRUE(seen.insert(point.labels[0].value + " " + point.labels[1].value).second);
      EXPECT_NE(point.labels[1].value, "0");
      EXPECT_NE(point.labels[1].value, "5");
    }
    return compute(points);
  };
  const SearchEnd end = search(space, {.population = 8, .compute = once});
  EXPECT_EQ(end.points.size(), seen.size());
  EXPECT_LE(seen.size(), 24U);
}

TEST_F(Search, LeavesAxesWithoutAChoiceAsTheyAre) {
  const SearchEnd end = search(space_of({1, 6, 1, 4}), {.population = 8, .compute = compute});
  EXPECT_EQ(found_front(end).size(), true_front({1, 6, 1, 4}).size());
}

TEST_F(Search, IsTheSameForTheSameSeed) {
  const SweepSpace space = space_of({9, 9, 9, 9, 9});
  const auto points = [&](std::uint32_t seed) {
    return labels_of(search(space, {.points = 300, .seed = seed, .compute = compute}));
  };
  EXPECT_EQ(points(3), points(3));
  EXPECT_NE(points(3), points(4));
}

TEST_F(Search, KeepsToItsNumberOfPoints) {
  const SearchEnd end =
      search(space_of({50, 50, 50, 50}), {.population = 20, .points = 100, .compute = compute});
  EXPECT_GE(end.points.size(), 100U);
  EXPECT_LE(end.points.size(), 120U);
  EXPECT_FALSE(end.is_closed);
}

TEST_F(Search, KeepsToItsNumberOfPointsWhenItTriesTheNeighbours) {
  const auto one_best = [](const std::vector<SweepPoint>& points) {
    std::vector<SweepOutcome> out = compute(points);
    for (SweepOutcome& outcome : out) {
      outcome.row->step_s = outcome.row->energy_j;
    }
    return out;
  };
  const SearchEnd end =
      search(space_of({400}), {.population = 8, .points = 200, .compute = one_best});
  EXPECT_GT(end.points.size(), 100U);
  EXPECT_LE(end.points.size(), 208U);
}

TEST_F(Search, PassesOverPointsThatCannotBeComputed) {
  const auto some = [](const std::vector<SweepPoint>& points) {
    std::vector<SweepOutcome> out = compute(points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (points[i].labels[0].value == "0") {  // The least energy.
        out[i] = {.status = PointStatus::does_not_fit, .message = "too large"};
      }
    }
    return out;
  };
  const SearchEnd end = search(space_of({6, 8}), {.population = 8, .compute = some});
  ASSERT_FALSE(found_front(end).empty());
  EXPECT_DOUBLE_EQ(found_front(end).front().energy, cost(0, 1).energy * cost(1, 0).energy);
}

TEST_F(Search, EndsWhenAPointWasNotRun) {
  std::size_t calls = 0;
  const auto stop = [&](const std::vector<SweepPoint>& points) {
    calls += 1;
    return calls < 3 ? compute(points) : std::vector<SweepOutcome>(points.size());
  };
  const SearchEnd end = search(space_of({50, 50, 50}), {.population = 20, .compute = stop});
  EXPECT_EQ(calls, 3U);
  EXPECT_FALSE(end.is_closed);
}

}  // namespace
}  // namespace systole
