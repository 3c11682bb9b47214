// SPDX-License-Identifier: Apache-2.0
#include "config/sweep.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "config/read.hpp"
#include "files.hpp"

namespace systole {
namespace {

std::string text_of(const SweepPoint& point) {
  std::string out;
  for (const Override& set : point.overrides) {
    out += fmt::format("{}{}={}", out.empty() ? "" : " ", set.key, set.value);
  }
  return out;
}

std::string labels_of(const SweepPoint& point) {
  std::string out;
  for (const SweepLabel& label : point.labels) {
    out += fmt::format("{}{}={}", out.empty() ? "" : ", ", label.key, label.value);
  }
  return out;
}

TEST(Sweep, IsVariantsTimesGridWithTheLastKeyFastest) {
  const SweepConfig sweep = read_sweep(sample("sweep.yaml"));
  ASSERT_EQ(sweep.points.size(), 12U);  // 2 variants x 3 batches x 2 types.
  EXPECT_EQ(text_of(sweep.points[0]),
            "sharding.tensor=32 sharding.data=1 workload.batch=1 workload.weights=bf16");
  EXPECT_EQ(text_of(sweep.points[1]),
            "sharding.tensor=32 sharding.data=1 workload.batch=1 workload.weights=ternary");
  EXPECT_EQ(text_of(sweep.points[11]),
            "sharding.tensor=4 sharding.data=8 workload.batch=1024 workload.weights=ternary");
}

TEST(Sweep, LabelsAPointByVariantAndGridValues) {
  const SweepConfig sweep = read_sweep(sample("sweep.yaml"));
  EXPECT_EQ(labels_of(sweep.points[11]),
            "variant=tensor 4 x data 8, workload.batch=1024, workload.weights=ternary");
}

TEST(Sweep, ChecksItsFirstAndLastPointAndWhatLiesEvenlyBetween) {
  const Folder folder;
  const auto points = [&](const std::string& count) {
    const std::string file = folder.write(
        "sweep.yaml",
        "name: seven\nbase: " + sample("run.yaml") +
            "\ngrid: {workload.batch: [1, 2, 3, 4, 5, 6, 7]}\ncheck: {points: " + count + "}\n");
    return read_sweep(file).check->points;
  };
  EXPECT_EQ(points("1"), (std::vector<std::size_t>{0}));
  EXPECT_EQ(points("3"), (std::vector<std::size_t>{0, 3, 6}));
  EXPECT_EQ(points("7"), (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_THROW(points("8"), UserError);
}

TEST(Sweep, WithoutGridAndVariantsIsTheBaseAlone) {
  const Folder folder;
  const std::string file =
      folder.write("sweep.yaml", "name: one\nbase: " + sample("run.yaml") + "\njobs: 2\n");
  const SweepConfig sweep = read_sweep(file);
  ASSERT_EQ(sweep.points.size(), 1U);
  EXPECT_TRUE(sweep.points[0].overrides.empty());
  EXPECT_EQ(sweep.jobs, 2U);
  EXPECT_EQ(sweep.base, sample("run.yaml"));
}

TEST(Sweep, ResolvesPathsSoThatSetFindsThem) {
  const Folder folder;
  const std::string copy = folder.write("sub/e.yaml", "extends: " + sample("energy.yaml") + "\n");
  const std::string file = folder.write("sweep.yaml", "name: nodes\nbase: " + sample("run.yaml") +
                                                          "\ngrid: {energy_model: [sub/e.yaml]}\n");
  const SweepConfig sweep = read_sweep(file);
  EXPECT_EQ(text_of(sweep.points[0]), "energy_model=" + copy);
  EXPECT_EQ(read_run(sweep.base, sweep.points[0].overrides).energy_model, copy);
}

}  // namespace
}  // namespace systole
