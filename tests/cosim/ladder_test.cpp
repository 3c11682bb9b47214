// SPDX-License-Identifier: Apache-2.0
// `systole verify` below the command line: what it reports, and what it says if it cannot.
#include "cosim/ladder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cosim/contract_unit.hpp"
#include "cosim/ladder_table.hpp"
#include "units.hpp"

namespace systole::cosim {
namespace {

using testing::AllOf;
using testing::HasSubstr;

model::ArrayConfig array() {
  return steady_config(DataType::int8, 3, 2, Dataflow::weight_stationary, Preload::double_buffered,
                       1);
}

std::unique_ptr<model::ArrayUnit> right(std::uint64_t) { return make_contract_unit(array()); }

std::unique_ptr<model::ArrayUnit> wrong(std::uint64_t) {
  return std::make_unique<Liar>(make_contract_unit(array()), 321,
                                [](model::UnitOutputs& out) { out.scales_ready ^= true; });
}

// Arrays that stand for verilated ones, so that a wrong one can be among them.
std::vector<RtlVariant> one(std::unique_ptr<model::ArrayUnit> (*make)(std::uint64_t)) {
  return {{.name = "ws_int8_3x2", .config = array(), .random_start = false, .make = make}};
}

LadderOptions options() {
  return {.seed = 4,
          .seconds = 0,
          .cases = 2,
          .types = {DataType::int8},
          .dataflow = {},
          .latency = {},
          .rows = 8,
          .columns = 8,
          .preload = Preload::double_buffered};
}

std::string complaint(const std::vector<RtlVariant>& variants, const LadderOptions& asked) {
  try {
    static_cast<void>(climb(variants, asked));
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Ladder, OfEqualUnitsHasThreeRungsWithoutAMismatch) {
  const Climbed climbed = climb(one(right), options());
  EXPECT_FALSE(climbed.failure);
  EXPECT_EQ(climbed.mismatches(), 0U);
  ASSERT_EQ(climbed.rungs.size(), 3U);
  EXPECT_EQ(climbed.rungs[0].name, "rtl == clocked");
  EXPECT_EQ(climbed.rungs[0].cycles, 2000U);  // Two cases of a thousand.
  EXPECT_GT(climbed.rungs[0].speed.value(), 0.0);
  EXPECT_EQ(climbed.rungs[1].name, "rtl == numerics");
  EXPECT_EQ(climbed.rungs[1].cases, 2U);
  EXPECT_EQ(climbed.rungs[2].name, "clocked == event");
  EXPECT_EQ(climbed.rungs[2].arrays, "8x8");
  EXPECT_EQ(climbed.rungs[2].cases, 2U);
}

TEST(Ladder, WithAWrongUnitSaysWhereAndHowToSeeItAgain) {
  const Climbed climbed = climb(one(wrong), options());
  ASSERT_TRUE(climbed.failure);
  EXPECT_EQ(climbed.mismatches(), 1U);
  EXPECT_EQ(climbed.failure->number, 1U);
  EXPECT_THAT(
      explain(*climbed.failure, " --chip my.yaml"),
      AllOf(HasSubstr("rtl == clocked: ws_int8_3x2, case 1\ncycle 321: scales_ready_o is "),
            HasSubstr("again: systole verify --type int8 --dataflow ws --latency 1 --seed 4 "
                      "--cases 1 --chip my.yaml\n")));
  EXPECT_EQ(ladder_json(climbed).at("failure").at("array"), "ws_int8_3x2");
}

TEST(Ladder, WithTheSameSeedRunsTheSameCases) {
  const Climbed one_way = climb(one(right), options());
  const Climbed again = climb(one(right), options());
  ASSERT_EQ(one_way.rungs.size(), again.rungs.size());
  for (std::size_t i = 0; i < one_way.rungs.size(); ++i) {
    EXPECT_EQ(one_way.rungs[i].cycles, again.rungs[i].cycles);
    EXPECT_EQ(one_way.rungs[i].transfers, again.rungs[i].transfers);
  }
  LadderOptions other = options();
  other.seed = 5;
  EXPECT_NE(climb(one(right), other).rungs[0].transfers, one_way.rungs[0].transfers);
}

TEST(Ladder, RunsEachKindOfCaseOnceHoweverShortTheTime) {
  LadderOptions asked = options();
  asked.cases = {};
  for (const Rung& rung : climb(one(right), asked).rungs) {
    EXPECT_EQ(rung.cases, 1U);
  }
}

TEST(Ladder, WithoutRtlSaysWhatToInstall) {
  EXPECT_THAT(complaint({}, options()),
              HasSubstr("apt-get install verilator, then run scripts/build.sh"));
}

TEST(Ladder, ForATypeThatNoArrayHasSaysWhichThereAre) {
  LadderOptions asked = options();
  asked.latency = 3;
  EXPECT_THAT(complaint(one(right), asked),
              AllOf(HasSubstr("no array of the RTL has type int8"), HasSubstr("ws_int8_3x2")));
}

TEST(LadderTable, HasALineForEachRungAndATotal) {
  const Climbed climbed{.seed = 7,
                        .rungs = {{.name = "rtl == clocked",
                                   .type = DataType::bf16,
                                   .dataflow = Dataflow::weight_stationary,
                                   .arrays = "4x8",
                                   .cases = 12,
                                   .cycles = 1234567,
                                   .transfers = 99,
                                   .mismatches = 0,
                                   .speed = 1.5e6}},
                        .failure = {}};
  EXPECT_EQ(
      ladder_table(climbed),
      "rung             type          shape   cases  cycles checked  mismatches  M cycles/s*\n"
      "rtl == clocked   bf16      ws  4x8        12       1,234,567           0        1.500\n"
      "* of the RTL under Verilator by itself, a second of CPU time\n"
      "0 mismatches in 1,234,567 cycles; seed 7\n");
}

}  // namespace
}  // namespace systole::cosim
