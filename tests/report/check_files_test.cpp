// SPDX-License-Identifier: Apache-2.0
// What CI servers read, with names and messages that try to break out of it.
#include "report/check_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/check_table.hpp"
#include "report/check_text.hpp"

namespace systole {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t kTera = 1'000'000'000'000;  // At 1 pJ: a joule.

Snapshot shot(std::uint64_t reads, double pj_each, const std::string& hash) {
  Snapshot out{.energy_model = "n7", .energy_model_hash = hash, .output_tokens = 1};
  out.ledger = {{"hbm", "layer", "weight", "hbm_read", reads, pj_each}};
  out.energy_j = energy_of(out.ledger);
  out.metrics = {out.energy_j, 2, 0.5, out.energy_j / 2};
  out.energy_range = {0.5, 1, 2};
  return out;
}

BaselinePoint point(const std::string& name) {
  return {.name = name,
          .run = "configs/baselines/../runs/it's.yaml",
          .overrides = {{"workload.batch", "8"}},
          .budgets = {},
          .line = 12};
}

// One point whose record was `before`; without `now` it failed with `message`.
CheckEnd ended(const std::string& name, const Snapshot& before, std::optional<Snapshot> now,
               const std::string& message = "") {
  const BaselineConfig baseline{.name = "base", .file = "a,b:c%.yaml", .points = {point(name)}};
  return held_against(baseline, {.points = {{.name = name, .snapshot = before}}},
                      {{.now = std::move(now), .message = message}});
}

CheckEnd failed(const std::string& message) {
  return ended("p", shot(kTera, 1, "a"), std::nullopt, message);
}

TEST(JUnit, CarriesNoMarkupAndNoControlCharacterOfAMessage) {
  const std::string xml = junit_xml(failed("a\x01\x1B[31m<b>]]>&\"'\n"));
  EXPECT_THAT(xml, HasSubstr("message=\"a??[31m&lt;b&gt;]]&gt;&amp;&quot;&#39;\""));
  EXPECT_THAT(xml, HasSubstr("<error type=\"run\""));
  EXPECT_THAT(xml, Not(HasSubstr("\x1B")));
}

TEST(Markdown, CarriesNoMarkupOfANameAndNoLineEndInATable) {
  const CheckEnd end = ended("a|b`<script>*_[x](y)", shot(kTera, 1, "a"), shot(kTera, 1, "a"));
  EXPECT_THAT(markdown_summary(end),
              HasSubstr("| a\\|b\\`&lt;script&gt;\\*\\_\\[x\\](y) | identical |"));
  EXPECT_THAT(markdown_summary(failed("one\ntwo")), HasSubstr("- one<br>two\n"));
}

TEST(Annotations, EscapeWhatWouldEndAPropertyOrALine) {
  EXPECT_EQ(github_annotations(failed("50% of a: b,\r\nnext ::error::no")),
            "::error file=a%2Cb%3Ac%25.yaml,line=12,title=systole check%3A p::"
            "50%25 of a: b,%0D%0Anext ::error::no\n");
}

TEST(CheckTable, SplitsActivityFromPriceAndNamesTheEnergyModels) {
  // 1 T at 1 pJ to 2 T at 3 pJ: (2 - 1) x 1 J and 2 x (3 - 1) J.
  const CheckEnd end =
      ended("p", shot(kTera, 1, "0123456789ab"), shot(2 * kTera, 3, "fedcba987654"));
  EXPECT_EQ(check_table(end),
            "FAIL p\n"
            "     energy_per_output_token 1.00 J -> 6.00 J (+500%, budget exact)\n"
            "     power_w_per_chip 500 mW -> 3.00 W (+500%, budget exact)\n"
            "     counts: 1 of 1 ledger lines moved too far (budget exact)\n"
            "     price      +4.00 J  hbm layer weight hbm_read: 1 -> 3 pJ (+200%)\n"
            "     activity   +1.00 J  hbm layer weight hbm_read: 1000000000000 -> 2000000000000 "
            "(+100%)\n"
            "     energy model n7 01234567 -> n7 fedcba98\n"
            "     look: systole run 'configs/runs/it'\\''s.yaml' --set workload.batch=8\n"
            "1 of 1 point outside budget; accept: systole check --baseline a,b:c%.yaml --update\n");
}

TEST(CheckTable, ShowsAllDigitsWhereThreeDoNotTell) {
  const CheckEnd end = ended("p", shot(kTera, 1, "a"), shot(kTera + 1000, 1, "a"));
  EXPECT_THAT(check_table(end), HasSubstr("hbm_read: 1000000000000 -> 1000000001000 (+1e-07%)"));
  EXPECT_EQ(from_to(1, 1.0000001, "J"), "1 J -> 1.0000001 J");
  EXPECT_EQ(from_to(1, 2, "J"), "1.00 J -> 2.00 J");
}

TEST(Attribution, FoldsWhatIsLeftIntoOneLine) {
  Snapshot before = shot(kTera, 1, "a");
  Snapshot after = before;
  before.ledger.clear();
  after.ledger.clear();
  for (std::uint64_t i = 1; i <= 5; ++i) {
    before.ledger.push_back({"hbm", "o" + std::to_string(i), "weight", "hbm_read", kTera, 1});
    after.ledger.push_back(
        {"hbm", "o" + std::to_string(i), "weight", "hbm_read", kTera * (i + 1), 1});
  }
  before.energy_j = energy_of(before.ledger);
  after.energy_j = energy_of(after.ledger);
  const std::vector<std::string> lines = attribution(compare(before, after), 2);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[0], HasSubstr("+5.00 J  hbm o5 "));
  EXPECT_THAT(lines[1], HasSubstr("+4.00 J  hbm o4 "));
  EXPECT_THAT(lines[2], AllOf(HasSubstr("+6.00 J"), EndsWith("3 others")));  // 1 + 2 + 3.
}

TEST(History, LeavesOutPointsThatFailedAndRatesThatGrow) {
  EXPECT_TRUE(gha_benchmark(failed("no")).empty());
  EXPECT_TRUE(bmf(failed("no")).empty());
  const CheckEnd end = ended("p", shot(kTera, 1, "a"), shot(kTera, 1, "a"));
  const auto charts = gha_benchmark(end);
  ASSERT_EQ(charts.size(), 3U);
  for (const auto& one : charts) {
    EXPECT_THAT(one.at("name").get<std::string>(), Not(HasSubstr("tokens_per_s")));
  }
  EXPECT_EQ(charts[0]["range"], "0.5 .. 2");
  EXPECT_EQ(bmf(end)["p"]["energy_per_output_token"].dump(),
            R"({"value":1.0,"lower_value":0.5,"upper_value":2.0})");
}

}  // namespace
}  // namespace systole
