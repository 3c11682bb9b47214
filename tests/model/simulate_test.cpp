// SPDX-License-Identifier: Apache-2.0
#include "model/simulate.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tiny.hpp"

namespace systole {
namespace {

constexpr std::uint64_t kNs = 1'000'000;  // Femtoseconds.

std::uint64_t elapsed(const PodConfig& pod, const Trace& trace) {
  return simulate(pod, trace).ledger.elapsed().count();
}

std::uint64_t elapsed(const Trace& trace) { return elapsed(tiny_pod({{1, false}}), trace); }

Matmul from_hbm(Matmul m) {
  m.stationary.place = Place::hbm;
  return m;
}

TEST(Simulate, OneTileTakesTheContractsCycles) {
  // load 8, stream 10, skew 8 + 8 - 2, edges 3, at 1 ns.
  EXPECT_EQ(elapsed(trace_of({operation("a", matmul(10, 8, 8))})), (8 + 10 + 8 + 8 - 2 + 3) * kNs);
}

TEST(Simulate, TilesAreSharedByTheUnits) {
  // Five tiles on two units: three on the first, 10 cycles apart.
  EXPECT_EQ(elapsed(trace_of({operation("a", matmul(10, 40, 8))})),
            (8 + 2 * 10 + 10 + 8 + 8 - 2 + 3) * kNs);
}

TEST(Simulate, SerialPreloadGivesTheSerialFormula) {
  ChipConfig chip = tiny_chip();
  chip.matrix_unit.count = 1;
  chip.matrix_unit.preload = Preload::serial;
  // (2R + C + M - 2) ceil(K/R) ceil(N/C) = (16 + 8 + 10 - 2) * 3 * 2.
  EXPECT_EQ(elapsed(tiny_pod({{1, false}}, chip), trace_of({operation("a", matmul(10, 20, 9))})),
            (16 + 8 + 10 - 2) * 3 * 2 * kNs);
}

// From a closed row: tRCDRD 14, tCL 14 and the burst 2 ns.
constexpr std::uint64_t kFirstRead = 14 + 14 + 2;
// tRCDWR 12, tCWL 5 and the burst 2 ns.
constexpr std::uint64_t kFirstWrite = 12 + 5 + 2;
constexpr std::uint64_t kDma = 50;

TEST(Simulate, AWeightBlockFromHbmComesAfterRowColumnBurstAndDma) {
  // 128 B are 4 bursts, one a channel.
  EXPECT_EQ(elapsed(trace_of({operation("a", from_hbm(matmul(10, 8, 8)))})),
            (kFirstRead + kDma + 8 + 10 + 8 + 8 - 2 + 3) * kNs);
}

TEST(Simulate, VectorWorkTakesWeightedLanesOverLanes) {
  // 100 adds + 10 transcendentals x 4 = 140 lane cycles over 64 lanes.
  const Vector work{.add = 100, .transcendental = 10};
  EXPECT_EQ(elapsed(trace_of({operation("a", work)})), 3 * kNs);
}

TEST(Simulate, AnOperationStartsWhenWhatItWaitsForHasEnded) {
  const Vector work{.add = 640};
  EXPECT_EQ(elapsed(trace_of({operation("launch", Launch{}), operation("a", work, {"launch"}),
                              operation("b", work, {"a"})})),
            (1000 + 10 + 10) * kNs);
}

// A weight block of 128 bytes that its buffer never has room for.
TEST(Simulate, AMachineThatCannotGoOnSaysWhatEachOfItsUnitsWaitsFor) {
  Trace trace = trace_of({operation("a", from_hbm(matmul(10, 8, 8)))});
  trace.residency.stationary_buffer = Bytes{64};
  try {
    static_cast<void>(simulate(tiny_pod({{1, false}}), trace));
    ADD_FAILURE() << "it went on";
  } catch (const Bug& e) {
    using testing::HasSubstr;
    EXPECT_THAT(
        e.what(),
        testing::AllOf(
            HasSubstr("the simulated machine is stuck"),
            HasSubstr("chip0.stationary_dma waits for room in a buffer of 64 bytes, 0 in use"),
            HasSubstr("chip0.matrix_units waits for a stationary block from memory")));
  }
}

TEST(Simulate, AMoveReadsOneMemoryAndWritesTheOther) {
  const Move load{.from = Place::hbm,
                  .to = Place::scratchpad,
                  .bytes = 1_KiB,
                  .segments = 4,
                  .elements = 512,
                  .tensor = Stationary::weight};
  const Simulation run = simulate(tiny_pod({{1, false}}), trace_of({operation("a", load)}));
  // 32 bursts on 4 channels: two of each group. Rows open tRRD_S = 4 ns apart, so that the fourth
  // group's first read is 12 ns behind the first's; four more follow 2 ns apart.
  EXPECT_EQ(run.ledger.elapsed().count(), (kFirstRead + 12 + 4 * 2 + kDma) * kNs);
  EXPECT_EQ(run.ledger.total(Action::hbm_read), 32);
  EXPECT_EQ(run.ledger.total(Action::hbm_activate), 4 * 4);
  EXPECT_EQ(run.ledger.total(Action::hbm_element), 512);
  EXPECT_EQ(run.ledger.total(Action::scratchpad_write), 16);
}

TEST(Simulate, ChangingDirectionCostsTheBusATurnaround) {
  const auto move = [](Place from, Place to) {
    return Move{from, to, 128_B, 1, 64, Stationary::kv};
  };
  // The read's command comes at 14 ns, the write's tRTW = 13 ns later; tCWL 5 and the burst 2 ns.
  EXPECT_EQ(elapsed(trace_of({operation("in", move(Place::hbm, Place::scratchpad)),
                              operation("out", move(Place::scratchpad, Place::hbm))})),
            (14 + 13 + 5 + 2 + kDma) * kNs);
}

TEST(Simulate, PrefetchHidesTheFetchBehindEarlierWork) {
  const Vector work{.add = 64 * 500};  // 500 ns.
  Matmul early = from_hbm(matmul(10, 8, 8));
  Matmul late = early;
  early.prefetch = true;
  const auto chain = [&](const Matmul& m) {
    return trace_of({operation("before", work), operation("a", m, {"before"})});
  };
  const std::uint64_t array = (8 + 10 + 8 + 8 - 2 + 3) * kNs;
  EXPECT_EQ(elapsed(chain(early)), 500 * kNs + array);
  EXPECT_EQ(elapsed(chain(late)), (500 + kFirstRead + kDma) * kNs + array);
}

TEST(Simulate, FetchOfTheNextBlockHidesBehindThePresentOne) {
  Matmul m = from_hbm(matmul(1000, 8, 16));
  m.block = {1, 1000, 8, 8};
  ChipConfig chip = tiny_chip();
  chip.matrix_unit.count = 1;
  // 80 ns for the first block; the second arrives 4 ns later and waits for the array.
  EXPECT_EQ(elapsed(tiny_pod({{1, false}}, chip), trace_of({operation("a", m)})),
            (kFirstRead + kDma + 8 + 1000 + 1000 + 8 + 8 - 2 + 3) * kNs);
}

TEST(Simulate, AFetchWaitsForRoomThatIsFreedWhenABlocksLastTileBegins) {
  Matmul m = from_hbm(matmul(10, 8, 32));
  m.block = {1, 10, 8, 8};
  ChipConfig chip = tiny_chip();
  chip.matrix_unit.count = 1;
  Trace trace = trace_of({operation("a", m)});
  trace.residency.stationary_buffer = 256_B;  // Two blocks.
  // Two arrive at 80 and 84 and become active at 88 and 98; only then the others are fetched:
  // they arrive at 168 and 178 and become active at 176 and 186.
  EXPECT_EQ(elapsed(tiny_pod({{1, false}}, chip), trace), (186 + 10 + 8 + 8 - 2 + 3) * kNs);
}

TEST(Simulate, ActivationsAndResultsCanLiveInHbm) {
  Matmul m = matmul(8, 8, 8);
  m.moving.place = Place::hbm;
  m.result.place = Place::hbm;
  const Simulation run = simulate(tiny_pod({{1, false}}), trace_of({operation("a", m)}));
  // Array: 8 + 8 + 14 + 3.
  EXPECT_EQ(run.ledger.elapsed().count(), (kFirstRead + kDma + 33 + kFirstWrite + kDma) * kNs);
  EXPECT_EQ(run.ledger.total(Action::hbm_read), 4);
  EXPECT_EQ(run.ledger.total(Action::hbm_write), 4);
}

TEST(Simulate, CountsOfOneRaggedBlockFollowTheContract) {
  Matmul m = matmul(10, 20, 9);
  m.stationary.type = DataType::int8;
  const Simulation run = simulate(tiny_pod({{1, false}}), trace_of({operation("a", m)}));
  const Ledger& ledger = run.ledger;
  EXPECT_EQ(ledger.total(Action::mac_bf16), 10 * 20 * 9);
  // Rows of 8, 8 and 4: 36 + 36 + 10 hops, 9 columns, 16 bits in the array.
  EXPECT_EQ(ledger.total(Action::weight_shift_bit), 9 * (36 + 36 + 10) * 16);
  EXPECT_EQ(ledger.total(Action::dequantise), 20 * 9);
  EXPECT_EQ(ledger.total(Action::accumulator_read), 4 * 90 * 3);
  EXPECT_EQ(ledger.total(Action::accumulator_write), 4 * 90 * 3);
  // 180 B of weights; 400 B of activations for each of two column tiles.
  EXPECT_EQ(ledger.total(Action::scratchpad_read), 3 + 2 * 7);
  EXPECT_EQ(ledger.total(Action::scratchpad_write), 3);  // 180 B of results.
  // 6 passes of 10 rows: 2 pushes, and 1 for the weights.
  EXPECT_EQ(ledger.total(Action::bundle), 6 * 3);
  EXPECT_EQ(ledger.total(Action::lane_add), 0);  // Two column tiles for two units: none shares.
}

TEST(Simulate, UnitsThatShareAColumnAddTheirSums) {
  const Simulation run =
      simulate(tiny_pod({{1, false}}), trace_of({operation("a", matmul(10, 16, 8))}));
  EXPECT_EQ(run.ledger.total(Action::lane_add), 80);
}

TEST(Simulate, RepeatedBlocksEqualTheSameBlockWrittenOut) {
  const std::vector<Operation> operations{
      operation("a", from_hbm(matmul(10, 64, 64)), {"previous"}),
      operation("b", Vector{.add = 6400}, {"a"})};
  Trace repeated = trace_of(operations, 1, 1, 5);
  Trace written = trace_of(operations);
  for (int i = 0; i < 4; ++i) {
    written.blocks.push_back(written.blocks[0]);
  }
  const Simulation a = simulate(tiny_pod({{1, false}}), repeated);
  const Simulation b = simulate(tiny_pod({{1, false}}), written);
  EXPECT_EQ(a.ledger.elapsed(), b.ledger.elapsed());
  EXPECT_EQ(a.ledger.total(Action::hbm_read), b.ledger.total(Action::hbm_read));
}

TEST(Simulate, ABlockLargerThanItsBufferIsReportedAsStuck) {
  Trace trace = trace_of({operation("a", from_hbm(matmul(10, 8, 8)))});
  trace.residency.stationary_buffer = 100_B;
  try {
    (void)simulate(tiny_pod({{1, false}}), trace);
    FAIL() << "ran";
  } catch (const Bug& bug) {
    EXPECT_THAT(bug.what(),
                testing::HasSubstr("chip0.stationary_dma waits for room in a buffer of 100 bytes"));
    EXPECT_THAT(bug.what(), testing::HasSubstr("chip0.matrix_units waits for a stationary block"));
  }
}

TEST(Simulate, ATraceForAnotherPodIsRefused) {
  Trace trace = trace_of({operation("a", Vector{.add = 1})});
  trace.pod = "other";
  EXPECT_THROW((void)simulate(tiny_pod({{1, false}}), trace), UserError);
}

// 1000 bursts a channel. Reads come at 14, 18, 22, 26 ns while the groups' rows open, then every
// 2 ns: 490 of them before 1000, the last at 998. Rows close at 1003 (tRTP 5), REF at 1017 (tRP
// 14), rows open from 1277 on (tRFC 260): reads at 1291 and so on as at first, 352 of them before
// 2000, the last at 1999. Rows close at 2004, REF at 2018; 158 are left from 2292 on, the last
// at 2292 + 14 + 2 x 153 = 2612.
TEST(Simulate, RefreshStopsTheBusAtFixedTimes) {
  ChipConfig chip = tiny_chip();
  chip.hbm->memory = four_channels(Seconds{1e-6});
  const Move load{Place::hbm, Place::scratchpad, Bytes{128 * 1000}, 1, 1, Stationary::weight};
  EXPECT_EQ(elapsed(tiny_pod({{1, false}}, chip), trace_of({operation("a", load)})),
            (2612 + 14 + 2 + kDma) * kNs);
}

TEST(Simulate, EveryUnitsStatesAddUpToTheElapsedTime) {
  Matmul m = from_hbm(matmul(30, 64, 64));
  m.block = {1, 30, 32, 16};
  const Trace trace = trace_of(
      {operation("launch", Launch{}), operation("a", m, {"launch"}),
       operation("sum", Collective{CollectiveKind::all_reduce, {0, 1}, 4_KiB, DataType::bf16},
                 {"a"}),
       operation("b", Vector{.add = 6400}, {"sum"})},
      4, 1, 3);
  const Simulation run = simulate(tiny_pod({{2, true}, {2, true}}), trace);
  for (const Account& account : run.ledger.accounts()) {
    Femtoseconds sum{};
    for (std::size_t state = 0; state < kStates; ++state) {
      sum += account.time_in(static_cast<State>(state));
    }
    EXPECT_EQ(sum, run.ledger.elapsed()) << account.path();
  }
}

}  // namespace
}  // namespace systole
