// SPDX-License-Identifier: Apache-2.0
// A result holds all that it takes to make it again.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "shipped.hpp"
#include "study/inputs.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

// As much of a result document as running it again takes.
Json document_of(const Result& result) {
  return {{"unfolded_because", result.unfolded_because},
          {"chip", Json::parse(result.chip_json)},
          {"config", Json::parse(result.config_json)}};
}

void expect_same(const Result& a, const Result& b) {
  EXPECT_EQ(a.config_hash, b.config_hash);
  EXPECT_EQ(a.inputs, b.inputs);
  EXPECT_EQ(a.elapsed, b.elapsed);
  EXPECT_EQ(a.bill.total_j.nominal, b.bill.total_j.nominal);
  EXPECT_EQ(a.bill.total_j.p95, b.bill.total_j.p95);
  EXPECT_EQ(a.folded, b.folded);
  EXPECT_EQ(a.simulated_chips, b.simulated_chips);
  EXPECT_EQ(a.chip_json, b.chip_json);
  EXPECT_EQ(a.config_json, b.config_json);
}

class Rerun : public testing::TestWithParam<PointOptions> {};

TEST_P(Rerun, GivesTheSameResultWithoutAnyFile) {
  const Result first = run_point(shipped("configs/runs/tiny-decode.yaml"), GetParam());
  expect_same(first, run_again(document_of(first)));
}

INSTANTIATE_TEST_SUITE_P(Points, Rerun,
                         testing::Values(PointOptions{}, PointOptions{.unfold = true},
                                         PointOptions{
                                             .overrides = {{"chip.matrix_unit.rows", "4"},
                                                           {"energy_model.mac.bf16", "0.3 pJ"},
                                                           {"workload.weights", "ternary"}}},
                                         PointOptions{.overrides = {{"fidelity", "analytic"},
                                                                    {"sharding.layout", "auto"}}}));

TEST(Rerun, WithOverridesIsTheRunWithThem) {
  const std::vector<Override> changes{{"workload.batch", "8"}, {"chip.clock", "500 MHz"}};
  const Result first = run_point(shipped("configs/runs/tiny-decode.yaml"));
  const Result changed =
      run_point(shipped("configs/runs/tiny-decode.yaml"), {.overrides = changes});
  ASSERT_NE(first.elapsed, changed.elapsed);
  expect_same(changed, run_again(document_of(first), changes));
}

TEST(Rerun, RefusesWhatHoldsNoConfiguration) {
  EXPECT_THROW(static_cast<void>(run_again(Json{{"config", nullptr}})), UserError);
  Json damaged = document_of(run_point(shipped("configs/runs/tiny-decode.yaml")));
  damaged["config"].erase("pod");
  EXPECT_THROW(static_cast<void>(run_again(damaged)), UserError);
}

TEST(Inputs, HashWithoutSimulatingAsTheirResultDoes) {
  const Result result = run_point(shipped("configs/runs/tiny-decode.yaml"));
  Inputs inputs = read_inputs(shipped("configs/runs/tiny-decode.yaml"), {});
  for (const auto& [role, hash] : inputs.hashes) {
    EXPECT_EQ(result.inputs.at(role), hash) << role;
  }
}

TEST(Inputs, RefuseAMemoryKeyOfAChipWithoutMemory) {
  EXPECT_THROW(static_cast<void>(read_inputs(shipped("configs/runs/llama-3.1-8b-sram-64.yaml"),
                                             {{"memory.channels", "4"}})),
               UserError);
}

}  // namespace
}  // namespace systole
