// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "config/document_impl.hpp"
#include "config/read.hpp"
#include "files.hpp"

namespace systole {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string error_of(FileKind kind, const std::string& text) {
  try {
    static_cast<void>(load_text(kind, text, "input.yaml"));
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Document, GivesQuantitiesInBaseUnits) {
  const Document chip = load(FileKind::chip, sample("chip.yaml"));
  EXPECT_EQ(chip.number("clock"), 1e9);
  EXPECT_EQ(chip.number("hbm.capacity"), 34359738368.0);
  EXPECT_EQ(chip.number("far_sram.latency"), 150e-9);
  EXPECT_EQ(chip.number("area"), 100e-6);
  EXPECT_EQ(chip.integer("vector_unit.lanes"), 1024U);
  EXPECT_EQ(chip.text("matrix_unit.dataflow"), "ws");
}

TEST(Document, GivesListsAndSectionNamesInTheOrderOfTheFile) {
  const Document pod = load(FileKind::pod, sample("pod.yaml"));
  EXPECT_THAT(pod.integers("shape"), ElementsAre(4U, 8U));
  EXPECT_THAT(pod.booleans("wrap"), ElementsAre(true, false));
  const Document chip = load(FileKind::chip, sample("chip.yaml"));
  EXPECT_THAT(chip.names("scratchpad"),
              ElementsAre("capacity", "banks", "ports", "granule", "distance"));
}

TEST(Document, ResolvesPathsAgainstTheFileThatGivesThem) {
  const Document pod = load(FileKind::pod, sample("pod.yaml"));
  EXPECT_EQ(pod.path("chip"), sample("chip.yaml"));
}

TEST(Document, ResolvesPathsOfOverridesAgainstTheWorkingFolder) {
  const Folder folder;
  folder.write("sub/here.json", "{}");
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const Document run =
      load(FileKind::run, sample("run.yaml"), {{"workload.model", "sub/here.json"}});
  std::filesystem::current_path(before);
  EXPECT_EQ(run.path("workload.model"), "sub/here.json");
}

TEST(Document, GivesEnergiesInPicojoulesAndPowersInWatts) {
  const Document energy = load(FileKind::energy_model, sample("energy.yaml"));
  EXPECT_EQ(energy.measured("mac.bf16").value, 0.65);
  EXPECT_EQ(energy.measured("mac.ternary_bf16").value, 0.44);   // Written as 440 fJ.
  EXPECT_EQ(energy.measured("hbm.hbm2.refresh").value, 58200);  // 58.2 nJ.
  EXPECT_EQ(energy.measured("sram.b").value, 0.04);             // 0.005 pJ/b, per byte.
  EXPECT_EQ(energy.measured("hbm.hbm2.background").value, 0.528);
  EXPECT_EQ(energy.measured("static.leakage").value, 0.05);
}

TEST(Document, GivesRangeKindAndSourceOfAMeasuredValue) {
  const Document energy = load(FileKind::energy_model, sample("energy.yaml"));
  const Measured factor = energy.measured("sram.write_factor");
  EXPECT_EQ(factor.low, 0.9);
  EXPECT_EQ(factor.high, 1.6);
  EXPECT_EQ(factor.kind, "published");
  EXPECT_EQ(factor.source, "made up");
  EXPECT_EQ(factor.note, "");
}

TEST(Document, GivesAStructuralZeroTheRangeOfOne) {
  const Document energy = load(FileKind::energy_model, sample("energy.yaml"));
  const Measured zero = energy.measured("element.hbm");
  EXPECT_EQ(zero.value, 0);
  EXPECT_EQ(zero.low, 1);
  EXPECT_EQ(zero.high, 1);
}

TEST(Document, TakesAskingForAKeyWithoutARowForABug) {
  const Document chip = load(FileKind::chip, sample("chip.yaml"));
  EXPECT_THROW(static_cast<void>(chip.has("colour")), Bug);
  EXPECT_THROW(static_cast<void>(chip.integer("colour")), Bug);
  EXPECT_THROW(static_cast<void>(chip.text("matrix_unit.rows")), Bug);  // It is a number.
}

TEST(Document, PointsMistakesOfOtherChecksAtTheValueElseAtTheSection) {
  const Document chip = load(FileKind::chip, sample("chip.yaml"), {});
  const Diagnostic at_value = chip.mistake("hbm.stacks", "odd");
  EXPECT_EQ(at_value.at.line, 41U);
  EXPECT_EQ(at_value.at.column, 11U);
  EXPECT_EQ(at_value.source, "  stacks: 4");
  EXPECT_EQ(chip.mistake("hbm.nothing", "odd").at.line, 37U);
  EXPECT_EQ(chip.mistake("nothing", "odd").at.line, 0U);
}

TEST(Document, AcceptsAnchorsAliasesQuotesAndBlocks) {
  const Document chip = load_text(
      FileKind::chip,
      "extends: " + sample("chip.yaml") +
          "\nname: 'a quoted name'\nnode: >-\n  n7\nkernel_start: &short 5 ns\ndma: {engines: 2, "
          "start: *short}\n",
      "input.yaml");
  EXPECT_EQ(chip.text("name"), "a quoted name");
  EXPECT_EQ(chip.text("node"), "n7");
  EXPECT_EQ(chip.number("dma.start"), 5e-9);
}

TEST(Document, IgnoresAByteOrderMarkAndDosLineEnds) {
  const std::string text =
      "\xEF\xBB\xBF"
      "extends: " +
      sample("chip.yaml") + "\r\nname: dos\r\n";
  EXPECT_EQ(load_text(FileKind::chip, text, "input.yaml").text("name"), "dos");
}

TEST(Document, CountsColumnsInCharactersNotBytes) {
  EXPECT_THAT(error_of(FileKind::chip, "{name: größer, clokc: 1 GHz}\n"),
              HasSubstr("input.yaml:1:16\n   |\n 1 | {name: größer, clokc: 1 GHz}\n"
                        "   |                ^^^^^ did you mean 'clock'?"));
}

TEST(Document, CountsColumnsOfSyntaxErrorsInCharactersToo) {
  EXPECT_THAT(error_of(FileKind::chip, "name: größer: 1 GHz\n"), HasSubstr("input.yaml:1:13\n"));
}

TEST(Document, IsTheSameAfterAWayThroughItsCanonicalContent) {
  for (const auto& [kind, name] :
       {std::pair(FileKind::chip, "chip.yaml"), std::pair(FileKind::energy_model, "energy.yaml"),
        std::pair(FileKind::pod, "pod.yaml"), std::pair(FileKind::run, "run.yaml")}) {
    const std::string before = load(kind, sample(name)).canonical().dump();
    const auto content = nlohmann::ordered_json::parse(before);
    EXPECT_EQ(from_canonical(kind, content, "result.json").canonical().dump(), before);
  }
}

TEST(CanonicalContent, IsOneForTwoWaysToWriteTheSame) {
  const Document plain = load(FileKind::chip, sample("chip.yaml"));
  const Document rewritten = load_text(
      FileKind::chip,
      "hbm: {bandwidth: 1200 GB/s, capacity: 32768 MiB}\nextends: " + sample("chip.yaml") +
          "\nclock: 1000 MHz\n",
      "input.yaml");
  EXPECT_EQ(plain.canonical().dump(), rewritten.canonical().dump());
}

TEST(CanonicalContent, HoldsNoPathButEveryDefault) {
  const nlohmann::ordered_json run = load(FileKind::run, sample("run.yaml")).canonical();
  EXPECT_FALSE(run.contains("pod"));
  EXPECT_FALSE(run["workload"].contains("model"));
  EXPECT_EQ(run["workload"]["context"], 2048);
  EXPECT_EQ(run["workload"]["activations"], "bf16");
  EXPECT_EQ(run["schedule"]["overlap"], "async");
  EXPECT_EQ(run["uncertainty"]["samples"], 2048);
}

TEST(CanonicalContent, FromAResultFileIsCheckedLikeAFile) {
  nlohmann::ordered_json content = load(FileKind::chip, sample("chip.yaml")).canonical();
  content["clock"] = "fast";
  content["matrix_unit"]["rows"] = -1;
  content["hbm"] = nlohmann::ordered_json::array({nlohmann::ordered_json::array()});
  try {
    static_cast<void>(from_canonical(FileKind::chip, content, "result.json"));
    FAIL() << "accepted";
  } catch (const UserError& error) {
    EXPECT_EQ(error.diagnostics().size(), 3U) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("'matrix_unit.rows' must be at least 1, not -1\n"
                                        "  --> result.json\n"));
  }
  EXPECT_THROW(static_cast<void>(from_canonical(FileKind::chip, 3, "result.json")), UserError);
}

TEST(ChipConfig, HasTheValuesOfTheFileInItsOwnUnits) {
  const ChipConfig chip = read_chip(sample("chip.yaml"));
  EXPECT_EQ(chip.clock.count(), 1e9);
  EXPECT_EQ(chip.area.count(), 100);
  EXPECT_EQ(chip.matrix_unit.dataflow, Dataflow::weight_stationary);
  EXPECT_EQ(chip.matrix_unit.preload, Preload::double_buffered);
  EXPECT_EQ(chip.matrix_unit.rate(Multiplier::int8), 2U);
  EXPECT_EQ(chip.matrix_unit.rate(Multiplier::ternary_bf16), 0U);
  EXPECT_EQ(chip.scratchpad.distance.count(), 2.5);
  EXPECT_EQ(chip.scratchpad.bank_capacity(), Bytes{262144});
  EXPECT_EQ(chip.hbm->channels(), 64U);
  EXPECT_EQ(chip.ici->hop_latency.count(), 1e-6);
  EXPECT_EQ(chip.idle_power->count(), 20);
}

TEST(ChipConfig, MayLackItsOptionalSections) {
  auto content = load(FileKind::chip, sample("chip.yaml")).canonical();
  for (const char* section : {"far_sram", "hbm", "ici", "idle_power"}) {
    content.erase(section);
  }
  const ChipConfig chip = chip_from_canonical(content, "result.json");
  EXPECT_FALSE(chip.far_sram || chip.hbm || chip.ici || chip.idle_power);
}

}  // namespace
}  // namespace systole
