// SPDX-License-Identifier: Apache-2.0
#include "study/gemm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "base/error.hpp"
#include "config/read.hpp"
#include "shipped.hpp"
#include "study/measure.hpp"

namespace systole {
namespace {

// A 128x128 array with one load row a clock, edge_cycles 3 and one product a clock and element.
GemmOptions on_v4(std::uint64_t m, std::uint64_t n, std::uint64_t k) {
  GemmOptions options;
  options.m = m;
  options.n = n;
  options.k = k;
  options.chip = shipped("configs/chips/tpu_v4.yaml");
  options.energy_model = shipped("energy_models/n7.yaml");
  return options;
}

std::uint64_t tiles(std::uint64_t whole, std::uint64_t part) { return (whole + part - 1) / part; }

// DESIGN 5.1, as SCALE-Sim counts.
std::uint64_t serial_cycles(Dataflow dataflow, const GemmOptions& g) {
  const std::uint64_t r = *g.rows;
  const std::uint64_t c = *g.columns;
  switch (dataflow) {
    case Dataflow::weight_stationary: return (2 * r + c + g.m - 2) * tiles(g.k, r) * tiles(g.n, c);
    case Dataflow::output_stationary: return (g.k + r + c - 2) * tiles(g.m, r) * tiles(g.n, c);
    case Dataflow::input_stationary: return (2 * r + c + g.n - 2) * tiles(g.k, r) * tiles(g.m, c);
  }
  return 0;
}

// The timing contract of the RTL: t(0) = R, t(i+1) = t(i) + max(M, R); the result of the vector
// presented at e is sampled at e + R + C + 1, which is the last cycle.
std::uint64_t double_buffered_cycles(const GemmOptions& g) {
  const std::uint64_t r = *g.rows;
  const std::uint64_t c = *g.columns;
  std::uint64_t t = r;
  for (std::uint64_t tile = 1; tile < tiles(g.k, r) * tiles(g.n, c); ++tile) {
    t += std::max(g.m, r);
  }
  const std::uint64_t last_vector = t + g.m - 1;
  return last_vector + r + c + 1 + 1;
}

class Shapes {
 public:
  GemmOptions next() {
    GemmOptions options = on_v4(extent_(random_), extent_(random_), extent_(random_));
    options.rows = side_(random_);
    options.columns = side_(random_);
    return options;
  }

 private:
  std::mt19937_64 random_{20240607};
  std::uniform_int_distribution<std::uint64_t> extent_{1, 5000};
  std::uniform_int_distribution<std::uint32_t> side_{8, 256};
};

std::string shape_text(const GemmOptions& g) {
  return fmt::format("M {} N {} K {} on {}x{}", g.m, g.n, g.k, *g.rows, *g.columns);
}

// Runs shapes without reading files again for each of them.
class Bench {
 public:
  std::uint64_t cycles(const GemmOptions& options) {
    MatrixUnitConfig& unit = pod_.chip.matrix_unit;
    unit.rows = *options.rows;
    unit.columns = *options.columns;
    unit.dataflow = *options.dataflow;
    unit.preload = *options.preload;
    return measure(pod_, gemm_trace(options, pod_), energy_,
                   {.uncertainty = {.samples = 1, .seed = 1}})
        .cycles.count();
  }

 private:
  static PodConfig one_array() {
    PodConfig pod{.name = "bench",
                  .chip = read_chip(shipped("configs/chips/tpu_v4.yaml")),
                  .axes = {{.length = 1, .wraps = false}},
                  .hash = "bench"};
    pod.chip.matrix_unit.count = 1;
    return pod;
  }

  PodConfig pod_ = one_array();
  EnergyModel energy_ = read_energy_model(shipped("energy_models/n7.yaml"));
};

TEST(Gemm, TakesTheCyclesOfTheThreeSerialFormulas) {
  Shapes shapes;
  Bench bench;
  for (int i = 0; i < 3000; ++i) {
    GemmOptions options = shapes.next();
    const auto dataflow = static_cast<Dataflow>(i % 3);
    options.dataflow = dataflow;
    options.preload = Preload::serial;
    ASSERT_EQ(bench.cycles(options), serial_cycles(dataflow, options))
        << shape_text(options) << " dataflow " << i % 3;
  }
}

TEST(Gemm, TakesTheCyclesOfTheDoubleBufferedRecurrence) {
  Shapes shapes;
  Bench bench;
  for (int i = 0; i < 2000; ++i) {
    GemmOptions options = shapes.next();
    options.dataflow = Dataflow::weight_stationary;
    options.preload = Preload::double_buffered;
    ASSERT_EQ(bench.cycles(options), double_buffered_cycles(options)) << shape_text(options);
  }
}

TEST(Gemm, TakesArrayDataflowAndPreloadFromItsOptions) {
  Shapes shapes;
  for (int i = 0; i < 60; ++i) {
    GemmOptions options = shapes.next();
    const auto dataflow = static_cast<Dataflow>(i % 3);
    options.dataflow = dataflow;
    options.preload = Preload::serial;
    ASSERT_EQ(run_gemm(options).cycles.count(), serial_cycles(dataflow, options))
        << shape_text(options) << " dataflow " << i % 3;
  }
}

// 64 x 256 x 512 on 32x16, by hand: output stationary 2 x 16 tiles of 512 + 32 + 16 - 2 = 558
// cycles.
TEST(Gemm, OfOneHandCountedShapeTakes17856Cycles) {
  GemmOptions options = on_v4(64, 256, 512);
  options.rows = 32;
  options.columns = 16;
  options.dataflow = Dataflow::output_stationary;
  options.preload = Preload::serial;
  const Result result = run_gemm(options);
  EXPECT_EQ(result.cycles.count(), 17856U);
  EXPECT_EQ(result.macs[static_cast<std::size_t>(Multiplier::bf16)], 64U * 256U * 512U);
}

// A chip that loads 8 rows a clock needs 128 / 8 = 16 cycles for a tile, not 128.
TEST(Gemm, LoadsAsWideAsTheChipSays) {
  GemmOptions options = on_v4(100, 128, 128);
  options.chip = shipped("configs/chips/sram_only.yaml");
  options.preload = Preload::serial;
  EXPECT_EQ(run_gemm(options).cycles.count(), 16U + 128U + 128U + 100U - 2U);
}

TEST(Gemm, OfAnArrayLowerThanTheLoadWidthLoadsInOneCycle) {
  GemmOptions options = on_v4(100, 4, 4);
  options.chip = shipped("configs/chips/sram_only.yaml");
  options.rows = 4;
  options.columns = 4;
  options.preload = Preload::serial;
  EXPECT_EQ(run_gemm(options).cycles.count(), 1U + 4U + 4U + 100U - 2U);
}

TEST(Gemm, TakesTheSameCyclesUnderAnyEnergyModel) {
  GemmOptions options = on_v4(300, 500, 700);
  options.hbm = true;
  const Result n7 = run_gemm(options);
  options.energy_model = shipped("energy_models/interview.yaml");
  const Result interview = run_gemm(options);
  EXPECT_EQ(n7.elapsed, interview.elapsed);
  EXPECT_NE(n7.bill.total_j.nominal, interview.bill.total_j.nominal);
}

// 2048 x 2048 bf16 weights, as many activations and results: 8 MiB each. All operands are read and
// the result is written once; blocks end on burst boundaries.
TEST(Gemm, InMemoryMovesEachOperandOnce) {
  GemmOptions options = on_v4(2048, 2048, 2048);
  options.hbm = true;
  const Result result = run_gemm(options);
  EXPECT_EQ(result.hbm_read_bytes, 2U * 2048 * 2048 * 2);
  EXPECT_EQ(result.hbm_write_bytes, 1U * 2048 * 2048 * 2);
}

TEST(Gemm, InMemoryTakesTheKernelStartAndTheFirstFetchLonger) {
  GemmOptions options = on_v4(512, 512, 512);
  const Result array = run_gemm(options);
  options.hbm = true;
  const Result memory = run_gemm(options);
  const Femtoseconds kernel_start = to_femtoseconds(Seconds{0.75e-6});  // Of tpu_v4.
  EXPECT_GT(memory.elapsed, array.elapsed + kernel_start);
}

TEST(Gemm, WithoutAMultiplierForItsTypesIsRefused) {
  const std::filesystem::path chip = std::filesystem::path(testing::TempDir()) / "no_fp8.yaml";
  std::ofstream(chip) << "extends: " << shipped("configs/chips/tpu_v4.yaml")
                      << "\nmatrix_unit: {macs_per_pe: {fp8: 0}}\n";
  GemmOptions options = on_v4(16, 16, 16);
  options.chip = chip.string();
  EXPECT_NO_THROW((void)run_gemm(options));
  options.weights = DataType::fp8_e4m3;
  options.activations = DataType::fp8_e4m3;
  try {
    (void)run_gemm(options);
    FAIL() << "an fp8 gemm ran without an fp8 multiplier";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("no fp8 multiplier"));
  }
}

TEST(Gemm, RefusesAnEmptyShape) { EXPECT_THROW((void)run_gemm(on_v4(0, 1, 1)), UserError); }

TEST(Gemm, RefusesMoreProductsThanCanBeCounted) {
  EXPECT_THROW((void)run_gemm(on_v4(1U << 31, 1U << 31, 4)), UserError);
}

TEST(Gemm, RefusesARunBeyondTheSimulatorsClock) {
  EXPECT_THROW((void)run_gemm(on_v4(1U << 20, 1U << 20, 1U << 20)), UserError);
}

TEST(Gemm, ThatDoesNotFitInMemoryIsRefused) {
  GemmOptions options = on_v4(1, 200'000, 200'000);  // 80 GB of bf16 weights.
  options.hbm = true;
  EXPECT_THROW((void)run_gemm(options), DoesNotFit);
}

}  // namespace
}  // namespace systole
