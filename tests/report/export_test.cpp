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

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    out.push_back(line);
  }
  return out;
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
  EXPECT_THROW(static_cast<void>(export_csv(document)), UserError);
  EXPECT_THROW(static_cast<void>(export_ndjson(document)), UserError);
  EXPECT_THROW(static_cast<void>(export_vegalite(document)), UserError);
}

}  // namespace
}  // namespace systole
