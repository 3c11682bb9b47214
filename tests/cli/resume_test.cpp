// SPDX-License-Identifier: Apache-2.0
// A sweep that is stopped, damaged, cut in parts or edited gives what one that was left alone
// gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/random.hpp"
#include "program.hpp"

namespace systole {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kSweep = R"(name: many
base: configs/runs/tiny-decode.yaml
grid:
  workload.weights: [int8, ternary, bf16]
  chip.scratchpad.capacity: [256 KiB, 512 KiB]
  workload.batch: {from: 1, to: 16, scale: powers_of_two}
check: {points: 4}
)";
constexpr int kTasks = 3 * 2 * 5 + 4;

// What must come out of `r` as out of a sweep that ran alone and undisturbed.
class Resume : public testing::Test {
 protected:
  Resume() {
    folder_.write("s.yaml", kSweep);
    EXPECT_EQ(folder_.sh("systole sweep s.yaml -j 1 --results alone >alone.txt").exit, 0);
  }

  void expect_same(const std::string& results) const {
    const Shown shown =
        folder_.sh("for file in points.csv sweep.json runs.db; do cmp alone/$file " + results +
                   "/$file || exit 1; done");
    EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
  }

  [[nodiscard]] int lines(const std::string& file) const {
    return std::stoi(folder_.sh("wc -l < " + file).out);
  }

  Folder folder_;
};

TEST_F(Resume, RunsNothingThatIsThere) {
  const Shown shown = folder_.sh("cp -r alone r && systole sweep s.yaml --results r");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("34 of 34 points were there already"));
  EXPECT_EQ(lines("r/journal.ndjson"), kTasks);
  expect_same("r");
}

TEST_F(Resume, WithNothingLeftToDoDrawsNoBar) {
  const Shown shown = folder_.sh("systole sweep s.yaml --results alone --progress bar >out.txt");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_EQ(shown.err.find("points"), std::string::npos) << shown.err;
}

TEST_F(Resume, OfAnEditedSweepRunsOnlyWhatIsNew) {
  folder_.write("less.yaml", std::string("name: many\nbase: configs/runs/tiny-decode.yaml\n") +
                                 "grid: {workload.weights: [ternary], workload.batch: [2, 4, 8], "
                                 "chip.scratchpad.capacity: [512 KiB]}\n");
  const Shown shown = folder_.sh(
      "systole sweep less.yaml --results r >/dev/null && systole sweep s.yaml --results r");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("3 of 34 points were there already"));
  expect_same("r");
}

TEST_F(Resume, AfterAKillAtAnyMomentGivesTheSame) {
  const int kills = std::getenv("SYSTOLE_FULL") != nullptr ? 100 : 5;
  for (int i = 0; i < kills; ++i) {
    const double seconds = 0.3 * uniform(1, static_cast<std::uint64_t>(i), 0);
    const Shown shown = folder_.sh(
        "rm -rf r; systole sweep s.yaml -j 2 --results r >/dev/null & sweep=$!\n"
        "sleep " +
        std::to_string(seconds) +
        "; kill -KILL $sweep 2>/dev/null; wait $sweep\n"
        "systole sweep s.yaml -j 2 --results r >/dev/null");
    ASSERT_EQ(shown.exit, 0) << "killed after " << seconds << " s: " << shown.err;
    expect_same("r");
  }
}

TEST_F(Resume, AfterAHalfWrittenEndGivesTheSame) {
  const Shown shown = folder_.sh(
      "cp -r alone r && rm r/runs.db &&"
      "truncate -s -100 r/journal.ndjson && printf '{\"half\": ' >> r/documents.ndjson &&"
      "systole sweep s.yaml --results r");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("33 of 34 points were there already"));
  expect_same("r");
}

TEST_F(Resume, ComputesDamagedPointsAgainAndSaysSo) {
  const Shown shown = folder_.sh(
      "cp -r alone r && sed -i '3s/\"key\"/\"kez\"/' r/journal.ndjson &&"
      "printf 'XXXX' | dd of=r/documents.ndjson bs=1 seek=50 conv=notrunc 2>/dev/null &&"
      "systole sweep s.yaml --results r");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.err, AllOf(HasSubstr("'r/journal.ndjson' line 3 is damaged"),
                               HasSubstr("'r/documents.ndjson' is damaged at byte 0")));
  EXPECT_THAT(shown.out, HasSubstr("32 of 34 points were there already"));
  expect_same("r");
}

TEST_F(Resume, MakesADamagedDatabaseAgain) {
  const Shown shown =
      folder_.sh("cp -r alone r && echo nonsense > r/runs.db && systole sweep s.yaml --results r");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  expect_same("r");
}

// A limit on the size of files stands for a full disk.
TEST_F(Resume, AFullDiskKeepsEveryPointThatFits) {
  const Shown full =
      folder_.sh("trap '' XFSZ; ulimit -f 500; systole sweep s.yaml --results r >/dev/null");
  EXPECT_EQ(full.exit, 2);
  EXPECT_THAT(full.err, HasSubstr("cannot write 'r/documents.ndjson'"));
  const int kept = lines("r/journal.ndjson");
  EXPECT_GT(kept, 0);
  EXPECT_LT(kept, kTasks);
  const Shown shown = folder_.sh("systole sweep s.yaml --results r");
  EXPECT_THAT(shown.out, HasSubstr(std::to_string(kept) + " of 34 points were there already"));
  expect_same("r");
}

TEST_F(Resume, OfShardsPutTogetherGivesTheSame) {
  const Shown shown = folder_.sh(
      "for i in 1 2 3; do systole sweep s.yaml --shard $i/3 --results part$i >/dev/null; done;"
      "systole merge part2 part1 part3 --results r --csv merged.csv >merged.txt &&"
      "cmp merged.csv alone/points.csv && grep -v '^wrote' alone.txt > a.txt &&"
      "grep -v '^wrote' merged.txt | cmp - a.txt");
  EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
  expect_same("r");
}

TEST_F(Resume, OfShardsAsksForTheOnesThatAreMissingOrOfAnotherSweep) {
  folder_.write("t.yaml", "name: other\nbase: configs/runs/tiny-decode.yaml\n");
  const Shown missing =
      folder_.sh("systole sweep s.yaml --shard 1/2 --results one >/dev/null; systole merge one");
  EXPECT_EQ(missing.exit, 2);
  EXPECT_THAT(missing.err, HasSubstr("15 of the 30 points"));
  const Shown other =
      folder_.sh("systole sweep t.yaml --results other >/dev/null; systole merge one other");
  EXPECT_EQ(other.exit, 2);
  EXPECT_THAT(other.err, HasSubstr("'other' holds sweep 'other' of 1 points"));
  EXPECT_THAT(folder_.sh("systole merge configs").err, HasSubstr("holds no results of a sweep"));
}

TEST_F(Resume, DryRunSaysWhatThereIsToDoAndDoesNothing) {
  EXPECT_EQ(folder_.sh("systole sweep s.yaml --dry-run --results r").out,
            "plan: 30 points (3 weights, 2 capacity, 5 batch), 4 checks, 34 to run\n");
  EXPECT_EQ(folder_.sh("test -e r").exit, 1);
  EXPECT_EQ(folder_.sh("systole sweep s.yaml --dry-run --results alone").out,
            "plan: 30 points (3 weights, 2 capacity, 5 batch), 4 checks, 34 already done, 0 to "
            "run\n");
  EXPECT_THAT(folder_.sh("systole sweep s.yaml --shard 2/4 --dry-run --results r").out,
              HasSubstr("plan: 8 points (3 weights, 2 capacity, 5 batch), 22 in other shards, 2 "
                        "checks, 10 to run"));
}

TEST_F(Resume, FailedPointsAreTriedAgainOnlyWhenAsked) {
  folder_.write("f.yaml", R"(name: failing
base: configs/runs/tiny-decode.yaml
grid: {workload.model: [workloads/models/tiny.json, workloads/models/llama-3.1-70b.json]}
)");
  EXPECT_EQ(folder_.sh("systole sweep f.yaml --results r").exit, 4);
  EXPECT_EQ(folder_.sh("systole sweep f.yaml --results r").exit, 4);
  EXPECT_EQ(lines("r/journal.ndjson"), 2);
  EXPECT_EQ(folder_.sh("systole sweep f.yaml --results r --retry-failed").exit, 4);
  EXPECT_EQ(lines("r/journal.ndjson"), 3);
}

TEST_F(Resume, ASecondSweepInTheSameFolderIsTurnedAway) {
  const Shown shown = folder_.sh(
      "mkdir r; flock r/journal.ndjson sleep 5 & sleep 0.3; systole sweep s.yaml --results r;"
      "code=$?; kill $!; exit $code");
  EXPECT_EQ(shown.exit, 2);
  EXPECT_THAT(shown.err, HasSubstr("another sweep is writing to 'r'"));
}

}  // namespace
}  // namespace systole
