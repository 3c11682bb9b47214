// SPDX-License-Identifier: Apache-2.0
#include "report/flame.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <sstream>

#include "base/error.hpp"
#include "shipped.hpp"

namespace systole {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    out.push_back(line);
  }
  return out;
}

// Stack and weight, as flamegraph.pl reads a line: the weight is what stands behind the last space.
std::map<std::string, double> stacks_of(const std::string& text) {
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

TEST(Folded, PicojoulesSumToTheEnergyOfTheRun) {
  for (const char* run : {"tiny-decode", "llama-3.1-70b-decode-64"}) {
    const Json document = document_of(run);
    const double total = document["energy_j"]["nominal"].get<double>() * 1e12;
    EXPECT_NEAR(sum(stacks_of(folded(energy_flame(document)))), total, 1e-9 * total);
  }
}

TEST(Folded, FramesAreChipBlockOperationComponentAction) {
  const auto stacks = stacks_of(folded(energy_flame(document_of("tiny-decode"))));
  // qkv on one chip: 4 x 64 x 32 products in each of 2 layers on 4 chips, 0.65 pJ each (n7).
  EXPECT_NEAR(stacks.at("tiny x 4;layer;qkv;matrix_unit;mac_bf16"), 4 * 64 * 32 * 2 * 4 * 0.65,
              1e-6);
  EXPECT_TRUE(stacks.contains("tiny x 4;static;chip;leakage"));
}

TEST(Folded, NanosecondsSumToTheElapsedTimeOfEveryUnit) {
  const Json document = document_of("tiny-decode");
  const auto stacks = stacks_of(folded(time_flame(document)));
  EXPECT_NEAR(sum(stacks), unit_time_ns(document), 1e-9 * unit_time_ns(document));
  EXPECT_TRUE(stacks.contains("tiny x 4;matrix_unit;busy"));
}

TEST(Folded, ANameWithSemicolonsAndLinesIsOneFrame) {
  Json document = document_of("tiny-decode");
  document["point"]["chip"] = "a;b\nc";
  const std::string text = folded(energy_flame(document));
  EXPECT_TRUE(text.starts_with("a_b_c x 4;layer;qkv;"));
}

// Smaller than any weight that is printed without an exponent by itself.
TEST(Folded, WeightsHaveNoExponent) {
  Json document = document_of("tiny-decode");
  document["ledger"][0]["energy_j"] = 1.25e-21;
  document["ledger"][1]["energy_j"] = 1.5e10;
  const auto stacks = stacks_of(folded(energy_flame(document)));
  EXPECT_DOUBLE_EQ(stacks.at("tiny x 4;layer;qkv;matrix_unit;mac_bf16"), 1.25e-9);
  EXPECT_DOUBLE_EQ(stacks.at("tiny x 4;layer;qkv;matrix_unit;weight_shift_bit"), 1.5e22);
}

TEST(Speedscope, BothProfilesSumToTheirTotalsAndNameTheirFrames) {
  const Json document = document_of("tiny-decode");
  const Json scope =
      Json::parse(speedscope(document, energy_flame(document), time_flame(document)));
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

// By the recording: of each unit of each chip, DMA engines one by one.
TEST(TimeFlame, OfARecordedRunHasTheTimeOfEveryUnitByOperation) {
  Recording recording;
  PointOptions options;
  options.recording = &recording;
  const Result result = run_point(shipped("configs/runs/tiny-decode.yaml"), options);
  const auto stacks = stacks_of(folded(time_flame(to_json(result), recording)));
  const double each = result.seconds() * 1e9;
  const double units = 4.0 * static_cast<double>(recording.tracks().size());
  EXPECT_NEAR(sum(stacks), units * each, 1e-9 * units * each);
  // 149 cycles of 1 ns in each of 2 layers on 4 chips (scalesim_test.cpp counts them).
  EXPECT_NEAR(stacks.at("tiny x 4;layer;qkv;matrix_unit0;busy"), 149.0 * 2 * 4, 1e-6);
  EXPECT_TRUE(stacks.contains("tiny x 4;idle;hbm"));
}

TEST(Folded, ADamagedLineIsAUserError) {
  Json document = document_of("tiny-decode");
  document["ledger"][3].erase("energy_j");
  EXPECT_THROW(static_cast<void>(energy_flame(document)), UserError);
  document["units"][0].erase("seconds");
  EXPECT_THROW(static_cast<void>(time_flame(document)), UserError);
}

}  // namespace
}  // namespace systole
