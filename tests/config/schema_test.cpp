// SPDX-License-Identifier: Apache-2.0
// Every shipped file is valid under the schema that editors use, and mistakes are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "config/reference.hpp"
#include "config/table.hpp"
#include "files.hpp"

namespace systole {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// A scalar as the core schema of YAML 1.2 types it, which is what editors do.
json scalar(const YAML::Node& node) {
  static const std::regex integer("-?(0|[1-9][0-9]*)");
  static const std::regex number("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?");
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") {
    return text;
  }
  if (text == "true" || text == "false") {
    return text == "true";
  }
  if (std::regex_match(text, integer)) {
    return std::stoull(text);
  }
  return std::regex_match(text, number) ? json(std::stod(text)) : json(text);
}

json to_json(const YAML::Node& node) {
  if (node.IsSequence()) {
    json out = json::array();
    for (const YAML::Node& item : node) {
      out.push_back(to_json(item));
    }
    return out;
  }
  if (node.IsMap()) {
    json out = json::object();
    for (const auto& entry : node) {
      out[entry.first.Scalar()] = to_json(entry.second);
    }
    return out;
  }
  return node.IsNull() ? json(nullptr) : scalar(node);
}

// The first complaints of the schema; empty if the document is valid.
std::string complaints(FileKind kind, const json& document) {
  const json schema_document = json::parse(json_schema(kind).dump());
  const valijson::adapters::NlohmannJsonAdapter schema_adapter(schema_document);
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(schema_adapter, schema);
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  valijson::ValidationResults results;
  const valijson::adapters::NlohmannJsonAdapter target(document);
  if (validator.validate(schema, target, &results)) {
    return {};
  }
  std::string out;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    for (const std::string& part : error.context) {
      out += part;
    }
    out += ": " + error.description + "\n";
  }
  return out;
}

int validate_folder(FileKind kind, const fs::path& folder) {
  int files = 0;
  if (!fs::exists(folder)) {
    return files;
  }
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") {
      EXPECT_EQ(complaints(kind, to_json(YAML::LoadFile(entry.path()))), "") << entry.path();
      ++files;
    }
  }
  return files;
}

struct Place {
  FileKind kind;
  const char* sample;
  const char* folder;
};

constexpr std::array kPlaces{Place{FileKind::chip, "chip.yaml", "configs/chips"},
                             Place{FileKind::pod, "pod.yaml", "configs/pods"},
                             Place{FileKind::run, "run.yaml", "configs/runs"},
                             Place{FileKind::sweep, "sweep.yaml", "configs/sweeps"},
                             Place{FileKind::baseline, "baseline.yaml", "configs/baselines"},
                             Place{FileKind::energy_model, "energy.yaml", "energy_models"}};

TEST(Schema, AcceptsEverySampleAndEveryShippedFile) {
  for (const Place& place : kPlaces) {
    EXPECT_EQ(complaints(place.kind, to_json(YAML::LoadFile(sample(place.sample)))), "");
    const int files = validate_folder(place.kind, fs::path(SYSTOLE_SOURCE_DIR) / place.folder);
    RecordProperty(place.folder, files);
  }
}

TEST(Schema, RefusesAnUnknownKey) {
  json chip = to_json(YAML::LoadFile(sample("chip.yaml")));
  chip["hbm"]["colour"] = "blue";
  EXPECT_NE(complaints(FileKind::chip, chip), "");
}

TEST(Schema, RefusesAQuantityWithoutItsUnit) {
  json chip = to_json(YAML::LoadFile(sample("chip.yaml")));
  chip["clock"] = 1.05;
  EXPECT_NE(complaints(FileKind::chip, chip), "");
  chip["clock"] = "1.05 ns";
  EXPECT_NE(complaints(FileKind::chip, chip), "");
}

TEST(Schema, RefusesAMissingKeyUnlessTheFileExtendsAnother) {
  json chip = to_json(YAML::LoadFile(sample("chip.yaml")));
  chip["hbm"].erase("stacks");
  EXPECT_NE(complaints(FileKind::chip, chip), "");
  chip["extends"] = "base.yaml";
  EXPECT_EQ(complaints(FileKind::chip, chip), "");
}

TEST(Schema, RefusesAPriceWithoutARangeUnlessItIsAStructuralZero) {
  json energy = to_json(YAML::LoadFile(sample("energy.yaml")));
  energy["mac"]["bf16"].erase("range");
  EXPECT_NE(complaints(FileKind::energy_model, energy), "");
  energy["mac"]["bf16"]["kind"] = "structural_zero";
  EXPECT_EQ(complaints(FileKind::energy_model, energy), "");
}

TEST(Schema, RefusesARunKeyThatASweepMisspells) {
  json sweep = to_json(YAML::LoadFile(sample("sweep.yaml")));
  sweep["grid"]["workload.bathc"] = json::array({1});
  EXPECT_NE(complaints(FileKind::sweep, sweep), "");
}

TEST(Schema, RefusesAPointOfABaselineWithoutARunAndABudgetThatIsNone) {
  const json baseline = to_json(YAML::LoadFile(sample("baseline.yaml")));
  json wrong = baseline;
  wrong["points"][0].erase("run");
  EXPECT_NE(complaints(FileKind::baseline, wrong), "");
  wrong = baseline;
  wrong["points"][1]["set"]["workload.bathc"] = 1;
  EXPECT_NE(complaints(FileKind::baseline, wrong), "");
  wrong = baseline;
  wrong["budgets"]["counts"] = "loose";
  EXPECT_NE(complaints(FileKind::baseline, wrong), "");
  wrong["budgets"]["counts"] = {{"up", "1"}};
  EXPECT_NE(complaints(FileKind::baseline, wrong), "");
}

TEST(Schema, CarriesDocsAndDefaults) {
  const auto run = json_schema(FileKind::run);
  EXPECT_EQ(run["$schema"], "https://json-schema.org/draft/2020-12/schema");
  const auto& steps = run["properties"]["workload"]["properties"]["steps"];
  EXPECT_EQ(steps["default"], 1);
  EXPECT_EQ(steps["description"], find_row(FileKind::run, "workload.steps")->doc);
  EXPECT_EQ(run["additionalProperties"], false);
}

}  // namespace
}  // namespace systole
