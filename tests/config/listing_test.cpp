// SPDX-License-Identifier: Apache-2.0
// What files say value by value: origins, differences, copies that work elsewhere.
#include "config/listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/difference.hpp"
#include "config/files.hpp"
#include "config/kind.hpp"
#include "config/relocate.hpp"
#include "config/table.hpp"
#include "files.hpp"

namespace systole {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string shipped(const std::string& name) {
  return std::string(SYSTOLE_SOURCE_DIR) + "/" + name;
}

std::string origin(const std::vector<ListedValue>& settings, const std::string& key) {
  const auto found = std::ranges::find(settings, key, &ListedValue::key);
  return found == settings.end() ? "none" : found->origin;
}

std::vector<std::string> keys(const std::vector<Difference>& differences) {
  std::vector<std::string> out;
  std::ranges::transform(differences, std::back_inserter(out), &Difference::key);
  return out;
}

std::string message_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Listing, SayTheFileAndLineThatGaveEachValue) {
  const Folder folder;
  const std::string base =
      folder.write("base.yaml", "name: base\nchip: " + shipped("configs/chips/tiny.yaml") +
                                    "\nshape: [2]\nwrap: [false]\n");
  const std::string own = folder.write("own.yaml", "extends: base.yaml\n\nname: own\n");
  const auto found = listed_values(load(FileKind::pod, own, {{"shape", "[4]"}}));
  EXPECT_EQ(origin(found, "name"), own + ":3");
  EXPECT_EQ(origin(found, "wrap"), base + ":4");
  EXPECT_EQ(origin(found, "shape"), "--set shape=[4]");
}

TEST(Listing, TellADefaultFromAValueThatSaysTheSame) {
  const std::string file = shipped("configs/runs/tiny-decode.yaml");
  EXPECT_EQ(origin(listed_values(load(FileKind::run, file)), "fidelity"), "default");
  EXPECT_EQ(origin(listed_values(load(FileKind::run, file, {{"fidelity", "event"}})), "fidelity"),
            "--set fidelity=event");
}

TEST(YamlText, IsInQuotationMarksWhereItWouldReadAsSomethingElse) {
  EXPECT_EQ(yaml_text("tensor 8 x data 8"), "tensor 8 x data 8");
  EXPECT_EQ(yaml_text("../chips/a.yaml"), "../chips/a.yaml");
  EXPECT_EQ(yaml_text("64"), "\"64\"");
  EXPECT_EQ(yaml_text("true"), "\"true\"");
  EXPECT_EQ(yaml_text("a: b"), "\"a: b\"");
  EXPECT_EQ(yaml_text("say \"x\" \\ y"), "\"say \\\"x\\\" \\\\ y\"");
}

TEST(Difference, OfOneNumberDeepInTheChipIsThatNumber) {
  const Folder folder;
  const std::string chip =
      folder.write("chip.yaml", "extends: " + shipped("configs/chips/tpu_v4.yaml") +
                                    "\nhbm:\n  bandwidth: 2 TB/s\n");
  const std::string pod = folder.write(
      "pod.yaml", "extends: " + shipped("configs/pods/tpu_v4_4x4x4.yaml") + "\nchip: chip.yaml\n");
  const std::string run =
      folder.write("run.yaml", "extends: " + shipped("configs/runs/llama-3.1-70b-decode-64.yaml") +
                                   "\npod: pod.yaml\n");
  const auto found = difference(
      listed_values_of_all(FileKind::run, shipped("configs/runs/llama-3.1-70b-decode-64.yaml")),
      listed_values_of_all(FileKind::run, run));
  ASSERT_THAT(keys(found), ElementsAre("chip.hbm.bandwidth"));
  EXPECT_EQ(found[0].a.text, "1.2 TB/s");
  EXPECT_EQ(found[0].b.text, "2 TB/s");
  EXPECT_EQ(found[0].b.origin, chip + ":3");
}

TEST(Difference, OfAPriceNamesThePartThatDiffers) {
  const auto n7 = listed_values_of_all(FileKind::energy_model, shipped("energy_models/n7.yaml"));
  const auto line =
      listed_values_of_all(FileKind::energy_model, shipped("energy_models/n7-line-50.yaml"));
  const std::vector<std::string> found = keys(difference(n7, line));
  EXPECT_THAT(found, testing::Contains("sram.a.value"));
  EXPECT_THAT(found, testing::Not(testing::Contains(HasSubstr("mac."))));
}

TEST(Difference, OfModelsIsByContentAndNotByPath) {
  const Folder folder;
  const std::string run = shipped("configs/runs/tiny-decode.yaml");
  const std::string copy =
      folder.write("copy.json", read_text(shipped("workloads/models/tiny.json"), 1U << 20U));
  const auto before = listed_values_of_all(FileKind::run, run);
  EXPECT_THAT(keys(difference(
                  before, listed_values_of_all(FileKind::run, run, {{"workload.model", copy}}))),
              ElementsAre());
  EXPECT_THAT(
      keys(difference(before,
                      listed_values_of_all(
                          FileKind::run, run,
                          {{"workload.model", shipped("workloads/models/tiny-parallel.json")}}))),
      ElementsAre("workload.model"));
}

TEST(Difference, OfSweepsGoesDownToTheChipOfTheirRun) {
  const auto found =
      listed_values_of_all(FileKind::sweep, shipped("configs/sweeps/batch-x-precision.yaml"));
  EXPECT_NE(origin(found, "base.workload.batch"), "none");
  EXPECT_NE(origin(found, "base.chip.clock"), "none");
  EXPECT_NE(origin(found, "base.memory.cycle"), "none");
  EXPECT_NE(origin(found, "grid.workload.batch"), "none");
}

TEST(KindOf, EveryShippedFileIsTheOneOfItsFolder) {
  const std::vector<std::pair<std::string, FileKind>> folders{
      {"configs/chips", FileKind::chip},      {"configs/pods", FileKind::pod},
      {"configs/runs", FileKind::run},        {"configs/sweeps", FileKind::sweep},
      {"configs/memories", FileKind::memory}, {"energy_models", FileKind::energy_model}};
  for (const auto& [folder, kind] : folders) {
    for (const auto& entry : std::filesystem::directory_iterator(shipped(folder))) {
      EXPECT_EQ(kind_of(entry.path().string()), kind) << entry.path();
    }
  }
}

TEST(KindOf, OfKeysThatSeveralKindsHaveNamesThem) {
  const Folder folder;
  const std::string file = folder.write("a.yaml", "name: a\n");
  EXPECT_THAT(message_of([&] { (void)kind_of(file); }),
              HasSubstr("do not say whether it is a chip or a pod or a sweep"));
  const std::string none = folder.write("b.yaml", "colour: red\n");
  EXPECT_THAT(message_of([&] { (void)kind_of(none); }), HasSubstr("name its kind"));
}

TEST(KindOf, OfAFileWithAMisspeltKeyIsStillFound) {
  const Folder folder;
  const std::string file =
      folder.write("a.yaml", "name: a\nchip: x.yaml\nshpae: [1]\nwrap: [false]\n");
  EXPECT_EQ(kind_of(file), FileKind::pod);
}

TEST(Relocated, RewritesPathsAndNothingElse) {
  const Folder folder;
  const std::string file =
      folder.write("sub/s.yaml",
                   "# Über \"pod: ../x.yaml\"\nname: s\nbase: ../run.yaml  # The base.\nvariants:\n"
                   "  - {name: ä, pod: '../p.yaml', sharding.tensor: 4}\n"
                   "grid:\n  energy_model: [../n7.yaml, \"../n5.yaml\"]\n  workload.batch: [1]\n");
  const std::string text = relocated(FileKind::sweep, file, [](const std::string& path) {
    return "there/" + std::filesystem::path(path).filename().string();
  });
  EXPECT_EQ(text,
            "# Über \"pod: ../x.yaml\"\nname: s\nbase: there/run.yaml  # The base.\nvariants:\n"
            "  - {name: ä, pod: there/p.yaml, sharding.tensor: 4}\n"
            "grid:\n  energy_model: [there/n7.yaml, there/n5.yaml]\n  workload.batch: [1]\n");
}

TEST(Relocated, OfEveryShippedFileMeansTheSameElsewhere) {
  const Folder folder;
  for (const char* place : {"chips", "pods", "runs", "sweeps", "memories", "energy_models"}) {
    const bool is_energy = std::string_view(place) == "energy_models";
    for (const auto& entry : std::filesystem::directory_iterator(
             shipped(is_energy ? std::string(place) : "configs/" + std::string(place)))) {
      const std::string file = entry.path().string();
      const FileKind kind = kind_of(file);
      const std::string copy =
          folder.write("a/b/c.yaml", relocated(kind, file, [](const std::string& path) {
                         return std::filesystem::absolute(path).string();
                       }));
      EXPECT_EQ(load(kind, copy).canonical().dump(), load(kind, file).canonical().dump()) << file;
    }
  }
}

}  // namespace
}  // namespace systole
