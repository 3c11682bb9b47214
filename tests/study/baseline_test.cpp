// SPDX-License-Identifier: Apache-2.0
#include "study/baseline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace systole {
namespace {

using testing::HasSubstr;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kTera = 1'000'000'000'000;  // At 1 pJ: a joule.

Snapshot shot(std::uint64_t reads, double pj_each, double time_s = 2) {
  Snapshot out{.energy_model = "n7", .energy_model_hash = "0123456789abcdef", .output_tokens = 2};
  out.ledger = {{"hbm", "layer.qkv", "weight", "hbm_read", reads, pj_each},
                {"chip", "layer 1, up", "none", "chip_static", kTera, 0.1}};
  out.energy_j = energy_of(out.ledger);
  out.metrics = {out.energy_j / 2, time_s, 2 / time_s, out.energy_j / time_s};
  return out;
}

BaselineRecord record_of(const Snapshot& snapshot) {
  return {.points = {{.name = "p", .snapshot = snapshot}}};
}

Budgets all_free() {
  const Budget free{.up = {}, .down = {}};
  return {.metrics = {free, free, free, free}, .counts = free};
}

std::vector<Breach> breaches_of(const Snapshot& before, const Snapshot& after,
                                const Budgets& budgets) {
  return breaches(before, after, compare(before, after), budgets);
}

// Of a budget on energy alone, after it moved by this factor.
std::size_t energy_breaches(double factor, Budget budget) {
  Budgets budgets = all_free();
  budgets.metrics[0] = budget;
  Snapshot after = shot(kTera, 1);
  after.metrics[0] = *after.metrics[0] * factor;
  return breaches_of(shot(kTera, 1), after, budgets).size();
}

TEST(BaselineRecord, IsOneLineOfTextForEachLedgerLine) {
  const Json json = record_json("b", "1.2.3", record_of(shot(4096, 31.2)));
  EXPECT_EQ(json["schema"], "systole.baseline/1");
  EXPECT_EQ(json["systole"], "1.2.3");
  EXPECT_EQ(json["points"][0]["ledger"][0], "hbm layer.qkv weight hbm_read: 4096 x 31.2 pJ");
  EXPECT_EQ(json["points"][0]["ledger"][1],
            "chip layer 1, up none chip_static: 1000000000000 x 0.1 pJ");
  EXPECT_EQ(json["points"][0]["energy_model"]["hash"], "0123456789abcdef");
}

TEST(BaselineRecord, ReadsBackAsItWasWritten) {
  const Json json = record_json("b", "1.2.3", record_of(shot(4096, 31.2)));
  const BaselineRecord back = read_record(Json::parse(json.dump()));
  EXPECT_EQ(record_json("b", "1.2.3", back).dump(), json.dump());
  EXPECT_EQ(back.find("p")->ledger[1].operation, "layer 1, up");
  EXPECT_EQ(back.find("q"), nullptr);
}

TEST(BaselineRecord, NamesItsDamage) {
  const auto error = [](const std::string& line) {
    Json json = record_json("b", "1.2.3", record_of(shot(4096, 31.2)));
    json["points"][0]["ledger"][0] = line;
    try {
      static_cast<void>(read_record(json));
    } catch (const UserError& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  EXPECT_EQ(error("hbm layer.qkv weight hbm_read: 4096 x 31.2 pJ"), "no error");
  EXPECT_THAT(error("hbm layer.qkv weight hbm_read: 4096"), HasSubstr("'points[0].ledger[0]'"));
  EXPECT_THAT(error("hbm layer.qkv weight hbm_read: -1 x 31.2 pJ"), HasSubstr("must be a line"));
  EXPECT_THAT(error("hbm layer.qkv weight hbm_read: 4096 x inf pJ"), HasSubstr("must be a line"));
  EXPECT_THAT(error("weight hbm_read: 4096 x 31.2 pJ"), HasSubstr("must be a line"));
  EXPECT_THAT(error("chip layer 1, up none chip_static: 1 x 0.1 pJ"), HasSubstr("another line"));
  EXPECT_THAT(error("hbm layer.qkv weight hbm_read: 4000000000 x 31.2 pJ"),
              HasSubstr("the ledger of 'p' adds up to"));
}

TEST(Budget, ExactTakesWhatRoundingDoesAndNoMore) {
  EXPECT_EQ(energy_breaches(1 + 5e-10, Budget{}), 0U);
  EXPECT_EQ(energy_breaches(1 - 5e-10, Budget{}), 0U);
  EXPECT_EQ(energy_breaches(1 + 2e-9, Budget{}), 1U);
  EXPECT_EQ(energy_breaches(1 - 2e-9, Budget{}), 1U);
}

TEST(Budget, UpAndDownBindOnTheirOwnSide) {
  const Budget budget{.up = 0.005, .down = 0.02};
  EXPECT_EQ(energy_breaches(1.0049, budget), 0U);
  EXPECT_EQ(energy_breaches(1.0051, budget), 1U);
  EXPECT_EQ(energy_breaches(0.981, budget), 0U);
  EXPECT_EQ(energy_breaches(0.979, budget), 1U);
}

TEST(Budget, ASideThatIsNotNamedIsFree) {
  EXPECT_EQ(energy_breaches(0.1, {.up = 0.005, .down = {}}), 0U);
  EXPECT_EQ(energy_breaches(10, {.up = {}, .down = 0.005}), 0U);
}

TEST(Budget, BetterIsLessEnergyAndMoreTokens) {
  Budgets budgets;
  const std::vector<Breach> found = breaches_of(shot(kTera, 1, 2), shot(kTera, 0.5, 1), budgets);
  ASSERT_EQ(found.size(), 4U);
  EXPECT_TRUE(found[0].is_better);   // Half the price.
  EXPECT_TRUE(found[1].is_better);   // Half the time.
  EXPECT_TRUE(found[2].is_better);   // Twice the tokens a second.
  EXPECT_FALSE(found[3].is_better);  // (0.5 + 0.1) J / 1 s against (1 + 0.1) J / 2 s.
}

TEST(Budget, CountsAreExactToOneInATrillion) {
  Budgets budgets = all_free();
  budgets.counts = {};
  EXPECT_TRUE(breaches_of(shot(kTera, 1), shot(kTera, 1), budgets).empty());
  const auto found = breaches_of(shot(kTera, 1), shot(kTera + 1, 1), budgets);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].metric, std::nullopt);
  EXPECT_EQ(found[0].lines, 1U);
  EXPECT_EQ(found[0].all_lines, 2U);
}

TEST(Budget, CountsMayHaveRoomLineByLine) {
  Budgets budgets = all_free();
  budgets.counts = {.up = 0.01, .down = 0.0};
  EXPECT_TRUE(breaches_of(shot(1000, 1), shot(1010, 1), budgets).empty());
  EXPECT_EQ(breaches_of(shot(1000, 1), shot(1011, 1), budgets).size(), 1U);
  EXPECT_EQ(breaches_of(shot(1000, 1), shot(999, 1), budgets).size(), 1U);
}

TEST(Budget, ALineThatWasNotThereIsBeyondAnyShare) {
  Budgets budgets = all_free();
  budgets.counts = {.up = 100.0, .down = {}};
  EXPECT_EQ(breaches_of(shot(0, 1), shot(1, 1), budgets).size(), 1U);
  EXPECT_TRUE(breaches_of(shot(1, 1), shot(0, 1), budgets).empty());
}

TEST(Budget, APriceBreaksTheEnergyAndNotTheCounts) {
  const auto found = breaches_of(shot(kTera, 1), shot(kTera, 1.001), Budgets{});
  ASSERT_EQ(found.size(), 2U);  // And the power, which is exact here.
  EXPECT_EQ(found[0].metric, Metric::energy_per_output_token);
  EXPECT_FALSE(found[0].is_better);
}

}  // namespace
}  // namespace systole
