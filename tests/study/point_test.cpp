// SPDX-License-Identifier: Apache-2.0
#include "study/point.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "base/error.hpp"
#include "shipped.hpp"

namespace systole {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kTiny = shipped("configs/runs/tiny-decode.yaml");

std::string temporary(const std::string& name, const std::string& text) {
  const std::string path = (std::filesystem::path(testing::TempDir()) / name).string();
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

std::string error_of(const std::string& file, const PointOptions& options) {
  try {
    (void)run_point(file, options);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

PointOptions with(std::vector<Override> overrides) {
  PointOptions options;
  options.overrides = std::move(overrides);
  return options;
}

TEST(Point, KnowsWhatItWasAsked) {
  const Result result = run_point(kTiny);
  EXPECT_EQ(result.command, "run");
  EXPECT_EQ(result.fidelity, "event");
  EXPECT_EQ(result.chips, 4U);
  EXPECT_TRUE(result.folded);
  EXPECT_EQ(result.simulated_chips, 1U);
  EXPECT_EQ(result.output_tokens, 4U);  // Batch 4, one step.
  EXPECT_EQ(result.tokens_per_user, 1U);
  EXPECT_EQ(result.energy_model, "n7");
}

TEST(Point, StatesOfEveryKindOfUnitAddUpToItsTime) {
  const Result result = run_point(kTiny);
  ASSERT_FALSE(result.units.empty());
  for (const UnitTimes& unit : result.units) {
    double sum = 0.0;
    for (const double seconds : unit.seconds) {
      sum += seconds;
    }
    const double whole = result.seconds() * static_cast<double>(unit.units);
    EXPECT_NEAR(sum, whole, 1e-12 * whole) << unit.unit;
  }
}

// 64 chips of tpu_v4: 8 arrays each, and on three wrapped axes 6 links out of each.
TEST(Point, KnowsEveryUnitOfThePod) {
  const Result result = run_point(shipped("configs/runs/llama-3.1-70b-decode-64.yaml"));
  std::map<std::string, std::uint64_t> units;
  for (const UnitTimes& unit : result.units) {
    units[unit.unit] = unit.units;
  }
  const std::map<std::string, std::uint64_t> wanted{
      {"matrix_unit", 512},   {"vector_unit", 64}, {"sequencer", 64},
      {"stationary_dma", 64}, {"dma", 64},         {"hbm", 64},
      {"far_sram", 64},       {"ici_port", 64},    {"link", 384}};
  EXPECT_EQ(units, wanted);
}

TEST(Point, RunsTheSameFromTheTraceThatLowerWrites) {
  PointOptions options;
  options.trace = temporary("tiny.trace", lower_point(kTiny, {}));
  const Result lowered = run_point(kTiny);
  const Result given = run_point(kTiny, options);
  EXPECT_EQ(given.elapsed, lowered.elapsed);
  EXPECT_EQ(given.inputs, lowered.inputs);
  EXPECT_EQ(given.config_hash, lowered.config_hash);
}

TEST(Point, HashesEveryInputApart) {
  const Result base = run_point(kTiny);
  const Result batch = run_point(kTiny, with({{"workload.batch", "8"}}));
  EXPECT_NE(base.config_hash, batch.config_hash);
  EXPECT_NE(base.inputs.at("run"), batch.inputs.at("run"));
  EXPECT_NE(base.inputs.at("trace"), batch.inputs.at("trace"));
  EXPECT_EQ(base.inputs.at("pod"), batch.inputs.at("pod"));
  EXPECT_EQ(base.inputs.at("energy_model"), batch.inputs.at("energy_model"));

  PointOptions options;
  options.energy_model = shipped("energy_models/n3.yaml");
  const Result n3 = run_point(kTiny, options);
  EXPECT_NE(base.config_hash, n3.config_hash);
  EXPECT_EQ(base.inputs.at("trace"), n3.inputs.at("trace"));
}

TEST(Point, SaysHowManyChipsTheShardingWantsAndHowManyThereAre) {
  EXPECT_THAT(error_of(kTiny, with({{"sharding.tensor", "2"}})),
              AllOf(HasSubstr("tensor 2 x data 1 is 2 chips"), HasSubstr("has 4")));
}

TEST(Point, RefusesATraceOfAnotherPodAtItsLine) {
  PointOptions options;
  options.trace = temporary("other-pod.trace",
                            lower_point(kTiny, {{"pod", shipped("configs/pods/tiny_4x4.yaml")},
                                                {"sharding.tensor", "16"}}));
  EXPECT_THAT(error_of(kTiny, options),
              AllOf(HasSubstr("lowered for another pod"), HasSubstr("other-pod.trace:2:5")));
}

TEST(Point, RefusesATraceOfAnotherSharding) {
  PointOptions options;
  options.trace = temporary("other-sharding.trace",
                            lower_point(kTiny, {{"sharding.tensor", "2"}, {"sharding.data", "2"}}));
  EXPECT_THAT(error_of(kTiny, options),
              AllOf(HasSubstr("the trace has tensor 2"), HasSubstr("the run has 4"),
                    HasSubstr("the trace has data 2"), HasSubstr("2 errors")));
}

TEST(Point, RefusesATraceOfAnotherPhaseOrNumberOfTokens) {
  PointOptions options;
  options.trace =
      temporary("prefill.trace",
                lower_point(kTiny, {{"workload.phase", "prefill"}, {"workload.batch", "8"}}));
  EXPECT_THAT(error_of(kTiny, options),
              AllOf(HasSubstr("the trace has output_tokens 8"), HasSubstr("the run has 4"),
                    HasSubstr("the trace has causal half"), HasSubstr("the run has none")));
}

TEST(Point, RefusesAModelThatDoesNotFit) {
  EXPECT_THROW(
      (void)run_point(kTiny,
                      with({{"workload.model", shipped("workloads/models/llama-3.1-70b.json")}})),
      DoesNotFit);
}

TEST(Point, OfAPrefillCountsOneOutputTokenForEachSequence) {
  const Result result =
      run_point(kTiny, with({{"workload.phase", "prefill"}, {"workload.prompt", "16"}}));
  EXPECT_EQ(result.output_tokens, 4U);
  EXPECT_EQ(result.tokens_per_user, std::nullopt);
  EXPECT_EQ(result.causal, "half");
}

// tpu_v4: 1200 GB/s of HBM a chip, 6 links of 45 GB/s, 8 arrays of 128 x 128.
TEST(Point, MeasuresUseAgainstWhatThePodCouldDo) {
  const Result result = run_point(shipped("configs/runs/llama-3.1-70b-decode-64.yaml"));
  const double t = result.seconds();
  const auto hbm = static_cast<double>(result.hbm_read_bytes + result.hbm_write_bytes);
  EXPECT_DOUBLE_EQ(result.hbm_utilisation, hbm / (64 * 1200e9 * t));
  EXPECT_DOUBLE_EQ(result.ici_utilisation,
                   static_cast<double>(result.ici_bytes) / (64 * 6 * 45e9 * t));
  const double products =
      static_cast<double>(result.macs[0]);  // 64 divides this model: no padding.
  EXPECT_NEAR(result.matrix_unit_utilisation, products / (64 * 8 * 128 * 128 * 1.05e9 * t), 0.002);
}

TEST(Point, UsesNoUnitBeyondWhatItCanDo) {
  const Result result = run_point(shipped("configs/runs/llama-3.1-70b-decode-64.yaml"));
  for (const double share : {result.matrix_unit_utilisation, result.vector_unit_utilisation,
                             result.hbm_utilisation, result.ici_utilisation}) {
    EXPECT_GT(share, 0.0);
    EXPECT_LE(share, 1.0);
  }
  EXPECT_LE(result.binding().time, result.elapsed);
  EXPECT_LE(result.bound_energy_j, result.bill.total_j.nominal);
}

}  // namespace
}  // namespace systole
