// SPDX-License-Identifier: Apache-2.0
#include "report/config_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "config/kind.hpp"

namespace systole {
namespace {

namespace fs = std::filesystem;

TEST(ConfigYaml, OfEveryShippedFileLoadsAgainAsTheSameContent) {
  const fs::path copy = fs::temp_directory_path() / fmt::format("systole-{}.yaml", ::getpid());
  std::size_t files = 0;
  for (const char* folder : {"configs", "energy_models"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(SYSTOLE_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != ".yaml" ||
          entry.path().parent_path().filename() == "baselines") {
        continue;
      }
      const std::string file = entry.path().string();
      const FileKind kind = kind_of(file);
      const Document document = load(kind, file);
      for (const bool with_origins : {false, true}) {
        std::ofstream(copy) << config_yaml(listed_values(document), with_origins);
        EXPECT_EQ(load(kind, copy.string()).canonical().dump(), document.canonical().dump())
            << file;
      }
      ++files;
    }
  }
  fs::remove(copy);
  EXPECT_GT(files, 60U);
}

// A row that any setting may have here.
const Row* any_row() { return find_row(FileKind::pod, "name"); }

TEST(ConfigYaml, NestsKeysAndGivesEachItsOrigin) {
  const std::vector<ListedValue> settings{
      {.row = any_row(), .path = {"a"}, .text = "1", .origin = "x.yaml:1"},
      {.row = any_row(), .path = {"b", "c"}, .text = "2", .origin = "default"},
      {.row = any_row(),
       .path = {"b", "d", "e"},
       .text = "",
       .parts = {{"value", "3 pJ"}},
       .origin = "x.yaml:4"},
      {.row = any_row(), .path = {"f"}, .text = "", .items = {"{g: 1}"}, .origin = "x.yaml:9"}};
  EXPECT_EQ(config_yaml(settings, true),
            "a: 1  # x.yaml:1\nb:\n  c: 2  # default\n  d:\n    e:  # x.yaml:4\n      value: 3 pJ\n"
            "f:  # x.yaml:9\n  - {g: 1}\n");
}

TEST(ConfigDifference, ShowsBothSidesAndCountsThem) {
  EXPECT_EQ(config_difference({{.key = "chip.clock",
                                .a = {.text = "1 GHz", .origin = "x.yaml:3"},
                                .b = {.text = "", .origin = ""}}},
                              "x.yaml", "y.yaml"),
            "chip.clock\n  a: 1 GHz  # x.yaml:3\n  b: not given\n"
            "1 key differs: a is x.yaml, b is y.yaml\n");
  EXPECT_EQ(config_difference({}, "x.yaml", "y.yaml"), "a x.yaml and b y.yaml mean the same\n");
}

}  // namespace
}  // namespace systole
