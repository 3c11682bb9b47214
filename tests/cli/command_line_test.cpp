// SPDX-License-Identifier: Apache-2.0
// What golden files cannot say: two ways that must agree, and numbers from outside of the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "program.hpp"

namespace systole {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::uint64_t cycles(const Shown& shown) {
  return nlohmann::json::parse(shown.out).at("cycles").get<std::uint64_t>();
}

TEST(Gemm, SerialPreloadHasTheCyclesOfScaleSim) {
  const Folder folder;
  const std::string gemm = "systole gemm 64 256 512 --array 32x16 --preload serial --json - ";
  // (2R + C + M - 2) ceil(K/R) ceil(N/C) = 142 x 16 x 16.
  EXPECT_EQ(cycles(folder.sh(gemm + "--dataflow ws")), 36352U);
  // (K + R + C - 2) ceil(M/R) ceil(N/C) = 558 x 2 x 16.
  EXPECT_EQ(cycles(folder.sh(gemm + "--dataflow os")), 17856U);
  // (2R + C + N - 2) ceil(K/R) ceil(M/C) = 334 x 16 x 4.
  EXPECT_EQ(cycles(folder.sh(gemm + "--dataflow is")), 21376U);
}

TEST(Run, TwiceGivesTheSameBytes) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole run configs/runs/tiny-decode.yaml --json a.json &&"
      "systole run configs/runs/tiny-decode.yaml --json b.json && cmp a.json b.json");
  EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
}

TEST(Run, OfWhatLowerWroteGivesTheSameBytes) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole lower configs/runs/tiny-decode.yaml -o t.trace &&"
      "systole run configs/runs/tiny-decode.yaml --json - >a.json &&"
      "systole run configs/runs/tiny-decode.yaml --trace t.trace --json - >b.json &&"
      "cmp a.json b.json");
  EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
}

TEST(Run, UnfoldedDiffersOnlyInHowItWasSimulated) {
  const Folder folder;
  const std::string run = "systole run configs/runs/tiny-decode.yaml --json - ";
  auto folded = nlohmann::json::parse(folder.sh(run).out);
  auto unfolded = nlohmann::json::parse(folder.sh(run + "--unfold").out);
  EXPECT_EQ(unfolded.at("simulated_chips"), 4);
  for (const char* key :
       {"time_s", "cycles", "energy_j", "macs", "bytes", "ledger", "utilisation"}) {
    EXPECT_EQ(folded.at(key), unfolded.at(key)) << key;
  }
}

TEST(Run, WithJsonOnStandardOutputShowsTheDocumentAlone) {
  const Folder folder;
  const Shown shown = folder.sh("systole run configs/runs/tiny-decode.yaml --json -");
  EXPECT_EQ(nlohmann::json::parse(shown.out).at("schema"), "systole.result/1");
  EXPECT_EQ(shown.err, "");
}

TEST(Run, DoesNotDependOnTheLocaleOfTheUser) {
  const Folder folder;
  const Shown shown = folder.sh(
      "LC_ALL=C systole run configs/runs/tiny-decode.yaml >a &&"
      "LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 systole run configs/runs/tiny-decode.yaml >b && cmp a "
      "b");
  EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
}

TEST(Price, UnderTheModelOfTheRunChangesNothing) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole run configs/runs/tiny-decode.yaml --json a.json >/dev/null &&"
      "systole price a.json --energy-model energy_models/n7.yaml --json - | cmp - a.json");
  EXPECT_EQ(shown.exit, 0) << shown.out << shown.err;
}

TEST(Output, LeavesTheOldFileWhereARunFails) {
  const Folder folder;
  folder.write("a.json", "old");
  const Shown shown =
      folder.sh("systole run configs/runs/tiny-decode.yaml --set workload.batch=0 --json a.json");
  EXPECT_EQ(shown.exit, 2);
  EXPECT_EQ(folder.read("a.json"), "old");
}

TEST(Output, ThatIsALinkChangesWhatTheLinkPointsTo) {
  const Folder folder;
  const Shown shown = folder.sh(
      "touch real && ln -s real link && systole lower configs/runs/tiny-decode.yaml -o link &&"
      "test -L link && head -n 1 real && ls");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_EQ(shown.out, "systole.trace/1\nconfigs\nenergy_models\nlink\nreal\nworkloads\n");
}

TEST(Output, ToAFullDeviceIsAnError) {
  const Folder folder;
  for (const char* where : {"-", "/dev/full"}) {
    const Shown shown = folder.sh("systole lower configs/runs/tiny-decode.yaml -o " +
                                  std::string(where) + " >/dev/full");
    EXPECT_EQ(shown.exit, 2);
    EXPECT_THAT(shown.err, AllOf(StartsWith("error: cannot write"), HasSubstr("No space left")));
  }
}

TEST(Defaults, AreFoundFromAnyWorkingFolder) {
  const Folder folder;
  const Shown shown = folder.sh("cd / && systole gemm 8 8 8 --json -");
  EXPECT_EQ(shown.exit, 0) << shown.err;
}

TEST(Defaults, AreFoundBesideAnInstalledProgram) {
  const Folder folder;
  const Shown shown = folder.sh(
      "mkdir -p usr/bin usr/share && cp \"$(command -v systole)\" usr/bin &&"
      "mkdir usr/share/systole && cp -r configs/ energy_models/ usr/share/systole &&"
      "rm configs energy_models && usr/bin/systole gemm 8 8 8 --json -");
  EXPECT_EQ(shown.exit, 0) << shown.err;
}

TEST(Defaults, ThatAreMissingNameTheFoldersTried) {
  const Folder folder;
  const Shown shown = folder.sh(
      "mkdir bin && cp \"$(command -v systole)\" bin && rm configs && bin/systole gemm 8 8 8");
  EXPECT_EQ(shown.exit, 2);
  EXPECT_THAT(shown.err, AllOf(HasSubstr("configs/chips/tpu_v4.yaml"),
                               HasSubstr(folder.path().string() + "/share/systole")));
}

TEST(Help, IsAScreenOfEveryCommand) {
  const Folder folder;
  for (const std::string command :
       {"run", "sweep", "gemm", "lower", "price", "numbers", "list", "new", "config", "schema",
        "help", "doctor", "completion", "man"}) {
    const Shown shown = folder.sh("systole " + command + " -h");
    EXPECT_EQ(shown.exit, 0);
    EXPECT_EQ(folder.sh("systole help " + command).out.find(shown.out), 0U) << command;
    EXPECT_LE(std::ranges::count(shown.out, '\n'), 24) << command;
    EXPECT_THAT(folder.sh("systole").out, HasSubstr("\n  " + command));
  }
}

}  // namespace
}  // namespace systole
