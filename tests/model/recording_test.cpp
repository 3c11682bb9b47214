// SPDX-License-Identifier: Apache-2.0
#include "ledger/recording.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "model/simulate.hpp"
#include "tiny.hpp"

namespace systole {
namespace {

constexpr std::uint64_t kNs = 1'000'000;  // Femtoseconds.

// Matmuls from HBM and far SRAM, whose results go back, vector work, moves and collectives.
Trace busy_trace() {
  Matmul from_hbm = matmul(64, 64, 64);
  from_hbm.stationary.place = Place::hbm;
  from_hbm.moving.place = Place::hbm;
  from_hbm.result.place = Place::hbm;
  from_hbm.block = {.products = 1, .rows = 32, .depth = 32, .columns = 32};
  Matmul from_far = matmul(16, 32, 32);
  from_far.stationary.place = Place::far_sram;
  const Move move{.from = Place::hbm,
                  .to = Place::far_sram,
                  .bytes = 4096_B,
                  .segments = 2,
                  .elements = 4096,
                  .tensor = Stationary::weight};
  const Collective sum{
      .kind = CollectiveKind::all_reduce, .axes = {0, 1}, .bytes = 4096_B, .type = DataType::bf16};
  return trace_of(
      {operation("launch", Launch{}), operation("move1", move, {"launch"}),
       operation("move2", move, {"launch"}), operation("move3", move, {"launch"}),
       operation("hbm", from_hbm, {"launch"}), operation("far", from_far, {"launch"}),
       operation("vector", Vector{.add = 64'000}, {"far"}), operation("sum", sum, {"far"}),
       operation("again", sum, {"far"}),
       operation("end", Vector{.add = 64}, {"sum", "again", "vector", "hbm", "move3"})});
}

Trace on_four_chips() {
  Trace trace = busy_trace();
  trace.tensor = 4;
  return trace;
}

// Which has nobody to talk to.
Trace on_one_chip() {
  Trace trace = busy_trace();
  std::vector<Operation>& operations = trace.blocks[0].operations;
  std::erase_if(operations,
                [](const Operation& o) { return o.name == "sum" || o.name == "again"; });
  operations.back().after = {"vector", "hbm", "move3"};
  return trace;
}

Femtoseconds time_in(const Track& track, State state) {
  Femtoseconds sum{};
  for (const Slice& slice : track.slices()) {
    sum += slice.state == state ? slice.end - slice.begin : Femtoseconds{0};
  }
  return sum;
}

TEST(Recording, SlicesOfAUnitAddUpToItsTimesInTheLedgerStateByState) {
  Recording recording;
  const Simulation run =
      simulate(tiny_pod({{2, true}, {2, true}}), on_four_chips(), Folding::off, &recording);
  std::size_t units = 0;
  for (const Account& account : run.ledger.accounts()) {
    for (const Track& track : recording.tracks()) {
      if (track.path() != account.path()) {
        continue;
      }
      ++units;
      for (std::size_t state = 1; state < kStates; ++state) {  // Idle is what has no slice.
        EXPECT_EQ(time_in(track, static_cast<State>(state)),
                  account.time_in(static_cast<State>(state)))
            << track.path() << " " << name(static_cast<State>(state));
      }
    }
  }
  // Of each chip: 2 arrays, lanes, sequencer, fetch engine, HBM, far SRAM, port, 4 links.
  EXPECT_EQ(units, 4U * 12U);
}

// Which is while any of them is.
TEST(Recording, EnginesOfTheDmaAreBusyWhenItsPageIs) {
  Recording recording;
  const Simulation run =
      simulate(tiny_pod({{1, false}}), on_one_chip(), Folding::automatic, &recording);
  std::vector<Slice> slices;
  std::array<std::size_t, 2> each{};
  for (const Track& track : recording.tracks()) {
    if (track.path().starts_with("chip0.dma")) {
      each.at(static_cast<std::size_t>(track.path().back() - '0')) = track.slices().size();
      slices.insert(slices.end(), track.slices().begin(), track.slices().end());
    }
  }
  EXPECT_GT(each[0], 0U);
  EXPECT_GT(each[1], 0U);
  std::ranges::sort(slices, {}, &Slice::begin);
  Femtoseconds busy{};
  Femtoseconds until{};
  for (const Slice& slice : slices) {
    const Femtoseconds begin = std::max(slice.begin, until);
    busy += slice.end > begin ? slice.end - begin : Femtoseconds{0};
    until = std::max(until, slice.end);
  }
  for (const Account& account : run.ledger.accounts()) {
    if (account.path() == "chip0.dma") {
      EXPECT_EQ(busy, account.time_in(State::busy));
    }
  }
}

// load 8, stream 10, skew 8 + 8 - 2, edges 3, at 1 ns.
TEST(Recording, AMatmulIsASliceFromItsFirstLoadToItsLastResult) {
  Recording recording;
  static_cast<void>(simulate(tiny_pod({{1, false}}), trace_of({operation("a", matmul(10, 8, 8))}),
                             Folding::automatic, &recording));
  const Track& unit = *std::ranges::find(recording.tracks(), "chip0.matrix_unit0", &Track::path);
  ASSERT_EQ(unit.slices().size(), 1U);
  EXPECT_EQ(unit.slices()[0], (Slice{.begin = Femtoseconds{0},
                                     .end = Femtoseconds{35 * kNs},
                                     .piece = {.operation = 1, .iteration = 0, .part = 0},
                                     .state = State::busy}));
}

TEST(Recording, CountsOfItsWindowsAddUpToTheLedger) {
  Recording recording({.from = Femtoseconds{0}, .to = Femtoseconds{100'000 * kNs}});
  const Simulation run =
      simulate(tiny_pod({{2, true}, {2, true}}), on_four_chips(), Folding::automatic, &recording);
  ASSERT_GT(recording.windows().size(), 5U);
  EXPECT_EQ(recording.windows().back(), run.ledger.elapsed());
  for (const Windows::Line& line : run.ledger.windows().lines) {
    std::uint64_t sum = 0;
    for (std::size_t w = 0; w < recording.windows().size(); ++w) {
      sum += recording.count(w, 0, line.tensor, line.action);
    }
    std::uint64_t expected = 0;
    for (const std::uint64_t count : line.counts) {
      expected += count;
    }
    EXPECT_EQ(sum, expected) << name(line.action);
  }
}

TEST(Recording, OfALongRunWindowsAreDoubledAndStayFew) {
  Recording recording;
  const Simulation run =
      simulate(tiny_pod({{1, false}}), trace_of({operation("a", Vector{.add = 64'000'000})}),
               Folding::automatic, &recording);  // 1 ms.
  EXPECT_EQ(run.ledger.elapsed().count(), 1'000'000 * kNs);
  EXPECT_EQ(recording.windows().size(),
            250U);  // Of 4 us: 1000 of 1 us are too many, and 500 of 2 us.
  EXPECT_EQ(recording.windows()[0].count(), 4'000 * kNs);
  EXPECT_EQ(recording.windows().back(), run.ledger.elapsed());
}

}  // namespace
}  // namespace systole
