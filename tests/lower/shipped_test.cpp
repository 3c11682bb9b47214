// SPDX-License-Identifier: Apache-2.0
// Every shipped run, from its files to a verified trace.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "config/read.hpp"
#include "lower/lower.hpp"
#include "machines.hpp"
#include "trace/text.hpp"
#include "trace/verify.hpp"

namespace systole {
namespace {

// Lowering asks for no price: any file stands in for the energy model.
const std::vector<Override> kNoPrices{
    {"energy_model", SYSTOLE_SOURCE_DIR "/configs/chips/tiny.yaml"}};

TEST(ShippedRuns, AllOfThemLowerToATraceThatTheirPodCanRun) {
  int runs = 0;
  for (const auto& file : std::filesystem::directory_iterator(SYSTOLE_SOURCE_DIR "/configs/runs")) {
    SCOPED_TRACE(file.path());
    const RunConfig run = read_run(file.path().string(), kNoPrices);
    const PodConfig pod = read_pod(run.pod);
    const Trace trace = lower(run, read_model(run.workload.model), pod);
    EXPECT_NO_THROW(verify(trace, machine_of(pod, run.sharding.tensor)));
    EXPECT_EQ(parse_trace(write(trace), "trace"), trace);
    ++runs;
  }
  EXPECT_GE(runs, 5);
}

}  // namespace
}  // namespace systole
