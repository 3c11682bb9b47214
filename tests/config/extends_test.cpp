// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document_impl.hpp"
#include "files.hpp"

namespace systole {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Extends, MergesSectionsKeyByKey) {
  const Folder folder;
  const std::string file =
      folder.write("chip.yaml", "extends: " + sample("chip.yaml") + "\nhbm: {stacks: 6}\n");
  const Document chip = load(FileKind::chip, file);
  EXPECT_EQ(chip.integer("hbm.stacks"), 6U);
  EXPECT_EQ(chip.number("hbm.capacity"), 34359738368.0);
}

TEST(Extends, ReplacesLists) {
  const Folder folder;
  const std::string file =
      folder.write("pod.yaml", "extends: " + sample("pod.yaml") + "\nshape: [2]\nwrap: [true]\n");
  EXPECT_THAT(load(FileKind::pod, file).integers("shape"), ElementsAre(2U));
}

TEST(Extends, ReplacesAPriceWholeSoThatANewNumberBringsItsOwnSource) {
  const Folder folder;
  const std::string file = folder.write(
      "e.yaml", "extends: " + sample("energy.yaml") + "\nmac: {bf16: {value: 1 pJ}}\n");
  try {
    static_cast<void>(load(FileKind::energy_model, file));
    FAIL() << "took range, kind and source of another number";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'mac.bf16' lacks range, kind, source"));
  }
}

TEST(Extends, LetsLaterFilesOfAListWin) {
  const Folder folder;
  folder.write("a.yaml", "name: a\nclock: 2 GHz\n");
  folder.write("b.yaml", "name: b\n");
  const std::string file =
      folder.write("c.yaml", "extends: [" + sample("chip.yaml") + ", a.yaml, b.yaml]\n");
  const Document chip = load(FileKind::chip, file);
  EXPECT_EQ(chip.text("name"), "b");
  EXPECT_EQ(chip.number("clock"), 2e9);
}

TEST(Extends, ResolvesEachPathAgainstItsOwnFile) {
  const Folder folder;
  folder.write("deep/er/base.yaml", "extends: ../middle.yaml\n");
  folder.write("deep/middle.yaml", "extends: " + sample("pod.yaml") + "\nchip: chip.yaml\n");
  const std::string chip = folder.write("deep/chip.yaml", "");
  const std::string file = folder.write("pod.yaml", "extends: deep/er/base.yaml\nname: top\n");
  EXPECT_EQ(load(FileKind::pod, file).path("chip"), chip);
}

TEST(Extends, MayReachOneFileOnTwoWays) {
  const Folder folder;
  folder.write("left.yaml", "extends: " + sample("chip.yaml") + "\n");
  folder.write("right.yaml", "extends: " + sample("chip.yaml") + "\nname: right\n");
  const std::string file = folder.write("top.yaml", "extends: [left.yaml, right.yaml]\n");
  EXPECT_EQ(load(FileKind::chip, file).text("name"), "right");
}

TEST(Extends, Allows16LevelsAndNot17) {
  const Folder folder;
  folder.write("f0.yaml", "extends: " + sample("chip.yaml") + "\n");  // One level itself.
  for (int i = 1; i < 17; ++i) {
    folder.write("f" + std::to_string(i) + ".yaml",
                 "extends: f" + std::to_string(i - 1) + ".yaml\n");
  }
  const std::string base = folder.path().string();
  EXPECT_EQ(load(FileKind::chip, base + "/f15.yaml").text("name"), "sample");
  EXPECT_THROW(static_cast<void>(load(FileKind::chip, base + "/f16.yaml")), UserError);
}

TEST(Extends, RefusesAForkThatWouldReadThousandsOfFiles) {
  const Folder folder;
  folder.write("f0.yaml", "name: leaf\n");
  for (int i = 1; i < 15; ++i) {
    const std::string below = "f" + std::to_string(i - 1) + ".yaml";
    folder.write("f" + std::to_string(i) + ".yaml", "extends: [" + below + ", " + below + "]\n");
  }
  try {
    static_cast<void>(load(FileKind::chip, folder.path().string() + "/f14.yaml"));
    FAIL() << "read 2^14 files";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'extends' reads more than 64 files"));
  }
}

TEST(Overridden, NamesWhatTheFileGivesAgain) {
  const Folder folder;
  const std::string file =
      folder.write("chip.yaml", "extends: " + sample("chip.yaml") +
                                    "\nname: mine\nhbm: {stacks: 6, distance: 9 mm}\n");
  EXPECT_THAT(load(FileKind::chip, file).overridden(),
              ElementsAre("name", "hbm.stacks", "hbm.distance"));
}

TEST(Overridden, IsEmptyForAFileThatExtendsNone) {
  EXPECT_THAT(load(FileKind::chip, sample("chip.yaml")).overridden(), IsEmpty());
}

TEST(Overridden, NamesWhatSetGivesAgainButNotWhatItAdds) {
  const Document run =
      load(FileKind::run, sample("run.yaml"), {{"workload.batch", "8"}, {"workload.steps", "2"}});
  EXPECT_EQ(run.integer("workload.batch"), 8U);
  EXPECT_EQ(run.integer("workload.steps"), 2U);
  EXPECT_THAT(run.overridden(), ElementsAre("workload.batch"));
}

TEST(Overridden, DoesNotNameWhatBasesGiveTwice) {
  const Folder folder;
  folder.write("middle.yaml", "extends: " + sample("chip.yaml") + "\nname: middle\n");
  const std::string file = folder.write("top.yaml", "extends: middle.yaml\nclock: 2 GHz\n");
  EXPECT_THAT(load(FileKind::chip, file).overridden(), ElementsAre("clock"));
}

}  // namespace
}  // namespace systole
