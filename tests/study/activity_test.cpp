// SPDX-License-Identifier: Apache-2.0
// What operand values do to the switching of registers, held against counts made by hand.
#include "study/activity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/error.hpp"
#include "shipped.hpp"
#include "study/histogram.hpp"

namespace systole {
namespace {

constexpr std::uint32_t kRows = 4;

MatrixUnitConfig array() {
  MatrixUnitConfig unit{};
  unit.rows = kRows;
  return unit;
}

std::string file_of(const std::string& text) {
  const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string file = testing::TempDir() + "histogram_" + test + ".csv";
  std::ofstream(file) << text;
  return file;
}

OperandData random(DataType type) { return {.type = type, .values = {}}; }
OperandData zeros(DataType type, double share) {
  return {.type = type, .values = {.distribution = Distribution::sparse, .zeros = share}};
}

TEST(Switching, RandomInt8FlipsHalfOfTheActivationBitsAndHalfOfTheShiftedBits) {
  // With weights of 0 sums stay 0, so that of an element only the 8 activation bits flip: 4 of
  // them. The 16 columns see the same row; the first row of all starts from 0.
  const Switching still = switching(zeros(DataType::int8, 1.0), random(DataType::int8), kRows);
  EXPECT_NEAR(still.product, 4.0, 0.06);
  EXPECT_EQ(still.shift_bit, 0.0);
  EXPECT_NEAR(switching(random(DataType::int8), random(DataType::int8), kRows).shift_bit, 0.5,
              0.01);
}

TEST(Switching, OperandsAtRestFlipNothing) {
  for (const DataType type : {DataType::int8, DataType::bf16, DataType::fp8_e4m3}) {
    EXPECT_EQ(switching(zeros(type, 1.0), zeros(type, 1.0), kRows).product, 0.0);
  }
}

// On a 4x4 array, clock included, 51.6 bits flip for each random int8 product, 51.1 where
// activations are within 3, 19.2 where 90% of them are zero and 3.4 at rest: (51.1 - 3.4) / (51.6
// - 3.4) = 0.99 and 0.33 (toggle coverage of an RTL array of the same structure).
TEST(Switching, SmallNumbersOfBothSignsDoNotSaveInTwosComplement) {
  OperandData small = random(DataType::int8);
  small.values.distribution = Distribution::histogram;
  small.values.histogram = file_of("-3,1\n-2,1\n-1,1\n0,1\n1,1\n2,1\n3,1\n");
  const double all = switching(random(DataType::int8), random(DataType::int8), kRows).product;
  EXPECT_NEAR(switching(random(DataType::int8), small, kRows).product / all, 0.99, 0.1);
}

TEST(Switching, NineZerosInTenSaveTwoThirds) {
  const double all = switching(random(DataType::int8), random(DataType::int8), kRows).product;
  const double few = switching(random(DataType::int8), zeros(DataType::int8, 0.9), kRows).product;
  EXPECT_NEAR(few / all, 0.33, 0.05);
}

TEST(Switching, SparseActivationsSaveLessInADeepArray) {
  // A sum stands still only if all activations above it do.
  const auto share = [](std::uint32_t rows) {
    return switching(random(DataType::int8), zeros(DataType::int8, 0.9), rows).product /
           switching(random(DataType::int8), random(DataType::int8), rows).product;
  };
  EXPECT_GT(share(64), 1.5 * share(4));
}

TEST(Activities, OfRandomDataAreExactlyOne) {
  RunConfig run{};
  run.workload.weights = DataType::int8;
  run.workload.activations = DataType::bf16;
  run.workload.kv_cache = DataType::bf16;
  EXPECT_EQ(activities(run, array()), Activities{});
}

TEST(Activities, AreByTheOperandThatIsHeld) {
  RunConfig run{};
  run.workload.weights = DataType::int8;
  run.workload.activations = DataType::int8;
  run.workload.kv_cache = DataType::int8;
  run.values.weights = {.distribution = Distribution::sparse, .zeros = 1.0};
  const Activities found = activities(run, array());
  EXPECT_LT(found[static_cast<std::size_t>(Tensor::weight)].mac, 0.6);
  EXPECT_EQ(found[static_cast<std::size_t>(Tensor::weight)].shift, 0.0);
  EXPECT_EQ(found[static_cast<std::size_t>(Tensor::kv)], Activity{});
}

TEST(ActivityTable, IsALineThroughRandomDataAndOperandsAtRest) {
  const ActivityTable table =
      activity_table(shipped("configs/chips/tpu_v4.yaml"), shipped("energy_models/n7.yaml"));
  const ActivityRow& int8 = table.products[3];
  ASSERT_EQ(int8.product, "int8 x int8");
  EXPECT_DOUBLE_EQ(int8.at_rest_pj, 0.26 * 0.18);  // array.zero_operand x mac.int8.
  EXPECT_DOUBLE_EQ(int8.cases.front().pj, 0.18);   // mac.int8 is of random data.
  EXPECT_EQ(int8.cases.back().data, "90% zeros");
  EXPECT_DOUBLE_EQ(int8.cases.back().pj,
                   int8.at_rest_pj + int8.per_toggle_pj * int8.cases.back().toggles);
}

TEST(Histogram, GivesValuesAsOftenAsTheyWereCounted) {
  const Histogram counts = read_histogram(file_of("value,count\n-1, 1\n\n0,2 # most\n2.5,1\n"));
  EXPECT_EQ(counts.quantile(0.2), -1.0);
  EXPECT_EQ(counts.quantile(0.3), 0.0);
  EXPECT_EQ(counts.quantile(0.7), 0.0);
  EXPECT_EQ(counts.quantile(0.8), 2.5);
}

TEST(Histogram, OfTwoEqualValuesOneEachSwitchesNothing) {
  OperandData ones{
      .type = DataType::int8,
      .values = {.distribution = Distribution::histogram, .histogram = file_of("1,3\n")}};
  // All activations are 1: they flip once, from reset, and sums likewise.
  EXPECT_LT(switching(ones, ones, kRows).product, 0.1);
}

TEST(Histogram, ReportsEveryMistakeWhereItIs) {
  try {
    (void)read_histogram(file_of("1,2\nx,3\n4\n5,-1\n"));
    FAIL() << "no error";
  } catch (const UserError& error) {
    ASSERT_EQ(error.diagnostics().size(), 3U);
    EXPECT_EQ(error.diagnostics()[0].message, "this value is not a number");
    EXPECT_EQ(error.diagnostics()[0].at.line, 2U);
    EXPECT_EQ(error.diagnostics()[1].message, "a line holds a value, a comma and its count");
    EXPECT_EQ(error.diagnostics()[2].message, "a count is a number of at least 0");
    EXPECT_EQ(error.diagnostics()[2].at.column, 3U);
  }
}

TEST(Histogram, ThatCountsNothingIsAMistake) {
  EXPECT_THROW((void)read_histogram(file_of("1,0\n")), UserError);
  EXPECT_THROW((void)read_histogram(file_of("")), UserError);
}

}  // namespace
}  // namespace systole
