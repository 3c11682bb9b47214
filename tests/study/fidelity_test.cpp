// SPDX-License-Identifier: Apache-2.0
// The closed form against the simulation, which it knows nothing of.
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"
#include "shipped.hpp"

namespace systole {
namespace {

Result of(const std::string& run, const char* fidelity, std::vector<Override> changes = {}) {
  changes.push_back({"fidelity", fidelity});
  return run_point(
      shipped(run),
      {.overrides = std::move(changes), .energy_model = {}, .trace = {}, .unfold = false});
}

struct Case {
  std::string run;
  std::vector<Override> changes;
};

class Analytic : public testing::TestWithParam<Case> {};

TEST_P(Analytic, CountsWhatTheSimulationCountsAndTakesAboutItsTime) {
  const auto& [run, changes] = GetParam();
  const Result event = of(run, "event", changes);
  const Result analytic = of(run, "analytic", changes);
  EXPECT_EQ(analytic.fidelity, "analytic");
  // Rows opened are estimated, everything else is counted alike.
  EXPECT_NEAR(analytic.bill.dynamic_j / event.bill.dynamic_j, 1.0, 0.005);
  EXPECT_EQ(analytic.hbm_read_bytes, event.hbm_read_bytes);
  EXPECT_EQ(analytic.ici_bytes, event.ici_bytes);
  EXPECT_NEAR(analytic.seconds() / event.seconds(), 1.0, 0.03);
  EXPECT_GE(analytic.elapsed, analytic.binding().time);
}

INSTANTIATE_TEST_SUITE_P(
    ShippedRuns, Analytic,
    testing::Values(Case{"configs/runs/tiny-decode.yaml", {}},
                    Case{"configs/runs/llama-3.1-8b-v5e.yaml", {}},
                    Case{"configs/runs/llama-3.1-8b-v5e.yaml", {{"workload.batch", "32"}}},
                    Case{"configs/runs/llama-3.1-8b-sram-64.yaml", {}},
                    Case{"configs/runs/llama-3.1-8b-sram-16.yaml", {{"workload.batch", "1"}}},
                    Case{"configs/runs/llama-3.2-1b-sram-4.yaml", {}},
                    Case{"configs/runs/llama-3.1-70b-decode-64.yaml", {}},
                    Case{"configs/runs/llama-3.1-70b-decode-64.yaml", {{"workload.batch", "1"}}},
                    Case{"configs/runs/llama-3.1-70b-decode-64.yaml", {{"workload.batch", "1024"}}},
                    Case{"configs/runs/llama-3.1-70b-decode-64.yaml",
                         {{"schedule.overlap", "none"}}},
                    Case{"configs/runs/llama-3.1-70b-decode-9216.yaml", {}},
                    Case{"configs/runs/llama-3.1-70b-prefill-64.yaml", {}},
                    Case{"configs/runs/llama-3.1-70b-v5e-4x8.yaml", {}},
                    Case{"configs/runs/palm-540b-decode-64.yaml", {{"workload.steps", "2"}}},
                    Case{"configs/runs/llama-3.1-405b-decode-256.yaml", {}},
                    Case{"configs/runs/llama-3.1-405b-v5p.yaml", {}}));

}  // namespace
}  // namespace systole
