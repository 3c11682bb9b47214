// SPDX-License-Identifier: Apache-2.0
// The model's runs against closed forms that were derived from shapes alone: every count equal, no
// bound beaten, for random traces on rings, lines and single chips.
#include <gtest/gtest.h>

#include "analytic/bounds.hpp"
#include "model/simulate.hpp"
#include "random_trace.hpp"
#include "tiny.hpp"

namespace systole {
namespace {

class Laws : public testing::TestWithParam<TestPod> {};

void hold_for(const TestPod& shape, Dataflow dataflow, Preload preload) {
  ChipConfig chip = tiny_chip();
  chip.matrix_unit.dataflow = dataflow;
  chip.matrix_unit.preload = preload;
  chip.matrix_unit.mac_latency = dataflow == Dataflow::output_stationary ? 1 : 2;
  chip.hbm->memory = four_channels(Seconds{2e-6});
  chip.ici->collective_step = Seconds{50e-9};
  const PodConfig pod = tiny_pod(shape.axes, chip);
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const Trace trace = random_trace(shape, seed);
    const Simulation run = simulate(pod, trace);
    ASSERT_NO_THROW(check_laws(pod, trace, run.ledger)) << "seed " << seed;
  }
}

TEST_P(Laws, HoldForRandomTracesOnWeightStationaryArrays) {
  hold_for(GetParam(), Dataflow::weight_stationary, Preload::double_buffered);
}

TEST_P(Laws, HoldForRandomTracesOnOutputStationaryArrays) {
  hold_for(GetParam(), Dataflow::output_stationary, Preload::double_buffered);
}

TEST_P(Laws, HoldForRandomTracesOnInputStationaryArraysWithSerialPreload) {
  hold_for(GetParam(), Dataflow::input_stationary, Preload::serial);
}

TEST_P(Laws, HoldForRandomTracesOnAScratchpadThatBinds) {
  ChipConfig chip = tiny_chip();
  chip.scratchpad.banks = 4;  // Links keep 3 of the slots.
  const PodConfig pod = tiny_pod(GetParam().axes, chip);
  Femtoseconds stalled{};
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const Trace trace = random_trace(GetParam(), seed);
    const Simulation run = simulate(pod, trace);
    ASSERT_NO_THROW(check_laws(pod, trace, run.ledger)) << "seed " << seed;
    for (const Account& account : run.ledger.accounts()) {
      stalled += account.time_in(State::stalled_scratchpad);
    }
  }
  EXPECT_GT(stalled, Femtoseconds{0});
}

INSTANTIATE_TEST_SUITE_P(Pods, Laws,
                         testing::Values(TestPod{{{1, false}}, 1, 1}, TestPod{{{4, true}}, 4, 1},
                                         TestPod{{{5, false}}, 5, 1},
                                         TestPod{{{4, true}, {3, false}}, 12, 1},
                                         TestPod{{{8, true}, {2, true}}, 4, 4},
                                         TestPod{{{6, true, 3}, {2, true, 2}}, 2, 6},
                                         TestPod{{{4, false, 2}, {3, true, 3}}, 12, 1}));

}  // namespace
}  // namespace systole
