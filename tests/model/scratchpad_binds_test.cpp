// SPDX-License-Identifier: Apache-2.0
// Whole chips with so few banks that the scratchpad decides the time.
#include <gtest/gtest.h>

#include "model/simulate.hpp"
#include "random_trace.hpp"
#include "tiny.hpp"

namespace systole {
namespace {

constexpr std::uint64_t kNs = 1'000'000;  // Femtoseconds; the clock of the tiny chip.

// Without links; lines of 16 B.
PodConfig narrow(std::uint32_t banks, std::uint32_t ports) {
  ChipConfig chip = tiny_chip();
  chip.scratchpad.banks = banks;
  chip.scratchpad.ports = ports;
  chip.scratchpad.granule = 16_B;
  chip.ici.reset();
  return tiny_pod({{1, false}}, chip);
}

std::uint64_t nanoseconds(const PodConfig& pod, const Work& work) {
  return simulate(pod, trace_of({operation("a", work)})).ledger.elapsed().count() / kNs;
}

std::uint64_t stalled(const Ledger& ledger, const std::string& unit) {
  for (const Account& account : ledger.accounts()) {
    if (account.path().ends_with(unit)) {
      return account.time_in(State::stalled_scratchpad).count() / kNs;
    }
  }
  ADD_FAILURE() << unit;
  return 0;
}

// 64 x 64 x 64 in bf16: 8192 B each. 512 accesses for weights, 512 for activations in each of 8
// columns of tiles, 512 for results. At best 32 passes a unit of 64 rows.
constexpr std::uint64_t kAccesses = 512 + 8 * 512 + 512;
constexpr std::uint64_t kAtBest = 8 + 32 * 64;
constexpr std::uint64_t kDrain = 8 + 8 - 2 + 3;

TEST(ScratchpadBinds, AMatmulThenTakesItsAccessesOverTheSlots) {
  EXPECT_EQ(nanoseconds(narrow(1, 1), matmul(64, 64, 64)), kAccesses + kDrain);
}

TEST(ScratchpadBinds, TwicePortsOrBanksHalveTheTime) {
  EXPECT_EQ(nanoseconds(narrow(1, 2), matmul(64, 64, 64)), kAccesses / 2 + kDrain);
  EXPECT_EQ(nanoseconds(narrow(2, 1), matmul(64, 64, 64)), kAccesses / 2 + kDrain);
}

TEST(ScratchpadBinds, WithEnoughBanksTheArraysDecide) {
  EXPECT_EQ(nanoseconds(narrow(4, 1), matmul(64, 64, 64)), kAtBest + kDrain);
}

TEST(ScratchpadBinds, TheArraysSayForHowLongTheyWaited) {
  const Simulation run = simulate(narrow(1, 1), trace_of({operation("a", matmul(64, 64, 64))}));
  EXPECT_EQ(stalled(run.ledger, "matrix_unit0"), kAccesses - kAtBest);
  EXPECT_EQ(stalled(run.ledger, "matrix_unit1"), kAccesses - kAtBest);
}

TEST(ScratchpadBinds, AVectorOperationTakesItsAccessesOverTheSlots) {
  const Vector add{.add = 64, .read = 4096_B, .written = 2048_B};  // 1 cycle of 64 lanes.
  const PodConfig pod = narrow(2, 1);
  EXPECT_EQ(nanoseconds(pod, add), (256 + 128) / 2);
  EXPECT_EQ(stalled(simulate(pod, trace_of({operation("a", add)})).ledger, "vector_unit"),
            (256 + 128) / 2 - 1);
}

TEST(ScratchpadBinds, AMoveIsCompleteWhenItsLastGranuleIsThrough) {
  const Move move{.from = Place::hbm,
                  .to = Place::scratchpad,
                  .bytes = 2048_B,
                  .segments = 1,
                  .elements = 1024,
                  .tensor = Stationary::weight};
  // 128 accesses. From 2 slots on the memory decides: tRCDRD 14, tCL 14, 32 on the bus, DMA 50,
  // and 6 as the rows of the next three bank groups open 4 ns apart and not 2.
  EXPECT_EQ(nanoseconds(narrow(1, 1), move), 128U);
  EXPECT_EQ(nanoseconds(narrow(2, 1), move), 14U + 14 + 32 + 50 + 3 * (4 - 2));
  // Three of them come one behind the other.
  const Simulation three = simulate(
      narrow(1, 1), trace_of({operation("a", move), operation("b", move), operation("c", move)}));
  EXPECT_EQ(three.ledger.elapsed().count() / kNs, 3 * 128U);
}

TEST(ScratchpadBinds, AMoveBetweenTheOtherMemoriesPassesBy) {
  const Move move{.from = Place::hbm,
                  .to = Place::far_sram,
                  .bytes = 8192_B,
                  .segments = 1,
                  .elements = 4096,
                  .tensor = Stationary::weight};
  EXPECT_EQ(nanoseconds(narrow(1, 1), move), nanoseconds(narrow(64, 2), move));
}

TEST(ScratchpadBinds, WeightsAreFetchedAndReadOverTheSameSlots) {
  Matmul m = matmul(64, 64, 64);
  m.stationary.place = Place::hbm;
  const Simulation run = simulate(narrow(1, 1), trace_of({operation("a", m)}));
  EXPECT_EQ(run.ledger.elapsed().count() / kNs, 512 + kAccesses + kDrain);
  // The arrays begin when the last of the weights is in the scratchpad, not when it left the HBM.
  EXPECT_EQ(stalled(run.ledger, "matrix_unit0"), kAccesses - kAtBest);
}

TEST(ScratchpadBinds, BlocksFollowEachOtherAsTheirAccessesDo) {
  Matmul m = matmul(64, 64, 64);
  m.block.depth = 32;
  EXPECT_EQ(nanoseconds(narrow(1, 1), m), kAccesses + kDrain);
}

TEST(ScratchpadBinds, OfTwoUnitsAtOneInstantTheArraysComeFirst) {
  const Vector add{.add = 64, .read = 4096_B, .written = 2048_B};
  const Simulation run = simulate(
      narrow(1, 1), trace_of({operation("a", add), operation("b", matmul(64, 64, 64), {})}));
  EXPECT_EQ(run.ledger.elapsed().count() / kNs, kAccesses + 256 + 128);
  EXPECT_EQ(stalled(run.ledger, "matrix_unit0"), kAccesses - kAtBest);
}

TEST(ScratchpadBinds, TwiceTheBanksAreNeverSlower) {
  const TestPod shape{{{4, true}}, 4, 1};
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    const Trace trace = random_trace(shape, seed);
    Femtoseconds before{~std::uint64_t{0}};
    for (const std::uint32_t banks : {4U, 8U, 16U, 32U, 64U}) {
      ChipConfig chip = tiny_chip();
      chip.scratchpad.banks = banks;
      const Femtoseconds now = simulate(tiny_pod(shape.axes, chip), trace).ledger.elapsed();
      ASSERT_LE(now, before) << "seed " << seed << ", banks " << banks;
      before = now;
    }
  }
}

}  // namespace
}  // namespace systole
