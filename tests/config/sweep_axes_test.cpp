// SPDX-License-Identifier: Apache-2.0
// Ranges, lists that move together, and points left out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "config/sweep.hpp"
#include "files.hpp"

namespace systole {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SweepFile {
 public:
  explicit SweepFile(const std::string& what)
      : path_(folder_.write("sweep.yaml",
                            "name: s\nbase: " + sample("run.yaml") + "\n" + what + "\n")) {}

  [[nodiscard]] SweepConfig read() const { return read_sweep(path_); }

  // The values that the last label of each point has.
  [[nodiscard]] std::vector<std::string> values() const {
    std::vector<std::string> out;
    for (const SweepPoint& point : read().points) {
      out.push_back(point.labels.back().value);
    }
    return out;
  }

  [[nodiscard]] std::vector<std::string> points() const {
    std::vector<std::string> out;
    for (const SweepPoint& point : read().points) {
      std::string text;
      for (const Override& set : point.overrides) {
        text += (text.empty() ? "" : " ") + set.value;
      }
      out.push_back(text);
    }
    return out;
  }

  [[nodiscard]] std::string complaint() const {
    try {
      static_cast<void>(read());
    } catch (const UserError& error) {
      return error.what();
    }
    return "no complaint";
  }

 private:
  Folder folder_;
  std::string path_;
};

TEST(SweepRange, DoublesFromTheFirstValue) {
  EXPECT_THAT(SweepFile("grid: {workload.batch: {from: 3, to: 25, scale: powers_of_two}}").values(),
              ElementsAre("3", "6", "12", "24"));
}

TEST(SweepRange, StepsInTheUnitOfItsFirstValue) {
  EXPECT_THAT(
      SweepFile("grid: {chip.clock: {from: 0.9 GHz, to: 1200 MHz, step: 100 MHz}}").values(),
      ElementsAre("0.9 GHz", "1 GHz", "1.1 GHz", "1.2 GHz"));
}

TEST(SweepRange, SpreadsPointsEvenlyOrByEqualFactors) {
  EXPECT_THAT(SweepFile("grid: {workload.context: {from: 100, to: 300, points: 3}}").values(),
              ElementsAre("100", "200", "300"));
  EXPECT_THAT(
      SweepFile("grid: {chip.kernel_start: {from: 1 us, to: 100 us, points: 3, scale: log}}")
          .values(),
      ElementsAre("1 us", "10 us", "100 us"));
}

TEST(SweepRange, OfWholeNumbersGivesEachOnce) {
  EXPECT_THAT(SweepFile("grid: {workload.batch: {from: 1, to: 4, points: 9, scale: log}}").values(),
              ElementsAre("1", "2", "3", "4"));
}

TEST(SweepRange, OfAPriceKeepsItsUnit) {
  EXPECT_THAT(
      SweepFile("grid: {energy_model.mac.bf16: {from: 0.1 pJ, to: 0.4 pJ, scale: powers_of_two}}")
          .values(),
      ElementsAre("0.1 pJ", "0.2 pJ", "0.4 pJ"));
}

TEST(SweepRange, SaysWhatIsWrongWithIt) {
  const auto complaint = [](const std::string& range) {
    return SweepFile("grid: {workload.batch: {" + range + "}}").complaint();
  };
  EXPECT_THAT(complaint("from: 8, to: 2, points: 3"), HasSubstr("must lie below 'to'"));
  EXPECT_THAT(complaint("from: 1, to: 2"), HasSubstr("either 'points' or 'step'"));
  EXPECT_THAT(complaint("from: 1, to: 2, points: 2, step: 1"),
              HasSubstr("either 'points' or 'step'"));
  EXPECT_THAT(complaint("to: 2, points: 2"), HasSubstr("needs 'from'"));
  EXPECT_THAT(complaint("from: 1, to: 2, point: 2"), HasSubstr("unknown key 'point'"));
  EXPECT_THAT(complaint("from: 1, to: 8, scale: cubes"), HasSubstr("cannot be 'cubes'"));
  EXPECT_THAT(SweepFile("grid: {workload.weights: {from: int4, to: int8, points: 2}}").complaint(),
              HasSubstr("has no range"));
}

TEST(SweepZip, MovesItsListsTogetherAndCrossesTheGrid) {
  const SweepFile sweep(
      "zip:\n  - {sharding.tensor: [32, 4], sharding.data: [1, 8]}\n"
      "grid: {workload.batch: [1, 2]}");
  EXPECT_THAT(sweep.points(), ElementsAre("32 1 1", "32 1 2", "4 8 1", "4 8 2"));
}

TEST(SweepZip, RefusesListsOfTwoLengths) {
  EXPECT_THAT(SweepFile("zip: [{workload.batch: [1, 2], workload.context: [1, 2, 3]}]").complaint(),
              HasSubstr("'workload.context' has 3 values, 'workload.batch' has 2"));
}

TEST(SweepZip, RefusesAKeyThatVariesInTheGridToo) {
  EXPECT_THAT(
      SweepFile("zip: [{workload.batch: [1, 2]}]\ngrid: {workload.batch: [1, 2]}").complaint(),
      HasSubstr("'workload.batch' varies in the grid and in a zip"));
}

TEST(SweepExclude, LeavesOutWhatHasAValueOfEveryKey) {
  const SweepFile sweep(
      "grid: {workload.batch: [1, 64, 1024], workload.weights: [bf16, int8]}\n"
      "exclude:\n  - {workload.batch: [64, 1Ki], workload.weights: bf16}");
  EXPECT_THAT(sweep.points(), ElementsAre("1 bf16", "1 int8", "64 int8", "1024 int8"));
  EXPECT_EQ(sweep.read().excluded, 2U);
  EXPECT_EQ(sweep.read().points.back().number, 4U);
}

TEST(SweepExclude, KnowsAQuantityInAnotherUnitAndAVariant) {
  EXPECT_THAT(SweepFile("grid: {chip.clock: [1 GHz, 2 GHz]}\n"
                        "exclude: [{chip.clock: 2000 MHz}]")
                  .points(),
              ElementsAre("1 GHz"));
  EXPECT_THAT(SweepFile("variants: [{name: a, workload.batch: 1}, {name: b, workload.batch: 2}]\n"
                        "exclude: [{variant: a}]")
                  .points(),
              ElementsAre("2"));
}

TEST(SweepExclude, ThatMeetsNothingOrEverythingIsAMistake) {
  EXPECT_THAT(
      SweepFile("grid: {workload.batch: [1, 2]}\nexclude: [{workload.batch: 3}]").complaint(),
      HasSubstr("leaves out no point"));
  EXPECT_THAT(
      SweepFile("grid: {workload.batch: [1, 2]}\nexclude: [{workload.batch: [1, 2]}]").complaint(),
      HasSubstr("every point of the sweep is left out"));
}

TEST(SweepKeys, ReachEveryFileThatTheRunNames) {
  const SweepFile sweep(
      "grid: {chip.matrix_unit.rows: [64], pod.shape: [[2, 4]], pod.wrap: [[false, true]]}");
  EXPECT_THAT(sweep.points(), ElementsAre("64 [2, 4] [false, true]"));
}

TEST(SweepKeys, ThatNoFileHasAreToldWithWhatMayBeMeant) {
  EXPECT_THAT(SweepFile("grid: {chip.matrix_unit.rowz: [64]}").complaint(),
              HasSubstr("did you mean 'chip.matrix_unit.rows'?"));
  EXPECT_THAT(SweepFile("grid: {chip.matrix_unit: [64]}").complaint(),
              HasSubstr("'chip.matrix_unit' is a section"));
}

}  // namespace
}  // namespace systole
