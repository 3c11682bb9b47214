// SPDX-License-Identifier: Apache-2.0
#include "config/pod.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/read.hpp"
#include "files.hpp"

namespace systole {
namespace {

using testing::HasSubstr;

PodConfig pod_of(std::vector<Axis> axes) {
  return {
      .name = "test", .chip = read_chip(sample("chip.yaml")), .axes = std::move(axes), .hash = {}};
}

// "0:4w 1:2" is all 4 chips of axis 0, wrapped, and 2 chips of axis 1.
std::string group(const PodConfig& pod, std::uint32_t tensor) {
  std::string out;
  for (const GroupAxis& axis : tensor_group(pod, tensor)) {
    out += fmt::format("{}{}:{}{}", out.empty() ? "" : " ", axis.axis, axis.length,
                       axis.wraps ? "w" : "");
  }
  return out;
}

TEST(PodConfig, HasTheShapeOfTheFile) {
  const PodConfig pod = read_pod(sample("pod.yaml"));
  EXPECT_EQ(pod.name, "sample_4x8");
  EXPECT_EQ(pod.chips(), 32U);
  EXPECT_EQ(pod.axes[0].length, 4U);
  EXPECT_TRUE(pod.axes[0].wraps);
  EXPECT_FALSE(pod.axes[1].wraps);
  EXPECT_EQ(pod.chip.name, "sample");
}

TEST(PodHash, DependsOnContentAndNotOnWhereTheFilesAre) {
  const Folder folder;
  folder.write("elsewhere/copy.yaml", "extends: " + sample("chip.yaml") + "\n");
  const std::string text = "name: sample_4x8\nshape: [4, 8]\nwrap: [true, false]\n";
  const std::string same = folder.write("pod.yaml", text + "chip: elsewhere/copy.yaml\n");
  EXPECT_EQ(read_pod(same).hash, read_pod(sample("pod.yaml")).hash);
}

TEST(PodHash, ChangesWithAValueOfTheChip) {
  const Folder folder;
  folder.write("chip.yaml", "extends: " + sample("chip.yaml") + "\ndma: {engines: 5}\n");
  const std::string other =
      folder.write("pod.yaml", "extends: " + sample("pod.yaml") + "\nchip: chip.yaml\n");
  EXPECT_NE(read_pod(other).hash, read_pod(sample("pod.yaml")).hash);
}

TEST(PodConfig, OfOneChipNeedsNoLinks) {
  const Folder folder;
  const std::string file = folder.write(
      "pod.yaml", "name: one\nchip: " + sample("chip.yaml") + "\nshape: [1]\nwrap: [false]\n");
  EXPECT_EQ(read_pod(file).chips(), 1U);
}

TEST(TensorGroup, TakesWholeAxesFirstAxisFirst) {
  const PodConfig pod = pod_of({{4, true}, {4, true}, {4, false}});
  EXPECT_EQ(group(pod, 4), "0:4w");
  EXPECT_EQ(group(pod, 16), "0:4w 1:4w");
  EXPECT_EQ(group(pod, 64), "0:4w 1:4w 2:4");
}

TEST(TensorGroup, TakesAnEvenPartOfTheNextAxisWhichDoesNotWrap) {
  const PodConfig pod = pod_of({{4, true}, {8, true}});
  EXPECT_EQ(group(pod, 2), "0:2");
  EXPECT_EQ(group(pod, 16), "0:4w 1:4");
}

TEST(TensorGroup, IsEmptyForOneChip) { EXPECT_EQ(group(pod_of({{4, true}}), 1), ""); }

TEST(TensorGroup, PassesOverAxesOfLengthOne) {
  EXPECT_EQ(group(pod_of({{1, false}, {4, true}}), 4), "1:4w");
}

TEST(TensorGroup, NamesTheDegreesThatWork) {
  const PodConfig pod = pod_of({{4, true}, {6, true}});
  // Parts of the first axis: 1 2 4. Whole first axis times parts of the second: 4 8 12 24.
  for (const std::uint32_t degree : {3U, 6U, 16U, 48U, 0U}) {
    try {
      static_cast<void>(tensor_group(pod, degree));
      FAIL() << degree << " was accepted";
    } catch (const UserError& error) {
      EXPECT_THAT(error.what(), HasSubstr("so 1, 2, 4, 8, 12, 24 work"));
    }
  }
}

// The message for a pod of 4x2 sample chips, the first axis a ring.
std::string refused(const std::string& faults) {
  const Folder folder;
  const std::string text =
      "name: p\nshape: [4, 2]\nwrap: [true, false]\nchip: " + sample("chip.yaml") + "\n";
  try {
    static_cast<void>(read_pod(folder.write("pod.yaml", text + "faults: [" + faults + "]\n")));
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(PodFaults, MustBeLinksOfThePod) {
  EXPECT_EQ(refused("{chip: [3, 0], axis: 0, direction: up, state: down}"), "");
  EXPECT_EQ(refused("{chip: [3, 0], axis: 0, direction: up, bandwidth: 1 GB/s}"), "");
  EXPECT_THAT(refused("{chip: [4, 0], axis: 0, direction: up, state: down}"),
              HasSubstr("chip [4, 0] is outside the pod: axis 0 has 4 chips"));
  EXPECT_THAT(refused("{chip: [0], axis: 0, direction: up, state: down}"),
              HasSubstr("a place in this pod has 2 numbers, and [0] has 1"));
  EXPECT_THAT(refused("{chip: [0, 1], axis: 1, direction: up, state: down}"),
              HasSubstr("chip [0, 1] has no link up on axis 1, which does not wrap"));
  EXPECT_THAT(refused("{chip: [0, 0], axis: 2, direction: up, state: down}"),
              HasSubstr("there is no axis 2"));
  EXPECT_THAT(refused("{chip: [0, 0], axis: 0, direction: up, bandwidth: 9 TB/s}"),
              HasSubstr("a slow link has less than the"));
  EXPECT_THAT(refused("{chip: [0, 0], axis: 0, direction: up, state: down}, "
                      "{chip: [0, 0], axis: 0, direction: up, bandwidth: 1 GB/s}"),
              HasSubstr("fault 2: the link up on axis 0 of chip [0, 0] is there twice"));
}

TEST(PodFaults, AreEitherDownOrSlow) {
  EXPECT_THAT(refused("{chip: [0, 0], axis: 0, direction: up, state: down, bandwidth: 1 GB/s}"),
              HasSubstr("says either 'state' or 'bandwidth'"));
  EXPECT_THAT(refused("{chip: [0, 0], axis: 0, direction: up}"),
              HasSubstr("says either 'state' or 'bandwidth'"));
  EXPECT_THAT(refused("{chip: [0, 0], direction: up, state: down}"),
              HasSubstr("missing key 'axis' in 'faults'"));
}

TEST(PodFaults, ThatCutChipsOffAreRefused) {
  EXPECT_THAT(refused("{chip: [0, 0], axis: 0, direction: up, state: down}, "
                      "{chip: [0, 0], axis: 0, direction: down, state: down}, "
                      "{chip: [0, 0], axis: 1, direction: up, state: down}"),
              HasSubstr("the pod falls apart: chip [0, 0] cannot reach [1, 0], [2, 0], [3, 0], "
                        "[0, 1], [1, 1], [2, 1], [3, 1]"));
}

TEST(TensorGroup, HasAsManyChipsAsAsked) {
  const PodConfig pod = pod_of({{16, true}, {24, true}, {24, true}});
  for (const std::uint32_t degree : {2U, 16U, 32U, 128U, 384U, 768U, 9216U}) {
    std::uint32_t chips = 1;
    for (const GroupAxis& axis : tensor_group(pod, degree)) {
      chips *= axis.length;
    }
    EXPECT_EQ(chips, degree);
  }
}

}  // namespace
}  // namespace systole
