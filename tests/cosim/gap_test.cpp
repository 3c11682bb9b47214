// SPDX-License-Identifier: Apache-2.0
// Passes behind each other, counted at the pins of the RTL against the formulas of rtl/README.md.
#include <gtest/gtest.h>

#include <algorithm>

#include "cosim/driver.hpp"
#include "cosim/elements.hpp"
#include "units.hpp"

namespace systole::cosim {
namespace {

using model::ArrayConfig;

constexpr std::size_t kPasses = 30;

struct Seen {
  std::vector<std::uint64_t> first;    // Cycle of each pass's first row.
  std::vector<std::uint64_t> results;  // Cycle of each result.
};

// Passes of `stream` rows (output stationary: of that depth), as fast as the unit takes them.
Seen run(const RtlVariant& variant, std::uint32_t stream) {
  const ArrayConfig& config = variant.config;
  const bool is_output_stationary = config.dataflow == Dataflow::output_stationary;
  const model::Row weights = zero_row(config.columns, weight_bits(config));
  const model::Row activations = zero_row(config.rows, activation_bits(config));
  const Pass pass{.weights = {is_output_stationary ? stream : config.rows, weights},
                  .activations = {stream, activations},
                  .scales = {},
                  .flags = {.sum_start = true,
                            .sum_end = true,
                            .scaled = false,
                            .result_start = true,
                            .result_end = true}};
  ListedPasses passes(std::vector<Pass>(kPasses, pass));
  Driver driver(config, passes, {.seed = 1, .bubbles = false, .resets = false});
  const auto unit = variant.make(1);
  const std::size_t results = kPasses * (is_output_stationary ? config.rows : stream);
  Seen seen;
  for (std::uint64_t cycle = 0; seen.results.size() < results && cycle < 100'000; ++cycle) {
    const model::UnitInputs& in = driver.inputs();
    const model::UnitOutputs& out = unit->settle(in);
    if (!in.reset && in.activations_valid && out.activations_ready && in.first) {
      seen.first.push_back(cycle);
    }
    if (!in.reset && out.results_valid) {
      seen.results.push_back(cycle);
    }
    unit->clock();
    driver.clock(out);
  }
  return seen;
}

std::vector<std::uint64_t> gaps(const std::vector<std::uint64_t>& cycles) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 1; i < cycles.size(); ++i) {
    out.push_back(cycles[i] - cycles[i - 1]);
  }
  return out;
}

// Arrays whose queue is long enough for a steady stream, without the large ones.
std::vector<RtlVariant> steady(Dataflow dataflow, Preload preload) {
  std::vector<RtlVariant> out = rtl_variants();
  std::erase_if(out, [&](const RtlVariant& v) {
    return v.config.dataflow != dataflow || v.config.preload != preload || is_large(v.config) ||
           v.config.result_slots < (v.config.rows + 1) * v.config.latency + v.config.columns + 1;
  });
  return out;
}

class Gap : public testing::Test {
 protected:
  void SetUp() override {
    if (rtl_variants().empty()) {
      GTEST_SKIP() << kNoRtl;
    }
  }
};

TEST_F(Gap, OfDoubleBufferedPassesIsTheLongerOfStreamAndTile) {
  for (const RtlVariant& variant : steady(Dataflow::weight_stationary, Preload::double_buffered)) {
    const std::uint32_t rows = variant.config.rows;
    for (const std::uint32_t stream :
         {1U, std::max(rows - 1, 1U), rows, rows + 1, variant.config.accumulator_rows}) {
      const Seen seen = run(variant, stream);
      EXPECT_EQ(gaps(seen.first), std::vector<std::uint64_t>(kPasses - 1, std::max(stream, rows)))
          << variant.name << ", M = " << stream;
    }
  }
}

TEST_F(Gap, OfTheResultsOfDoubleBufferedPassesIsOneCycleWhereTheStreamIsAsLongAsTheTile) {
  for (const RtlVariant& variant : steady(Dataflow::weight_stationary, Preload::double_buffered)) {
    for (const std::uint32_t stream : {variant.config.rows, variant.config.accumulator_rows}) {
      if (stream < variant.config.rows) {
        continue;
      }
      const Seen seen = run(variant, stream);
      EXPECT_EQ(gaps(seen.results), std::vector<std::uint64_t>(kPasses * stream - 1, 1))
          << variant.name << ", M = " << stream;
    }
  }
}

// 2R + C + M - 2 for L = 1.
TEST_F(Gap, OfSerialPassesIsLoadStreamAndDrain) {
  for (const RtlVariant& variant : steady(Dataflow::weight_stationary, Preload::serial)) {
    const std::uint64_t r = variant.config.rows;
    const std::uint64_t c = variant.config.columns;
    const std::uint64_t drain = (r + 1) * variant.config.latency + c - 3;
    for (const std::uint32_t m : {1U, variant.config.rows, variant.config.accumulator_rows}) {
      EXPECT_EQ(gaps(run(variant, m).first), std::vector<std::uint64_t>(kPasses - 1, r + m + drain))
          << variant.name << ", M = " << m;
    }
  }
}

TEST_F(Gap, OfOutputStationaryTilesIsTheLongerOfDepthAndRows) {
  for (const RtlVariant& variant : steady(Dataflow::output_stationary, Preload::double_buffered)) {
    const std::uint32_t rows = variant.config.rows;
    // A shorter tile's first step enters early; its last one waits for the columns' buses.
    for (const std::uint32_t depth : {rows, rows + 1, 3 * rows}) {
      EXPECT_EQ(gaps(run(variant, depth).first), std::vector<std::uint64_t>(kPasses - 1, depth))
          << variant.name << ", K = " << depth;
    }
    EXPECT_EQ(gaps(run(variant, 1).first), std::vector<std::uint64_t>(kPasses - 1, rows))
        << variant.name;
    EXPECT_EQ(gaps(run(variant, rows).results), std::vector<std::uint64_t>(kPasses * rows - 1, 1))
        << variant.name;
  }
}

TEST_F(Gap, OfSerialOutputStationaryTilesIsStreamAndDrain) {
  for (const RtlVariant& variant : steady(Dataflow::output_stationary, Preload::serial)) {
    const std::uint64_t r = variant.config.rows;
    const std::uint64_t c = variant.config.columns;
    for (const std::uint32_t k : {1U, variant.config.rows, 3 * variant.config.rows}) {
      EXPECT_EQ(gaps(run(variant, k).first), std::vector<std::uint64_t>(kPasses - 1, k + r + c - 2))
          << variant.name << ", K = " << k;
    }
  }
}

}  // namespace
}  // namespace systole::cosim
