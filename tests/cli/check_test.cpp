// SPDX-License-Identifier: Apache-2.0
// `systole check` from end to end: seeded regressions are caught and blamed on their ledger line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "program.hpp"

namespace systole {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::ordered_json;

constexpr const char* kBaseline = R"(name: <two & "more">
points:
  - {name: plain, run: configs/runs/tiny-decode.yaml}

  - name: "narrow | <b>, 100%: x"
    run: configs/runs/tiny-decode.yaml
    set: {workload.weights: ternary}
)";
constexpr int kSecondPointsLine = 5;

// A folder with a baseline of two points and its record.
class Recorded {
 public:
  explicit Recorded(const std::string& baseline = kBaseline) {
    folder.write("b.yaml", baseline);
    const Shown shown = folder.sh("systole check --baseline b.yaml --update");
    EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
  }
  [[nodiscard]] Shown check(const std::string& options = "") const {
    return folder.sh("systole check --baseline b.yaml " + options);
  }
  [[nodiscard]] Json record() const { return Json::parse(folder.read("b.json")); }
  void write(const Json& record) const { folder.write("b.json", record.dump(2) + "\n"); }

  Folder folder;
};

// Seeds a regression into a record: one line's count was another, and the energy with it.
void change_count(Json& point, const std::string& label, std::int64_t by) {
  for (Json& text : point["ledger"]) {
    std::string line = text;
    if (line.starts_with(label + ": ")) {
      const std::size_t start = label.size() + 2;
      const std::size_t cross = line.find(" x ");
      const double pj = std::stod(line.substr(cross + 3));
      const std::int64_t count = std::stoll(line.substr(start, cross - start)) + by;
      text = label + ": " + std::to_string(count) + line.substr(cross);
      Json& energy = point["metrics"]["energy_per_output_token_j"];
      energy = energy.get<double>() +
               static_cast<double>(by) * pj * 1e-12 / point["output_tokens"].get<double>();
      return;
    }
  }
  FAIL() << "no line " << label;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(Check, PassesWhereNothingMoved) {
  const Recorded recorded;
  const Shown shown = recorded.check();
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_EQ(shown.out, "ok   2 points, identical counts and prices\n");
}

TEST(Check, WritesTheSameRecordAgain) {
  const Recorded recorded;
  const std::string before = recorded.folder.read("b.json");
  const Shown shown = recorded.check("--update -j 1");
  EXPECT_EQ(shown.exit, 0);
  EXPECT_EQ(shown.out, "same 2 points, identical counts and prices\nb.json is up to date\n");
  EXPECT_EQ(recorded.folder.read("b.json"), before);
}

TEST(Check, BlamesOneChangedCountOnItsLine) {
  const Recorded recorded;
  Json record = recorded.record();
  // The run has 65536 products (by hand: see the tests of the ledger); the record says 64 fewer.
  change_count(record["points"][0], "matrix_unit layer.qkv weight mac_bf16", -64);
  recorded.write(record);
  const Shown shown = recorded.check();
  EXPECT_EQ(shown.exit, 3);
  EXPECT_THAT(shown.out, StartsWith("FAIL plain\n"));
  // 64 x 0.65 pJ / 4 tokens.
  EXPECT_THAT(shown.out,
              HasSubstr("activity  +10.4 pJ  matrix_unit layer.qkv weight mac_bf16: 65472 -> 65536 "
                        "(+0.0978%)\n"));
  EXPECT_THAT(shown.out, HasSubstr("counts: 1 of 209 ledger lines moved too far (budget exact)"));
  EXPECT_EQ(count_of(shown.out, "activity "), 1U);
  EXPECT_EQ(count_of(shown.out, "price "), 0U);
  EXPECT_THAT(shown.out, HasSubstr("ok   1 other point, identical counts and prices\n"
                                   "1 of 2 points outside budget; accept: systole check "
                                   "--baseline b.yaml --update\n"));
}

TEST(Check, BlamesOneChangedPriceOnItsLines) {
  const Recorded recorded;
  recorded.folder.write("e.yaml", "extends: energy_models/n7.yaml\n");
  recorded.folder.write("run.yaml",
                        "extends: configs/runs/tiny-decode.yaml\nenergy_model: e.yaml\n");
  recorded.folder.write("c.yaml", "name: c\npoints: [{name: plain, run: run.yaml}]\n");
  ASSERT_EQ(recorded.folder.sh("systole check --baseline c.yaml --update").exit, 0);
  ASSERT_EQ(recorded.folder.sh("systole check --baseline c.yaml").exit, 0);
  recorded.folder.write("e.yaml",
                        "extends: energy_models/n7.yaml\nmac:\n  bf16: {value: 0.75 pJ, range: "
                        "[0.5, 2], kind: assumed, source: a test}\n");
  const Shown shown = recorded.folder.sh("systole check --baseline c.yaml");
  EXPECT_EQ(shown.exit, 3) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("energy_per_output_token"));
  EXPECT_THAT(shown.out, Not(HasSubstr("counts:")));
  // 65536 x 0.10 pJ / 4 tokens.
  EXPECT_THAT(shown.out, HasSubstr("price     +1.64 nJ  matrix_unit layer.qkv weight mac_bf16: "
                                   "0.65 -> 0.75 pJ (+15.4%)\n"));
  EXPECT_EQ(count_of(shown.out, "activity "), 0U);
  EXPECT_EQ(count_of(shown.out, "price "), count_of(shown.out, " mac_bf16: 0.65 -> 0.75 pJ"));
  EXPECT_THAT(shown.out, HasSubstr("energy model n7 "));
}

TEST(Check, HoldsBudgetsUpAndDown) {
  const std::string budgets =
      "name: b\nbudgets: {counts: free, energy_per_output_token: {up: 1 %, down: 2 %}}\n"
      "points: [{name: plain, run: configs/runs/tiny-decode.yaml}]\n";
  const Recorded recorded(budgets);
  const Json record = recorded.record();
  const auto check_at = [&](double factor) {
    // The static power of the chip is 0.0009115176 J over 4 tokens; its count moves the total.
    Json changed = record;
    const std::string chip = "chip ";
    for (const Json& text : record["points"][0]["ledger"]) {
      const std::string line = text;
      if (line.starts_with(chip)) {
        const std::string label = line.substr(0, line.find(": "));
        const double pj = std::stod(line.substr(line.find(" x ") + 3));
        const double joules =
            record["points"][0]["metrics"]["energy_per_output_token_j"].get<double>() * 4;
        change_count(changed["points"][0], label,
                     std::llround((factor - 1) * joules / (pj * 1e-12)));
        break;
      }
    }
    recorded.write(changed);
    return recorded.check();
  };
  // What is recorded is the earlier value: 0.5% less there is 0.5% more now.
  EXPECT_EQ(check_at(1 / 1.005).exit, 0);
  const Shown up = check_at(1 / 1.015);
  EXPECT_EQ(up.exit, 3);
  EXPECT_THAT(up.out, HasSubstr("(+1.5%, budget +1%)"));
  EXPECT_EQ(check_at(1 / 0.985).exit, 0);
  const Shown down = check_at(1 / 0.975);
  EXPECT_EQ(down.exit, 3);
  EXPECT_THAT(down.out, HasSubstr("(-2.5%, budget -2%; better, and asks for a review)"));
  const Shown within = check_at(1 / 1.005);
  EXPECT_THAT(within.out, HasSubstr("ok   plain, moved within its budgets\n"));
}

TEST(Check, NeedsARecordOfItsPoints) {
  const Folder folder;
  folder.write("b.yaml", kBaseline);
  const Shown none = folder.sh("systole check --baseline b.yaml");
  EXPECT_EQ(none.exit, 2);
  EXPECT_THAT(none.err, AllOf(HasSubstr("there is no 'b.json' yet"),
                              HasSubstr("systole check --baseline b.yaml --update")));
  const Recorded recorded;
  Json record = recorded.record();
  record["points"].erase(1);
  recorded.write(record);
  const Shown lacking = recorded.check();
  EXPECT_EQ(lacking.exit, 2);
  EXPECT_THAT(lacking.err, HasSubstr("has no values for 'narrow"));
  recorded.folder.write("b.yaml",
                        "name: b\npoints: [{name: other, run: "
                        "configs/runs/tiny-decode.yaml}]\n");
  EXPECT_EQ(recorded.check().exit, 2);
}

TEST(Check, RefusesADamagedRecordAndReplacesIt) {
  const Recorded recorded;
  const std::string whole = recorded.folder.read("b.json");
  recorded.folder.write("b.json", whole.substr(0, whole.size() / 2));
  const Shown shown = recorded.check();
  EXPECT_EQ(shown.exit, 2);
  EXPECT_THAT(shown.err, AllOf(HasSubstr("b.json"), HasSubstr("--update")));
  const Shown update = recorded.check("--update");
  EXPECT_EQ(update.exit, 0);
  EXPECT_THAT(update.err, StartsWith("b.json is replaced: "));
  EXPECT_EQ(recorded.folder.read("b.json"), whole);
  EXPECT_EQ(recorded.check("--update --junit j.xml").exit, 2);
}

TEST(Check, ShowsWhatAnUpdateChanges) {
  const Recorded recorded;
  Json record = recorded.record();
  change_count(record["points"][0], "matrix_unit layer.qkv weight mac_bf16", -64);
  record["points"][1]["name"] = "renamed";
  recorded.write(record);
  const Shown shown = recorded.check("--update");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("diff plain\n"), HasSubstr("mac_bf16: 65472 -> 65536"),
                               HasSubstr("new  narrow | <b>, 100%: x: "),
                               HasSubstr("gone renamed\n"), HasSubstr("wrote b.json\n")));
}

TEST(Check, SaysWhichPointCouldNotRunAndKeepsTheRecord) {
  const Recorded recorded;
  const std::string before = recorded.folder.read("b.json");
  std::string broken = kBaseline;
  broken.replace(broken.find("ternary"), 7, "ternary, sharding.tensor: 3");
  recorded.folder.write("b.yaml", broken);
  const Shown shown = recorded.check("--junit j.xml --annotations");
  EXPECT_EQ(shown.exit, 4);
  EXPECT_THAT(shown.out, HasSubstr("tensor 3 x data 1 is 3 chips"));
  EXPECT_THAT(shown.out, HasSubstr("::error file=b.yaml,line=5,"));
  EXPECT_THAT(shown.out, HasSubstr("1 of 2 points failed to run\n"));
  EXPECT_THAT(recorded.folder.read("j.xml"), HasSubstr("errors=\"1\""));
  EXPECT_EQ(recorded.check("--update").exit, 4);
  EXPECT_EQ(recorded.folder.read("b.json"), before);
}

class Reported : public testing::Test {
 protected:
  Reported() {
    Json record = recorded.record();
    Json& point = record["points"][1];
    const std::string line = point["ledger"][0];
    change_count(point, line.substr(0, line.find(": ")), 1000);
    recorded.write(record);
  }
  const Recorded recorded;
};

TEST_F(Reported, ValidJUnitXml) {
  EXPECT_EQ(recorded.check("--junit j.xml").exit, 3);
  const std::string xml = recorded.folder.read("j.xml");
  EXPECT_THAT(xml, HasSubstr("tests=\"2\" failures=\"1\" errors=\"0\""));
  EXPECT_THAT(xml, HasSubstr("classname=\"&lt;two &amp; &quot;more&quot;&gt;\" name=\"narrow | "
                             "&lt;b&gt;, 100%: x\" file=\"b.yaml\" line=\"5\""));
  if (recorded.folder.sh("command -v xmllint").exit != 0) {
    GTEST_SKIP() << "skipped: no xmllint; scripts/install.sh test installs it";
  }
  const std::string validate =
      "xmllint --noout --schema " SYSTOLE_SOURCE_DIR "/tests/cli/junit.xsd j.xml";
  const Shown valid = recorded.folder.sh(validate);
  EXPECT_EQ(valid.exit, 0) << valid.err;
  // And the schema can say no.
  recorded.folder.write("j.xml", "<testsuites tests=\"1\" failures=\"0\" errors=\"no\"/>");
  EXPECT_NE(recorded.folder.sh(validate).exit, 0);
}

TEST_F(Reported, AnnotationsAtTheLineOfThePoint) {
  const Shown shown = recorded.check("--annotations");
  EXPECT_EQ(shown.exit, 3);
  const std::size_t at = shown.out.find("::error");
  ASSERT_NE(at, std::string::npos);
  const std::string line = shown.out.substr(at, shown.out.find('\n', at) - at);
  EXPECT_THAT(line, StartsWith("::error file=b.yaml,line=" + std::to_string(kSecondPointsLine) +
                               ",title=systole check%3A narrow | <b>%2C 100%25%3A x::"));
  EXPECT_THAT(line, HasSubstr("%0A"));
  EXPECT_EQ(count_of(shown.out, "::error"), 1U);
  EXPECT_THAT(
      recorded.folder.read("b.yaml").substr(0, recorded.folder.read("b.yaml").find("narrow")),
      testing::ResultOf([](const std::string& s) { return std::ranges::count(s, '\n') + 1; },
                        kSecondPointsLine));
}

TEST_F(Reported, AnnotationsOnGitHubUnasked) {
  EXPECT_THAT(recorded.check().out, Not(HasSubstr("::error")));
  EXPECT_THAT(recorded.folder.sh("GITHUB_ACTIONS=true systole check --baseline b.yaml").out,
              HasSubstr("::error"));
}

TEST_F(Reported, ASummaryBehindWhatIsThere) {
  recorded.folder.write("s.md", "# Before\n");
  EXPECT_EQ(recorded.check("--summary s.md").exit, 3);
  const std::string summary = recorded.folder.read("s.md");
  EXPECT_THAT(summary, StartsWith("# Before\n### systole check: &lt;two &amp; \"more\"&gt;\n"));
  EXPECT_THAT(summary, HasSubstr("| plain | identical |"));
  EXPECT_THAT(summary, HasSubstr("| narrow \\| &lt;b&gt;, 100%: x | **outside budget** |"));
  EXPECT_EQ(recorded.check("--summary s.md").exit, 3);
  EXPECT_EQ(count_of(recorded.folder.read("s.md"), "### systole check"), 2U);
}

TEST_F(Reported, NumbersForHistoryCharts) {
  EXPECT_EQ(recorded.check("--gha-benchmark g.json --bmf b.bmf.json").exit, 3);
  const Json charts = Json::parse(recorded.folder.read("g.json"));
  ASSERT_EQ(charts.size(), 2U * 3U);
  for (const Json& one : charts) {
    EXPECT_TRUE(one.at("name").is_string() && one.at("unit").is_string() &&
                one.at("value").is_number() && one.at("extra").is_string());
  }
  EXPECT_EQ(charts[0]["name"], "plain: energy_per_output_token");
  const Json run =
      Json::parse(recorded.folder.sh("systole run configs/runs/tiny-decode.yaml --json -").out);
  const Json& spread = run["energy_per_output_token_j"];
  EXPECT_EQ(charts[0]["value"], spread["nominal"]);
  const Json bmf = Json::parse(recorded.folder.read("b.bmf.json"));
  const Json& energy = bmf.at("plain").at("energy_per_output_token");
  EXPECT_EQ(energy.at("value"), spread["p50"]);
  EXPECT_EQ(energy.at("lower_value"), spread["p5"]);
  EXPECT_EQ(energy.at("upper_value"), spread["p95"]);
  EXPECT_EQ(bmf.at("plain").at("time").at("value"), run["time_s"]);
}

TEST(CheckExamples, AreYamlWhoseCommandsRun) {
  const Folder folder;
  std::size_t commands = 0;
  const auto run = [&](const YAML::Node& step) {
    const auto line = step.as<std::string>();
    if (line.find("systole ") == std::string::npos) {
      EXPECT_EQ(folder.sh("test -x " SYSTOLE_SOURCE_DIR "/" + line).exit, 0) << line;
      return;
    }
    ++commands;
    folder.write("tiny.yaml", "name: t\npoints: [{name: t, run: configs/runs/tiny-decode.yaml}]\n");
    std::string small = line;
    small.replace(small.find("configs/baselines/shipped.yaml"), 30, "tiny.yaml");
    const Shown shown = folder.sh(
        "mkdir -p build && ln -sf $(command -v systole) build/systole && export "
        "GITHUB_STEP_SUMMARY=summary.md && systole check --baseline tiny.yaml --update && " +
        small);
    EXPECT_EQ(shown.exit, 0) << shown.err;
  };
  const std::string examples = SYSTOLE_SOURCE_DIR "/scripts/ci-examples/";
  for (const YAML::Node& step :
       YAML::LoadFile(examples + "github.yaml")["jobs"]["check"]["steps"]) {
    if (step["run"]) {
      run(step["run"]);
    }
  }
  for (const YAML::Node& step : YAML::LoadFile(examples + "gitlab.yaml")["energy"]["script"]) {
    run(step);
  }
  EXPECT_EQ(commands, 2U);
  EXPECT_LE(std::ranges::count(content(examples + "github.yaml"), '\n'), 12);
}

}  // namespace
}  // namespace systole
