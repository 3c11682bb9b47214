// SPDX-License-Identifier: Apache-2.0
#include "report/scalesim.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "shipped.hpp"

namespace systole {
namespace {

using Row = std::vector<double>;

struct Reported {
  Result result;
  std::array<ReportFile, 3> files;
};

Reported run_reports(const std::string& name) {
  Recording recording({.slices = 1'000'000, .only = "chip0."});
  PointOptions options;
  options.recording = &recording;
  Result result = run_point(shipped("configs/runs/" + name + ".yaml"), options);
  std::array<ReportFile, 3> files = scalesim_reports(result, recording);
  return {.result = std::move(result), .files = std::move(files)};
}

std::string head(const std::string& text) { return text.substr(0, text.find('\n')); }

// Rows as SCALE-Sim writes them: commas and spaces between numbers, a comma at the end.
std::vector<Row> rows(const std::string& text) {
  std::vector<Row> out;
  std::istringstream in(text.substr(text.find('\n') + 1));
  for (std::string line; std::getline(in, line);) {
    EXPECT_TRUE(line.ends_with(",")) << line;
    Row& row = out.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) {
      row.push_back(std::stod(cell));
    }
  }
  return out;
}

std::filesystem::path samples() {
  const char* given = std::getenv("SYSTOLE_SHARED");
  const std::filesystem::path shared =
      given != nullptr ? given : std::filesystem::path(SYSTOLE_SOURCE_DIR) / ".." / "shared";
  return shared / "data" / "formats" / "scalesim";
}

TEST(Scalesim, HeadingsAreThoseOfScaleSimsOwnReports) {
  if (!std::filesystem::exists(samples())) {
    GTEST_SKIP() << "no samples of SCALE-Sim at " << samples();
  }
  for (const ReportFile& file : run_reports("tiny-decode").files) {
    std::ifstream in(samples() / file.name);
    std::string line;
    std::getline(in, line);
    EXPECT_EQ(head(file.text), line) << file.name;
  }
}

// The tiny model: qkv, three scores, three values, output, gate_up, down and lm_head.
TEST(Scalesim, EveryMatmulOfTheProgramHasARowInEachReport) {
  for (const ReportFile& file : run_reports("tiny-decode").files) {
    const std::vector<Row> found = rows(file.text);
    ASSERT_EQ(found.size(), 11U) << file.name;
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i][0], static_cast<double>(i));
    }
  }
}

// qkv: 4 x 64 x 32 in 32 tiles on two 8x8 arrays. Each takes 16 tiles in each of 2 layers, as far
// apart as the 8 cycles of a load: from load to result 8 + 15 x 8 + 4 + 14 + 3 cycles.
TEST(Scalesim, CyclesAndShareOfTheArraysFollowFromTheTiles) {
  const Reported run = run_reports("tiny-decode");
  const Row qkv = rows(run.files[0].text)[0];
  ASSERT_EQ(qkv.size(), 7U);
  EXPECT_EQ(qkv[2] - qkv[3], 2.0 * (8 + 15 * 8 + 4 + 14 + 3));
  EXPECT_EQ(qkv[5], 100.0);
  EXPECT_NEAR(qkv[6], 100.0 * 2 * 4 * 64 * 32 / (2 * 64 * (qkv[2] - qkv[3])), 1e-9);
  EXPECT_NEAR(qkv[4], 100.0 * 2 * 4 * 64 * 32 / (2 * 64 * qkv[2]), 1e-9);
}

TEST(Scalesim, StallsAndCyclesAreThoseOfTheFirstArrayInTheLedger) {
  const Reported run = run_reports("llama-3.1-8b-v5e");
  double total = 0.0;
  double stalled = 0.0;
  for (const Row& row : rows(run.files[0].text)) {
    total += row[2];
    stalled += row[3];
    EXPECT_LE(row[6], 100.0);
    EXPECT_LE(row[4], row[6] + 1e-9);
  }
  double busy_s = 0.0;
  double stalled_s = 0.0;
  for (const UnitTimes& unit : run.result.units) {
    if (unit.unit == "matrix_unit") {
      const auto each = static_cast<double>(unit.units);
      busy_s = unit.seconds[static_cast<std::size_t>(State::busy)] / each;
      for (const State state : {State::stalled_stationary, State::stalled_moving,
                                State::stalled_space, State::stalled_scratchpad}) {
        stalled_s += unit.seconds[static_cast<std::size_t>(state)] / each;
      }
    }
  }
  const double period_s = to_seconds(period(run.result.chip.clock)).count();
  EXPECT_GT(stalled, 0.0);
  // The first array works a little longer than the average one where tiles do not divide.
  EXPECT_NEAR(total - stalled, busy_s / period_s, 0.02 * busy_s / period_s);
  EXPECT_NEAR(stalled, stalled_s / period_s, 0.02 * stalled_s / period_s);
}

TEST(Scalesim, BytesOfAllRowsAreThoseThatMatmulsReadFromHbm) {
  const Reported run = run_reports("llama-3.1-70b-decode-64");
  double filters = 0.0;
  for (const Row& row : rows(run.files[2].text)) {
    ASSERT_EQ(row.size(), 19U);
    filters += row[15];
    EXPECT_LE(row[1], row[2]);
    EXPECT_LE(row[13], row[14]);
  }
  // All but the embedding's rows, which a move fetches.
  EXPECT_NEAR(filters * 64, static_cast<double>(run.result.hbm_read_bytes),
              1e-3 * static_cast<double>(run.result.hbm_read_bytes));
}

TEST(Scalesim, BandwidthIsBytesOverCycles) {
  const Reported run = run_reports("llama-3.1-70b-decode-64");
  const std::vector<Row> compute = rows(run.files[0].text);
  const std::vector<Row> bandwidth = rows(run.files[1].text);
  const std::vector<Row> accesses = rows(run.files[2].text);
  for (std::size_t i = 0; i < compute.size(); ++i) {
    ASSERT_EQ(bandwidth[i].size(), 7U);
    for (std::size_t stream = 0; stream < 6; ++stream) {
      EXPECT_NEAR(bandwidth[i][1 + stream] * compute[i][2], accesses[i][3 + 3 * stream],
                  1e-6 * accesses[i][3 + 3 * stream] + 1e-6);
    }
  }
}

}  // namespace
}  // namespace systole
