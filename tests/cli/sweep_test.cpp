// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "program.hpp"

namespace systole {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSweep = R"(name: tiny
base: configs/runs/tiny-decode.yaml
variants:
  - {name: tensor 4, sharding.tensor: 4, sharding.data: 1}
  - {name: "tensor 2, data 2", sharding.tensor: 2, sharding.data: 2}
grid:
  workload.weights: [int8, ternary]
  workload.batch: [1, 4]
)";

// The second model is far too large for the chips.
constexpr const char* kFailing = R"(name: failing
base: configs/runs/tiny-decode.yaml
grid:
  workload.model: [workloads/models/tiny.json, workloads/models/llama-3.1-70b.json]
  workload.batch: [1, 2]
)";

std::string slow_sweep() {
  std::string out =
      "name: slow\nbase: configs/runs/llama-3.1-70b-decode-64.yaml\ngrid:\n"
      "  workload.context: [";
  for (int context = 1; context <= 299; ++context) {
    out += std::to_string(context) + ", ";
  }
  return out + "300]\n";
}

TEST(Sweep, WithOneWorkerAndWithTwoWritesTheSameBytes) {
  const Folder folder;
  folder.write("s.yaml", kSweep);
  const Shown shown = folder.sh(
      "systole sweep s.yaml -j 1 --results r1 --csv 1.csv >1.txt &&"
      "systole sweep s.yaml -j 2 --results r2 --csv 2.csv >2.txt &&"
      "for file in points.csv sweep.json runs.db plan.json; do cmp r1/$file r2/$file; done &&"
      "cmp 1.csv 2.csv && cmp 1.csv r1/points.csv");
  EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
  EXPECT_EQ(std::ranges::count(folder.read("1.csv"), '\n'), 1 + 2 * 2 * 2);
}

TEST(Sweep, KeepsOfEachPointWhatRunWouldWrite) {
  const Folder folder;
  folder.write("s.yaml", kSweep);
  const Shown shown = folder.sh(
      "systole sweep s.yaml --results r >/dev/null && systole rerun r:8 --json again.json &&"
      "systole run configs/runs/tiny-decode.yaml --set sharding.tensor=2 --set sharding.data=2"
      " --set workload.weights=ternary --set workload.batch=4 --json - |"
      " cmp - again.json");
  EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
}

TEST(Sweep, RowsAreWhatTheResultsSay) {
  const Folder folder;
  folder.write("s.yaml", kSweep);
  ASSERT_EQ(folder.sh("systole sweep s.yaml --results r").exit, 0);
  const auto rows = nlohmann::json::parse(folder.read("r/sweep.json")).at("points");
  const auto point = nlohmann::json::parse(folder.sh("systole rerun r:6 --json -").out);
  EXPECT_EQ(rows[5].at("time_s"), point.at("time_s"));
  EXPECT_EQ(rows[5].at("energy_per_output_token_j"),
            point.at("energy_per_output_token_j").at("nominal"));
  EXPECT_EQ(rows[5].at("tokens_per_s_per_user"), point.at("tokens_per_s_per_user"));
  EXPECT_EQ(rows[5].at("binding"), point.at("bound").at("binding"));
  EXPECT_EQ(rows[5].at("hbm_utilisation"), point.at("utilisation").at("hbm"));
}

TEST(Sweep, SplitsTheWholeEnergyOfAToken) {
  const Folder folder;
  folder.write("s.yaml", kSweep);
  ASSERT_EQ(folder.sh("systole sweep s.yaml --results r").exit, 0);
  const auto sweep = nlohmann::json::parse(folder.read("r/sweep.json"));
  for (const auto& row : sweep.at("points")) {
    double dynamic = 0.0;
    for (const char* part :
         {"weights", "kv", "macs", "activations", "vector_unit", "instructions", "links"}) {
      dynamic += row.at(std::string(part) + "_per_output_token_j").get<double>();
    }
    const double total = row.at("energy_per_output_token_j").get<double>();
    EXPECT_NEAR(dynamic, row.at("dynamic_per_output_token_j").get<double>(), 1e-12 * total);
    EXPECT_NEAR(dynamic + row.at("static_per_output_token_j").get<double>(), total, 1e-12 * total);
  }
}

TEST(Sweep, ChecksPointsByTheOtherFidelity) {
  const Folder folder;
  folder.write("s.yaml", std::string(kSweep) + "check: {points: 3}\n");
  const Shown shown = folder.sh("systole sweep s.yaml --results r");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("Both fidelities computed 3 of 8 points"));
  const auto checks = nlohmann::json::parse(folder.read("r/sweep.json")).at("check");
  ASSERT_EQ(checks.size(), 3U);
  EXPECT_EQ(checks[0].at("point"), 1);
  EXPECT_EQ(checks[2].at("point"), 8);
  const auto run = [&](const std::string& fidelity) {
    return nlohmann::json::parse(
               folder
                   .sh("systole run configs/runs/tiny-decode.yaml --set sharding.tensor=2 --set "
                       "sharding.data=2 --set workload.weights=ternary --set workload.batch=4 "
                       "--json - --fidelity " +
                       fidelity)
                   .out)
        .at("time_s")
        .get<double>();
  };
  EXPECT_EQ(checks[2].at("fidelity"), "analytic");
  EXPECT_EQ(checks[2].at("time_s"), run("analytic"));
  EXPECT_DOUBLE_EQ(checks[2].at("analytic_time_error"), run("analytic") / run("event") - 1);
}

TEST(Sweep, WhoseFidelitiesAreTooFarApartEndsInExit5) {
  const Folder folder;
  const std::string sweep = std::string(kSweep) + "check: {points: 2, fail_above: ";
  folder.write("near.yaml", sweep + "0.1}\n");
  folder.write("far.yaml", sweep + "1e-6}\n");
  EXPECT_EQ(folder.sh("systole sweep near.yaml").exit, 0);
  const Shown shown = folder.sh("systole sweep far.yaml");
  EXPECT_EQ(shown.exit, 5);
  EXPECT_THAT(shown.err, HasSubstr("point 001-tensor-4-int8-1: the analytic time is "));
}

TEST(Sweep, OfAnalyticPointsIsCheckedByTheEventEngine) {
  const Folder folder;
  folder.write("s.yaml", std::string(kSweep) + "  fidelity: [analytic]\ncheck: {points: 1}\n");
  ASSERT_EQ(folder.sh("systole sweep s.yaml --results r").exit, 0);
  const auto sweep = nlohmann::json::parse(folder.read("r/sweep.json"));
  EXPECT_EQ(sweep.at("points")[0].at("fidelity"), "analytic");
  EXPECT_EQ(sweep.at("check")[0].at("fidelity"), "event");
}

TEST(Sweep, AFailingPointStopsNoOtherAndEndsInExit4) {
  const Folder folder;
  folder.write("s.yaml", kFailing);
  const Shown shown = folder.sh("systole sweep s.yaml -j 1 --results r");
  EXPECT_EQ(shown.exit, 4);
  EXPECT_THAT(shown.out, HasSubstr("does not fit"));
  EXPECT_THAT(shown.err,
              AllOf(HasSubstr("point 003-llama-3.1-70b-1"), HasSubstr("2 of 4 points failed")));
  const auto rows = nlohmann::json::parse(folder.read("r/sweep.json")).at("points");
  EXPECT_EQ(rows[1].at("status"), "done");
  EXPECT_EQ(rows[2].at("status"), "does_not_fit");
  EXPECT_TRUE(rows[2].at("time_s").is_null());
}

TEST(Sweep, CsvOnStandardOutputIsAlone) {
  const Folder folder;
  folder.write("s.yaml", kSweep);
  const Shown shown = folder.sh("systole sweep s.yaml --csv - --progress plain");
  EXPECT_EQ(shown.out.find("point,variant,workload.weights,workload.batch,status,message,time_s,"),
            0U);
  EXPECT_THAT(shown.out, AllOf(HasSubstr("\n8,\"tensor 2, data 2\",ternary,4,done,,"),
                               Not(HasSubstr("side by side"))));
  EXPECT_THAT(shown.err, HasSubstr("8/8 points, best "));
}

TEST(Sweep, ShowsNoProgressWhereNobodyLooks) {
  const Folder folder;
  folder.write("s.yaml", kSweep);
  EXPECT_EQ(folder.sh("systole sweep s.yaml >/dev/null").err, "");
  EXPECT_THAT(folder.sh("CI=1 systole sweep s.yaml --results a >/dev/null").err,
              HasSubstr("8/8 points, best "));
  EXPECT_EQ(folder.sh("CI=1 systole sweep s.yaml --results b --progress none >/dev/null").err, "");
}

// sh ignores SIGINT for what it puts in the background, so it is SIGTERM that stops the sweep.
TEST(Sweep, ThatIsInterruptedKeepsWhatIsDone) {
  const Folder folder;
  folder.write("s.yaml", slow_sweep());
  const Shown shown = folder.sh(
      "systole sweep s.yaml -j 2 --results r & sweep=$!\n"
      "until test \"$(wc -l < r/journal.ndjson)\" -ge 3; do sleep 0.01; done 2>/dev/null\n"
      "workers=$(cat /proc/$sweep/task/$sweep/children)\n"
      "kill -TERM $sweep; wait $sweep; code=$?\n"
      "for worker in $workers; do kill -0 $worker && echo worker $worker is still there; done\n"
      "exit $code");
  EXPECT_EQ(shown.exit, 130);
  EXPECT_THAT(shown.out, Not(HasSubstr("still there")));
  const std::string kept = folder.sh("wc -l < r/journal.ndjson").out;
  EXPECT_THAT(shown.err, HasSubstr("interrupted: " + kept.substr(0, kept.size() - 1) +
                                   " of 300 points are done and kept"));
  EXPECT_THAT(folder.read("r/points.csv"), HasSubstr(",not_run,"));
}

TEST(Sweep, AKilledWorkerCostsOnePointAndNoOther) {
  const Folder folder;
  folder.write("s.yaml", slow_sweep());
  const Shown shown = folder.sh(
      "systole sweep s.yaml -j 2 --results r & sweep=$!\n"
      "until test \"$(wc -l < r/journal.ndjson)\" -ge 3; do sleep 0.01; done 2>/dev/null\n"
      "kill -KILL $(cut -d ' ' -f 1 /proc/$sweep/task/$sweep/children)\n"
      "wait $sweep");
  EXPECT_EQ(shown.exit, 4);
  EXPECT_THAT(shown.err,
              AllOf(HasSubstr("ended by signal 9"), HasSubstr("1 of 300 points failed")));
  EXPECT_EQ(folder.sh("grep -c '\"status\":\"done\"' r/journal.ndjson").out, "299\n");
  const Shown again = folder.sh("systole sweep s.yaml -j 2 --results r");
  EXPECT_EQ(again.exit, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("299 of 300 points were there already"));
}

}  // namespace
}  // namespace systole
