// SPDX-License-Identifier: Apache-2.0
#include "report/sweep_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "report/sweep_files.hpp"
#include "report/sweep_labels.hpp"

namespace systole {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

SweepRow row(double energy_j, double weights_j, double step_s) {
  SweepRow out;
  out.model = "m";
  out.phase = "decode";
  out.chip = "c";
  out.chips = 4;
  out.energy_model = "e";
  out.fidelity = "event";
  out.energy_j = energy_j;
  out.dynamic_j = 2 * weights_j;
  out.purposes_j[static_cast<std::size_t>(Purpose::weights)] = weights_j;
  out.time_s = step_s;
  out.step_s = step_s;
  out.tokens_per_s_per_user = 1 / step_s;
  out.binding = "hbm";
  out.bound_time_s = step_s / 2;
  return out;
}

// A sweep of these keys with as many done points as the grid has.
class Swept {
 public:
  void add(std::vector<SweepLabel> labels, SweepRow values) {
    sweep.points.push_back(
        {.overrides = {}, .labels = std::move(labels), .number = sweep.points.size() + 1});
    end.outcomes.push_back({.status = PointStatus::done, .message = "", .row = std::move(values)});
  }
  SweepConfig sweep{.name = "s", .base = "", .jobs = {}, .points = {}};
  SweepEnd end;
};

Swept batches() {
  Swept out;
  out.add({{"workload.batch", "1"}}, row(8.0, 3.0, 0.002));
  out.add({{"workload.batch", "16"}}, row(2.0, 0.25, 0.004));
  return out;
}

void expect_plain(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 120U) << line;
    EXPECT_FALSE(line.ends_with(' ')) << '"' << line << '"';
  }
  for (const char c : text) {
    EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
  }
}

TEST(ThreeDigits, HasNoExponent) {
  EXPECT_EQ(three_digits(71234.5), "71234");
  EXPECT_EQ(three_digits(123.4), "123");
  EXPECT_EQ(three_digits(12.34), "12.3");
  EXPECT_EQ(three_digits(1.5), "1.50");
  EXPECT_EQ(three_digits(0.01234), "0.0123");
  EXPECT_EQ(three_digits(9.999), "10.0");
  EXPECT_EQ(three_digits(0), "0");
}

TEST(SweepTable, HasARowAPoint) {
  const Swept swept = batches();
  const std::string table = sweep_table(swept.sweep, swept.end);
  expect_plain(table);
  EXPECT_THAT(
      table,
      AllOf(HasSubstr("s: 2 points, m decode, c x 4, energy model e, fidelity event"),
            HasSubstr("J per output token"), HasSubstr("hbm 50%"),
            HasSubstr("\n      1   8.00     3.00 "), HasSubstr("\n     16   2.00    0.250 ")));
}

TEST(SweepTable, TellsAllEnergiesInTheUnitOfTheSmallest) {
  Swept swept = batches();
  swept.end.outcomes[1].row->energy_j = 0.0021;
  EXPECT_THAT(sweep_table(swept.sweep, swept.end),
              AllOf(HasSubstr("mJ per output token"), HasSubstr(" 8000 "), HasSubstr(" 2.10 ")));
}

TEST(SweepTable, SaysWhyAPointIsMissing) {
  Swept swept = batches();
  swept.end.outcomes[0] = {.status = PointStatus::does_not_fit, .message = "too large", .row = {}};
  EXPECT_THAT(sweep_table(swept.sweep, swept.end),
              AllOf(HasSubstr("does not fit"), HasSubstr("\n      1      -        - ")));
  EXPECT_EQ(sweep_findings(swept.sweep, swept.end), "");
}

TEST(SweepTable, OfNothingButFailuresStillStands) {
  Swept swept = batches();
  for (SweepOutcome& outcome : swept.end.outcomes) {
    outcome = {.status = PointStatus::fault, .message = "stuck", .row = {}};
  }
  EXPECT_THAT(sweep_table(swept.sweep, swept.end), HasSubstr("fault"));
}

TEST(SweepTable, SetsVariantsSideBySide) {
  Swept swept;
  swept.add({{"variant", "wide"}, {"workload.batch", "1"}}, row(8.0, 3.0, 0.002));
  swept.add({{"variant", "wide"}, {"workload.batch", "16"}}, row(2.0, 1.0, 0.002));
  swept.add({{"variant", "deep"}, {"workload.batch", "1"}}, row(4.0, 1.0, 0.006));
  swept.add({{"variant", "deep"}, {"workload.batch", "16"}}, row(2.0, 1.0, 0.001));
  const std::string table = sweep_table(swept.sweep, swept.end);
  expect_plain(table);
  EXPECT_THAT(table,
              AllOf(HasSubstr("\nwide\n"), HasSubstr("\ndeep\n"), HasSubstr("side by side"),
                    HasSubstr("\n      1     8.00     2.00  hbm 50%     4.00     6.00  hbm")));
}

TEST(SweepTable, StaysWithin120ColumnsHoweverManyKeysVary) {
  Swept swept;
  for (const std::string value : {"1", "2"}) {
    std::vector<SweepLabel> labels;
    for (const std::string key : {"a", "b", "c", "d", "e", "f"}) {
      labels.push_back({"workload." + key, "a/long/path/to/some/model-" + key + value + ".csv"});
    }
    swept.add(labels, row(8.0, 3.0, 0.002));
  }
  expect_plain(sweep_table(swept.sweep, swept.end));
}

TEST(SweepFindings, CompareTheEndsOfTheAxis) {
  const Swept swept = batches();
  // 8 J against 2 J; weights are 3 of 6 J and 0.25 of 0.5 J dynamic.
  EXPECT_EQ(sweep_findings(swept.sweep, swept.end),
            "batch 16 takes 4.00x less energy per token than batch 1; moving weights is 50% of the "
            "dynamic energy at batch 1 and 50%\nat batch 16.\n");
}

TEST(SweepFindings, CompareTheLastChoiceWithTheFirst) {
  Swept swept;
  swept.add({{"workload.weights", "bf16"}}, row(8.0, 3.0, 0.002));
  swept.add({{"workload.weights", "int4"}}, row(2.0, 1.0, 0.003));
  EXPECT_EQ(sweep_findings(swept.sweep, swept.end),
            "int4 takes, against bf16, 4.00x less energy per token and 1.50x more time.\n");
}

TEST(SweepLabels, AreShortWhereThatIsClear) {
  SweepConfig sweep{.name = "s", .base = "", .jobs = {}, .points = {}};
  sweep.points.push_back(
      {.overrides = {}, .labels = {{"a.size", "1"}, {"b.size", "2"}, {"b.type", "x"}}});
  const std::vector<SweepColumn> columns = sweep_columns(sweep);
  EXPECT_EQ(columns[0].name, "a.size");
  EXPECT_EQ(columns[1].name, "b.size");
  EXPECT_EQ(columns[2].name, "type");
}

TEST(SweepLabels, MakeNamesThatFileSystemsTake) {
  SweepConfig sweep{.name = "s", .base = "", .jobs = {}, .points = {}};
  sweep.points.push_back({.overrides = {},
                          .labels = {{"variant", "tensor 8 x data 8"}, {"pod", "../pods/a.yaml"}},
                          .number = 1});
  EXPECT_EQ(point_slug(sweep, 0), "001-tensor-8-x-data-8-a");
}

TEST(SweepCsv, QuotesAsRfc4180Says) {
  Swept swept;
  swept.add({{"variant", "a, \"b\""}}, row(8.0, 3.0, 0.002));
  swept.end.outcomes[0] = {.status = PointStatus::wrong_input, .message = "one\ntwo", .row = {}};
  const std::string csv = sweep_csv(swept.sweep, swept.end);
  EXPECT_THAT(csv, HasSubstr("\n1,\"a, \"\"b\"\"\",wrong_input,\"one\ntwo\",,,"));
}

TEST(SweepCsv, WritesNumbersThatReadBackAsTheSame) {
  Swept swept;
  swept.add({{"workload.batch", "1"}}, row(0.1, 0.03, 1.0 / 3.0));
  EXPECT_THAT(sweep_csv(swept.sweep, swept.end),
              AllOf(HasSubstr("\n1,1,done,,0.3333333333333333,"), Not(HasSubstr("null"))));
}

TEST(SweepJson, HasNullForWhatDoesNotApply) {
  Swept swept = batches();
  swept.end.outcomes[0].row->tokens_per_s_per_user.reset();
  const auto document = sweep_json(swept.sweep, swept.end);
  EXPECT_EQ(document.at("schema"), "systole.sweep/1");
  EXPECT_TRUE(document.at("points")[0].at("tokens_per_s_per_user").is_null());
  EXPECT_EQ(document.at("points")[1].at("workload.batch"), "16");
}

}  // namespace
}  // namespace systole
