// SPDX-License-Identifier: Apache-2.0
#include "study/compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"

namespace systole {
namespace {

using testing::HasSubstr;
using Json = nlohmann::ordered_json;

LedgerEntry line(const std::string& component, const std::string& operation, std::uint64_t count,
                 double pj_each) {
  return {.component = component,
          .operation = operation,
          .tensor = "weight",
          .action = component + "_read",
          .count = count,
          .pj_each = pj_each};
}

Snapshot shot(std::vector<LedgerEntry> ledger, std::optional<std::uint64_t> tokens = {}) {
  Snapshot out;
  out.output_tokens = tokens;
  out.ledger = std::move(ledger);
  out.energy_j = energy_of(out.ledger);
  return out;
}

// 1e12 picojoules are a joule: 5 T at 2 pJ are 10 J.
constexpr std::uint64_t kTera = 1'000'000'000'000;

TEST(Compare, SplitsAChangeIntoActivityAtTheOldPriceAndPriceAtTheNewCount) {
  const Comparison change =
      compare(shot({line("hbm", "up", 5 * kTera, 2)}), shot({line("hbm", "up", 8 * kTera, 3)}));
  EXPECT_DOUBLE_EQ(change.total.before_j, 10);
  EXPECT_DOUBLE_EQ(change.total.after_j, 24);
  EXPECT_DOUBLE_EQ(change.total.activity_j, (8 - 5) * 2);
  EXPECT_DOUBLE_EQ(change.total.price_j, 8 * (3 - 2));
}

TEST(Compare, TakesALineOfOneSideAsActivity) {
  const Comparison change =
      compare(shot({line("hbm", "up", kTera, 2)}), shot({line("sram", "up", kTera, 3)}));
  ASSERT_EQ(change.lines.size(), 2U);
  EXPECT_DOUBLE_EQ(change.lines[0].parts.activity_j, -2);
  EXPECT_EQ(change.lines[0].after.count, 0U);
  EXPECT_DOUBLE_EQ(change.lines[1].parts.activity_j, 3);
  EXPECT_EQ(change.lines[1].before.count, 0U);
  EXPECT_EQ(change.total.price_j, 0);
}

TEST(Compare, MatchesLinesWhateverTheirOrder) {
  const LedgerEntry a = line("hbm", "up", 3, 2);
  const LedgerEntry b = line("hbm", "down", 4, 2);
  const Comparison change = compare(shot({a, b}), shot({b, a}));
  EXPECT_EQ(change.lines.size(), 2U);
  EXPECT_EQ(change.count_moved(), 0U);
  EXPECT_EQ(change.total.activity_j, 0);
}

TEST(Compare, RollsUpByComponentAndByOperation) {
  const Comparison change =
      compare(shot({line("hbm", "up", kTera, 1), line("hbm", "down", kTera, 1),
                    line("sram", "up", kTera, 1)}),
              shot({line("hbm", "up", 2 * kTera, 1), line("hbm", "down", kTera, 3),
                    line("sram", "up", 5 * kTera, 1)}));
  ASSERT_EQ(change.components.size(), 2U);
  EXPECT_EQ(change.components[0].name, "hbm");
  EXPECT_DOUBLE_EQ(change.components[0].parts.activity_j, 1);
  EXPECT_DOUBLE_EQ(change.components[0].parts.price_j, 2);
  EXPECT_DOUBLE_EQ(change.components[1].parts.activity_j, 4);
  EXPECT_EQ(change.operations[0].name, "up");
  EXPECT_DOUBLE_EQ(change.operations[0].parts.activity_j, 5);
  EXPECT_DOUBLE_EQ(change.operations[1].parts.price_j, 2);
}

TEST(Compare, ComparesDifferentAmountsOfWorkByTheOutputToken) {
  // Twice the tokens from twice the reads: nothing has changed for a token.
  const Comparison same =
      compare(shot({line("hbm", "up", kTera, 8)}, 4), shot({line("hbm", "up", 2 * kTera, 8)}, 8));
  EXPECT_TRUE(same.per_token);
  EXPECT_DOUBLE_EQ(same.total.before_j, 2);
  EXPECT_EQ(same.total.activity_j, 0);
  const Comparison batched =
      compare(shot({line("hbm", "up", kTera, 8)}, 4), shot({line("hbm", "up", kTera, 8)}, 8));
  EXPECT_DOUBLE_EQ(batched.total.activity_j, 1 - 2);
}

TEST(Compare, ComparesWholeRunsWhereOneHasNoTokens) {
  const Comparison change =
      compare(shot({line("hbm", "up", kTera, 8)}, 4), shot({line("hbm", "up", kTera, 9)}));
  EXPECT_FALSE(change.per_token);
  EXPECT_DOUBLE_EQ(change.total.price_j, 1);
}

// Lines from 1 to 2^52 counts and prices over six decades, some on one side only.
Snapshot random_shot(std::uint32_t seed, std::uint64_t tokens) {
  std::vector<LedgerEntry> ledger;
  std::uint64_t state = seed;
  const auto next = [&] {
    state = state * 6364136223846793005U + 1442695040888963407U;  // Knuth's MMIX.
    return state >> 12;
  };
  for (int i = 0; i < 400; ++i) {
    if (next() % 10 != 0) {
      const std::uint64_t count = next() >> (next() % 52);
      const double price =
          static_cast<double>(next()) * std::pow(10.0, -12.0 - static_cast<double>(next() % 6));
      ledger.push_back(line("c" + std::to_string(i % 7), "o" + std::to_string(i), count, price));
    }
  }
  return shot(std::move(ledger), tokens);
}

TEST(Compare, LeavesNothingOver) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    const Snapshot a = random_shot(2 * seed, 64);
    const Snapshot b = random_shot(2 * seed + 1, seed % 2 == 0 ? 64 : 48);
    const Comparison change = compare(a, b);
    const double before = a.energy_j / static_cast<double>(*a.output_tokens);
    const double after = b.energy_j / static_cast<double>(*b.output_tokens);
    const double most = 1e-12 * std::max(before, after);
    EXPECT_NEAR(change.total.activity_j + change.total.price_j, after - before, most);
    double lines = 0;
    for (const LineChange& one : change.lines) {
      lines += one.parts.activity_j + one.parts.price_j;
    }
    EXPECT_NEAR(lines, after - before, most);
    double groups = 0;
    for (const GroupChange& one : change.operations) {
      groups += one.parts.activity_j + one.parts.price_j;
    }
    EXPECT_NEAR(groups, after - before, most);
  }
}

Json document(std::uint64_t count) {
  const Json entry{{"component", "hbm"},   {"operation", "up"}, {"tensor", "weight"},
                   {"action", "hbm_read"}, {"count", count},    {"pj_each", 2.0}};
  const double joules = static_cast<double>(count) * 2e-12;
  return {{"schema", "systole.result/1"},
          {"fidelity", "event"},
          {"time_s", 0.5},
          {"output_tokens", nullptr},
          {"energy_j", {{"nominal", joules}}},
          {"tokens_per_s", nullptr},
          {"power_w_per_chip", 3.0},
          {"bound", {{"binding", "hbm"}}},
          {"ledger", {entry}},
          {"point", {{"batch", 4}, {"values", {{"weights", "random"}}}}},
          {"chip", {{"clock", 1e9}}},
          {"stamp", {{"energy_model", "n7"}, {"inputs", {{"energy_model", "abc"}}}}}};
}

TEST(Snapshot, RefusesALedgerThatIsNotTheEnergy) {
  Json damaged = document(1000);
  damaged["ledger"][0]["count"] = 1001U;
  try {
    static_cast<void>(snapshot(damaged));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("its ledger adds up to 2.002e-09 J"));
  }
  EXPECT_EQ(snapshot(document(1000)).energy_j, 2e-9);
}

TEST(Snapshot, RefusesTheSameLineTwice) {
  Json damaged = document(1000);
  damaged["ledger"].push_back(damaged["ledger"][0]);
  EXPECT_THROW(static_cast<void>(snapshot(damaged)), UserError);
}

TEST(Compare, NamesTheInputsThatDiffer) {
  const Json before = document(1000);
  Json after = before;
  after["point"]["values"]["weights"] = "sparse";
  after["chip"]["clock"] = 2e9;
  after["point"]["steps"] = 3;
  const auto inputs = input_changes(before, after);
  ASSERT_EQ(inputs.size(), 3U);
  EXPECT_EQ(inputs[0].key, "values.weights");
  EXPECT_EQ(inputs[0].after, "sparse");
  EXPECT_EQ(inputs[1].key, "chip.clock");
  EXPECT_EQ(inputs[2].key, "steps");
  EXPECT_TRUE(inputs[2].before.is_null());
}

TEST(Compare, TakesWholeConfigurationsWhereBothHaveThem) {
  Json before = document(1000);
  before["config"] = {{"pod", {{"shape", {2, 2}}}}};
  Json after = before;
  after["config"]["pod"]["shape"] = {4, 4};
  after["point"]["batch"] = 8;  // The configuration says it all.
  const auto inputs = input_changes(before, after);
  ASSERT_EQ(inputs.size(), 1U);
  EXPECT_EQ(inputs[0].key, "pod.shape");
}

}  // namespace
}  // namespace systole
