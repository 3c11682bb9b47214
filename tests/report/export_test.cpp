// SPDX-License-Identifier: Apache-2.0
#include "report/export.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "base/csv.hpp"
#include "base/error.hpp"
#include "shipped.hpp"

namespace systole {
namespace {

using testing::HasSubstr;

// The document of a run on a chip with a name that every format must keep apart from its own signs.
Json named(const std::string& chip) {
  Json document = document_of("tiny-decode");
  document["point"]["chip"] = chip;
  return document;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    out.push_back(line);
  }
  return out;
}

// Stack and weight, as flamegraph.pl reads a line: the weight is what stands behind the last space.
std::map<std::string, double> folded(const std::string& text) {
  std::map<std::string, double> out;
  for (const std::string& line : lines_of(text)) {
    const std::size_t space = line.rfind(' ');
    const std::string weight = line.substr(space + 1);
    EXPECT_EQ(weight.find_first_not_of("0123456789."), std::string::npos) << line;
    EXPECT_TRUE(out.emplace(line.substr(0, space), std::stod(weight)).second) << line;
  }
  return out;
}

double sum(const std::map<std::string, double>& stacks) {
  double total = 0.0;
  for (const auto& [stack, weight] : stacks) {
    total += weight;
  }
  return total;
}

// Nanoseconds of all units: each has the run's time in its states.
double unit_time_ns(const Json& document) {
  double units = 0.0;
  for (const Json& unit : document["units"]) {
    units += unit["units"].get<double>();
  }
  return units * document["time_s"].get<double>() * 1e9;
}

TEST(ExportFolded, PicojoulesSumToTheEnergyOfTheRun) {
  for (const char* run : {"tiny-decode", "llama-3.1-70b-decode-64"}) {
    const Json document = document_of(run);
    const double total = document["energy_j"]["nominal"].get<double>() * 1e12;
    EXPECT_NEAR(sum(folded(export_folded(document, FlameWeight::energy))), total, 1e-9 * total);
  }
}

TEST(ExportFolded, FramesAreChipBlockOperationComponentAction) {
  const auto stacks = folded(export_folded(document_of("tiny-decode"), FlameWeight::energy));
  // qkv on one chip: 4 x 64 x 32 products in each of 2 layers on 4 chips, 0.65 pJ each (n7).
  EXPECT_NEAR(stacks.at("tiny x 4;layer;qkv;matrix_unit;mac_bf16"), 4 * 64 * 32 * 2 * 4 * 0.65,
              1e-6);
  EXPECT_TRUE(stacks.contains("tiny x 4;static;chip;leakage"));
}

TEST(ExportFolded, NanosecondsSumToTheElapsedTimeOfEveryUnit) {
  const Json document = document_of("tiny-decode");
  const auto stacks = folded(export_folded(document, FlameWeight::time));
  EXPECT_NEAR(sum(stacks), unit_time_ns(document), 1e-9 * unit_time_ns(document));
  EXPECT_TRUE(stacks.contains("tiny x 4;matrix_unit;busy"));
}

TEST(ExportFolded, ANameWithSemicolonsAndLinesIsOneFrame) {
  const std::string text = export_folded(named("a;b\nc"), FlameWeight::energy);
  EXPECT_TRUE(text.starts_with("a_b_c x 4;layer;qkv;"));
}

// Smaller than any weight that is printed without an exponent by itself.
TEST(ExportFolded, WeightsHaveNoExponent) {
  Json document = document_of("tiny-decode");
  document["ledger"][0]["energy_j"] = 1.25e-21;
  document["ledger"][1]["energy_j"] = 1.5e10;
  const auto stacks = folded(export_folded(document, FlameWeight::energy));
  EXPECT_DOUBLE_EQ(stacks.at("tiny x 4;layer;qkv;matrix_unit;mac_bf16"), 1.25e-9);
  EXPECT_DOUBLE_EQ(stacks.at("tiny x 4;layer;qkv;matrix_unit;weight_shift_bit"), 1.5e22);
}

TEST(ExportSpeedscope, BothProfilesSumToTheirTotalsAndNameTheirFrames) {
  const Json document = document_of("tiny-decode");
  const Json scope = Json::parse(export_speedscope(document));
  EXPECT_EQ(scope["$schema"], "https://www.speedscope.app/file-format-schema.json");
  const double energy = document["energy_j"]["nominal"].get<double>() * 1e12;
  const std::array totals{energy, unit_time_ns(document)};
  ASSERT_EQ(scope["profiles"].size(), 2);
  for (std::size_t p = 0; p < 2; ++p) {
    const Json& profile = scope["profiles"][p];
    EXPECT_EQ(profile["type"], "sampled");
    ASSERT_EQ(profile["samples"].size(), profile["weights"].size());
    double total = 0.0;
    for (const Json& weight : profile["weights"]) {
      total += weight.get<double>();
    }
    EXPECT_NEAR(total, totals[p], 1e-9 * totals[p]);
    EXPECT_DOUBLE_EQ(profile["endValue"].get<double>(), total);
    for (const Json& sample : profile["samples"]) {
      for (const Json& frame : sample) {
        EXPECT_LT(frame.get<std::size_t>(), scope["shared"]["frames"].size());
      }
    }
  }
  EXPECT_EQ(scope["profiles"][0]["unit"], "none");
  EXPECT_EQ(scope["profiles"][1]["unit"], "nanoseconds");
  const Json first = scope["profiles"][0]["samples"][0];
  EXPECT_EQ(scope["shared"]["frames"][first[4].get<std::size_t>()]["name"], "mac_bf16");
}

TEST(ExportRows, CsvAndNdjsonHoldTheSameValues) {
  const Json document = document_of("tiny-decode");
  const std::vector<std::string> csv = lines_of(export_csv(document));
  const std::vector<std::string> ndjson = lines_of(export_ndjson(document));
  ASSERT_EQ(csv.size(), ndjson.size() + 1);
  const std::vector<std::string> head = csv_fields(csv[0]).value();
  for (std::size_t i = 0; i < ndjson.size(); ++i) {
    const Json row = Json::parse(ndjson[i]);
    const std::vector<std::string> fields = csv_fields(csv[i + 1]).value();
    ASSERT_EQ(fields.size(), head.size());
    for (std::size_t c = 0; c < head.size(); ++c) {
      const Json& value = row.at(head[c]);
      EXPECT_EQ(fields[c], value.is_null()     ? ""
                           : value.is_string() ? value.get<std::string>()
                                               : value.dump());
    }
  }
}

TEST(ExportRows, LedgerRowsHoldEveryLineOfTheDocumentWithItsUnit) {
  const Json document = document_of("tiny-decode");
  double energy = 0.0;
  double priced = 0.0;
  double count = 0.0;
  std::size_t counts = 0;
  for (const std::string& line : lines_of(export_ndjson(document))) {
    const Json row = Json::parse(line);
    EXPECT_FALSE(row["unit"].get<std::string>().empty()) << line;
    if (row["table"] == "ledger" && row["metric"] == "energy") {
      EXPECT_EQ(row["unit"], "J");
      energy += row["value"].get<double>();
    }
    if (row["table"] == "ledger" && row["metric"] == "count") {
      count = row["value"].get<double>();
    } else if (row["table"] == "ledger" && row["metric"] == "price") {
      EXPECT_EQ(row["unit"], "pJ");
      priced += count * row["value"].get<double>() * 1e-12;  // Of the line whose count came before.
    }
    counts += row["table"] == "ledger" && row["metric"] == "count" ? 1 : 0;
  }
  EXPECT_EQ(counts, document["ledger"].size());
  const double total = document["energy_j"]["nominal"].get<double>();
  EXPECT_NEAR(energy, total, 1e-9 * total);
  EXPECT_NEAR(priced, total, 1e-9 * total);
}

TEST(ExportRows, MetricsAreTheNumbersOfTheDocumentUnderTheirPaths) {
  const Json document = document_of("tiny-decode");
  std::map<std::string, Json> metrics;
  for (const std::string& line : lines_of(export_ndjson(document))) {
    const Json row = Json::parse(line);
    if (row["table"] == "metrics") {
      EXPECT_TRUE(metrics.emplace(row["metric"], row).second) << line;
    }
  }
  EXPECT_EQ(metrics.at("time_s")["value"], document["time_s"]);
  EXPECT_EQ(metrics.at("energy_j.p95")["value"], document["energy_j"]["p95"]);
  EXPECT_EQ(metrics.at("bytes.ici")["value"], document["bytes"]["ici"]);
  EXPECT_EQ(metrics.at("bytes.ici")["unit"], "B");
  EXPECT_EQ(metrics.at("bound.time_s")["unit"], "s");
}

TEST(ExportVegaLite, EachBarHoldsTheEnergyOfItsBlockAndOneHoldsAll) {
  const Json document = document_of("tiny-decode");
  const Json spec = Json::parse(export_vegalite(document));
  std::map<std::string, double> bars;
  for (const Json& value : spec["data"]["values"]) {
    bars[value["bar"]] += value["energy_j"].get<double>();
  }
  std::map<std::string, double> blocks;
  for (const Json& line : document["ledger"]) {
    const std::string operation = line["operation"];
    blocks[operation.substr(0, operation.find('.'))] += line["energy_j"].get<double>();
  }
  const double total = document["energy_j"]["nominal"].get<double>();
  EXPECT_NEAR(bars.at("whole run"), total, 1e-9 * total);
  for (const auto& [block, energy] : blocks) {
    EXPECT_NEAR(bars.at(block), energy, 1e-9 * energy);
  }
  EXPECT_EQ(bars.size(), blocks.size() + 1);
  EXPECT_EQ(spec["encoding"]["x"]["stack"], "normalize");
}

TEST(Export, WhatIsNoResultIsSaidToBeNone) {
  try {
    static_cast<void>(export_csv(Json{{"schema", "systole.sweep/1"}}));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("its schema is 'systole.sweep/1'"));
  }
}

TEST(Export, ADamagedLineIsAUserErrorInEveryForm) {
  Json document = document_of("tiny-decode");
  document["ledger"][3].erase("energy_j");
  EXPECT_THROW(static_cast<void>(export_folded(document, FlameWeight::energy)), UserError);
  EXPECT_THROW(static_cast<void>(export_speedscope(document)), UserError);
  EXPECT_THROW(static_cast<void>(export_csv(document)), UserError);
  EXPECT_THROW(static_cast<void>(export_ndjson(document)), UserError);
  EXPECT_THROW(static_cast<void>(export_vegalite(document)), UserError);
}

}  // namespace
}  // namespace systole
