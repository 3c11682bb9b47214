// SPDX-License-Identifier: Apache-2.0
// list, new, config and doctor, as a user meets them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "program.hpp"

namespace systole {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

namespace fs = std::filesystem;

json list(const Folder& folder, const std::string& what) {
  return json::parse(folder.sh("systole list " + what + " --json -").out).at("items");
}

json item(const json& items, const std::string& name) {
  for (const json& one : items) {
    if (one.at("name") == name) {
      return one;
    }
  }
  return nullptr;
}

TEST(List, OfEachKindNamesEveryShippedFile) {
  const Folder folder;
  const std::vector<std::pair<std::string, std::string>> kinds{
      {"chips", "configs/chips"},      {"pods", "configs/pods"},       {"runs", "configs/runs"},
      {"sweeps", "configs/sweeps"},    {"models", "workloads/models"}, {"energy", "energy_models"},
      {"memories", "configs/memories"}};
  for (const auto& [what, where] : kinds) {
    std::set<std::string> shipped;
    for (const auto& entry : fs::directory_iterator(fs::path(SYSTOLE_SOURCE_DIR) / where)) {
      shipped.insert(entry.path().stem());
    }
    std::set<std::string> listed;
    for (const json& one : list(folder, what)) {
      listed.insert(one.at("name"));
      EXPECT_TRUE(fs::exists(one.at("path").get<std::string>())) << one;
      EXPECT_THAT(folder.sh("systole list " + what).out,
                  HasSubstr("\n" + one.at("name").get<std::string>() + " "));
    }
    EXPECT_EQ(listed, shipped) << what;
  }
}

TEST(List, OfChipsHasThePublishedNumbersOfTpuV4) {
  const Folder folder;
  const json chip = item(list(folder, "chips"), "tpu_v4");
  // 8 x 128 x 128 x 2 x 1.05 GHz; 1200 GB/s and 32 GiB (ISCA 2023); 32 MiB and 128 MiB of CMEM.
  EXPECT_DOUBLE_EQ(chip.at("peak_ops_per_s").at("bf16"), 275.2512e12);
  EXPECT_DOUBLE_EQ(chip.at("hbm_bytes_per_s"), 1.2e12);
  EXPECT_EQ(chip.at("hbm_bytes"), std::uint64_t{32} << 30);
  EXPECT_EQ(chip.at("sram_bytes"), std::uint64_t{160} << 20);
  EXPECT_EQ(chip.at("summary"), "TPU v4: two cores of four 128x128 arrays, CMEM, HBM2, 3D torus.");
}

TEST(List, OfModelsCountsParameters) {
  const Folder folder;
  // Meta's model cards: 8.03 and 70.6 billion.
  EXPECT_NEAR(item(list(folder, "models"), "llama-3.1-8b").at("parameters"), 8.03e9, 0.005e9);
  EXPECT_NEAR(item(list(folder, "models"), "llama-3.1-70b").at("parameters"), 70.6e9, 0.05e9);
}

TEST(List, OfMemoriesHasTheStandardsBandwidth) {
  const Folder folder;
  // HBM2: 1024 pins of 2.0 Gb/s.
  EXPECT_DOUBLE_EQ(item(list(folder, "memories"), "hbm2").at("bytes_per_s"), 256e9);
}

TEST(New, CopyOfEveryPresetIsRightWhereItLands) {
  const Folder folder;
  const std::vector<std::pair<std::string, std::string>> kinds{
      {"chips", "chip"},   {"pods", "pod"},        {"runs", "run"},
      {"sweeps", "sweep"}, {"memories", "memory"}, {"energy", "energy_model"}};
  for (const auto& [plural, kind] : kinds) {
    for (const json& one : list(folder, plural)) {
      const auto name = one.at("name").get<std::string>();
      const Shown shown = folder.sh("mkdir -p deep/er && cd deep && systole new " + kind + " " +
                                    name + " -o er && systole config diff er/" + name + ".yaml '" +
                                    one.at("path").get<std::string>() + "'");
      EXPECT_EQ(shown.exit, 0) << name << shown.err;
      EXPECT_THAT(shown.out, HasSubstr(" mean the same\n")) << name;
    }
  }
}

TEST(New, CopyOfARunRunsAsTheRunDoes) {
  const Folder folder;
  const Shown shown = folder.sh(
      "mkdir sub && systole new run tiny-decode -o sub/mine.yaml &&"
      "systole run sub/mine.yaml --json a.json && mkdir -p deep/er && mv sub deep/er &&"
      "systole run deep/er/sub/mine.yaml --json b.json &&"
      "systole run configs/runs/tiny-decode.yaml --json c.json && cmp a.json b.json && cmp a.json "
      "c.json");
  EXPECT_EQ(shown.exit, 0) << shown.err;
}

TEST(New, KeepsCommentsAndValuesAsTheyAre) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole new pod tpu_v4_4x4x4 && diff tpu_v4_4x4x4.yaml configs/pods/tpu_v4_4x4x4.yaml");
  EXPECT_THAT(shown.out, AllOf(HasSubstr("\n> chip: ../chips/tpu_v4.yaml\n"), HasSubstr("4c4\n")));
}

TEST(New, InsideTheShippedTreePathsStayRelative) {
  const Folder folder;
  const Shown shown = folder.sh(
      "mkdir bin && cp \"$(command -v systole)\" bin && rm configs &&"
      "cp -r \"" SYSTOLE_SOURCE_DIR
      "/configs\" . &&"
      "bin/systole new pod tpu_v4_1 -o configs/mine.yaml && grep chip: configs/mine.yaml");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("\nchip: chips/tpu_v4.yaml\n"));
}

TEST(New, NeverReplacesAFileUnlessForced) {
  const Folder folder;
  folder.write("mine.yaml", "old");
  const Shown refused = folder.sh("systole new chip tiny -o mine.yaml");
  EXPECT_EQ(refused.exit, 2);
  EXPECT_THAT(refused.err, HasSubstr("'mine.yaml' exists already; --force replaces it"));
  EXPECT_EQ(folder.read("mine.yaml"), "old");
  EXPECT_EQ(folder.sh("systole new chip tiny -o mine.yaml --force").exit, 0);
  EXPECT_THAT(folder.read("mine.yaml"), HasSubstr("name: tiny"));
}

TEST(New, OfAMisspeltNameSuggestsOne) {
  const Folder folder;
  const Shown shown = folder.sh("systole new chip tpu_v5x");
  EXPECT_EQ(shown.exit, 2);
  EXPECT_THAT(shown.err, AllOf(HasSubstr("no chip 'tpu_v5x' comes with systole; did you mean"),
                               HasSubstr("'systole list chips' shows them")));
}

TEST(Config, ShownAndReadAgainIsTheSame) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole config show configs/runs/llama-3.1-8b-v5e.yaml --set workload.batch=3 > r.yaml &&"
      "systole config show r.yaml > again.yaml && cmp r.yaml again.yaml && grep ' batch:' r.yaml");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_EQ(shown.out, "  batch: 3\n");
}

TEST(Config, ShownWithOriginsNamesFileLineDefaultAndCommandLine) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole config show configs/runs/tiny-decode.yaml --origin --set workload.batch=8");
  EXPECT_THAT(shown.out, AllOf(HasSubstr("  batch: 8  # --set workload.batch=8\n"),
                               HasSubstr("  context: 16  # configs/runs/tiny-decode.yaml:9\n"),
                               HasSubstr("fidelity: event  # default\n")));
}

TEST(Config, CheckOfEveryShippedFileFindsNoMistake) {
  const Folder folder;
  const Shown shown = folder.sh(
      "systole config check configs/chips/*.yaml configs/pods/*.yaml configs/memories/*.yaml "
      "configs/sweeps/*.yaml configs/runs/*.yaml energy_models/*.yaml");
  EXPECT_EQ(shown.exit, 0) << shown.err;
}

TEST(Config, CheckFindsAllMistakesOfAllFiles) {
  const Folder folder;
  folder.write("a.yaml", "extends: configs/runs/tiny-decode.yaml\nsharding: {tensor: 3}\n");
  folder.write("b.yaml", "extends: configs/chips/tiny.yaml\nclock: 3\ncolour: red\n");
  const Shown shown = folder.sh("systole config check configs/pods/tiny_1.yaml a.yaml b.yaml");
  EXPECT_EQ(shown.exit, 2);
  EXPECT_EQ(shown.out, "configs/pods/tiny_1.yaml: pod, ok\n");
  EXPECT_THAT(shown.err,
              AllOf(HasSubstr("tensor 3 x data 1 is 3 chips"), HasSubstr("'clock' needs a unit"),
                    HasSubstr("unknown key 'colour'"), HasSubstr("3 errors")));
}

TEST(Config, DiffNamesTheKeyDeepInTheChip) {
  const Folder folder;
  folder.write("chip.yaml", "extends: configs/chips/tiny.yaml\nhbm:\n  bandwidth: 1 TB/s\n");
  folder.write("pod.yaml", "extends: configs/pods/tiny_2x2.yaml\nchip: chip.yaml\n");
  folder.write("run.yaml", "extends: configs/runs/tiny-decode.yaml\npod: pod.yaml\n");
  const Shown shown = folder.sh("systole config diff configs/runs/tiny-decode.yaml run.yaml");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out,
              AllOf(StartsWith("chip.hbm.bandwidth\n  a: 64 GB/s  # "),
                    HasSubstr("\n  b: 1 TB/s  # chip.yaml:3\n"), HasSubstr("\n1 key differs: ")));
}

TEST(Config, DiffOfTwoKindsOfFilesIsRefused) {
  const Folder folder;
  const Shown shown =
      folder.sh("systole config diff configs/chips/tiny.yaml configs/pods/tiny_1.yaml");
  EXPECT_EQ(shown.exit, 2);
  EXPECT_THAT(shown.err, HasSubstr("is a chip file and 'configs/pods/tiny_1.yaml' a pod file"));
}

TEST(Doctor, OfAWholeInstallationIsWell) {
  const Folder folder;
  const Shown shown = folder.sh("systole doctor --json -");
  EXPECT_EQ(shown.exit, 0) << shown.out;
  std::set<std::string> names;
  const json found = json::parse(shown.out);
  for (const json& finding : found.at("findings")) {
    names.insert(finding.at("what"));
    EXPECT_NE(finding.at("state"), "wrong") << finding;
  }
  for (const char* what : {"systole", "compiler", "SystemC", "fmt", "yaml-cpp", "Boost",
                           "data files", "RTL checker", "search", "results folder", "cores",
                           "memory", "sbatch", "chromium", "verilator", "self-test"}) {
    EXPECT_TRUE(names.contains(what)) << what;
  }
}

TEST(Doctor, WithoutDataSaysWhatIsLackingAndEndsInExit5) {
  const Folder folder;
  const Shown shown = folder.sh(
      "mkdir bin && cp \"$(command -v systole)\" bin && rm configs && bin/systole doctor");
  EXPECT_EQ(shown.exit, 5);
  EXPECT_THAT(shown.out, AllOf(HasSubstr("data files      WRONG nothing in configs/chips"),
                               HasSubstr("self-test       WRONG cannot run"), HasSubstr("-> ")));
}

TEST(Doctor, OfAWrongPriceSaysWhatTheSelfTestFound) {
  const Folder folder;
  const Shown shown = folder.sh(
      "mkdir bin && cp \"$(command -v systole)\" bin && rm energy_models &&"
      "cp -r \"" SYSTOLE_SOURCE_DIR
      "/energy_models\" . &&"
      "sed -i 's/{value: 1 pJ,/{value: 2 pJ,/' energy_models/interview.yaml && bin/systole doctor");
  EXPECT_EQ(shown.exit, 5);
  EXPECT_THAT(
      shown.out,
      HasSubstr("a product of 256 x 128 x 128 at 1 pJ costs 4.194304e-06 J, not 8.388608e-06"));
}

TEST(Doctor, OfAResultsFolderThatIsNoneIsUnwell) {
  const Folder folder;
  const Shown shown = folder.sh("systole doctor --results nowhere");
  EXPECT_EQ(shown.exit, 5);
  EXPECT_THAT(shown.out, HasSubstr("nowhere cannot be written to"));
}

}  // namespace
}  // namespace systole
