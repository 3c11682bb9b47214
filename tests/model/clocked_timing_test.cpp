// SPDX-License-Identifier: Apache-2.0
// The clocked model and the event model of the matrix unit name the same cycles, and the work done
// in the array is what the shapes say. SYSTOLE_FULL=1 tries many more sizes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "clocked_bench.hpp"
#include "model/clocked.hpp"
#include "model/matrix_unit.hpp"
#include "tiny.hpp"

namespace systole::model {
namespace {

constexpr std::uint32_t kEdgeCycles = 3;  // The RTL's registered ports.

// A stream of passes, each so many rows (output stationary: steps) and offered from a cycle on.
struct Stream {
  std::uint32_t rows;
  std::uint64_t available = 0;
};

struct Case {
  std::uint32_t rows, columns;
  Dataflow dataflow;
  Preload preload;
  std::uint32_t latency;
  std::vector<Stream> streams;
};

std::string describe(const Case& c) {
  std::string text =
      fmt::format("{} x {}, {}, {}, L {}, streams", c.rows, c.columns, static_cast<int>(c.dataflow),
                  c.preload == Preload::serial ? "serial" : "double", c.latency);
  for (const Stream& stream : c.streams) {
    text += fmt::format(" {}@{}", stream.rows, stream.available);
  }
  return text;
}

// What the event model says of the passes one by one.
std::vector<MatrixUnit::Times> events(const Case& c) {
  MatrixUnitConfig config = tiny_chip().matrix_unit;
  config.rows = c.rows;
  config.columns = c.columns;
  config.dataflow = c.dataflow;
  config.preload = c.preload;
  config.load_rows = 1;
  config.edge_cycles = kEdgeCycles;
  config.mac_latency = c.latency;
  MatrixUnit unit(config);
  std::vector<MatrixUnit::Times> times;
  for (const Stream& stream : c.streams) {
    times.push_back(unit.accept(1, Cycles{stream.rows}, Cycles{stream.available}));
  }
  return times;
}

// Input stationary is the weight-stationary array with the operands' roles exchanged.
Dataflow pins(Dataflow dataflow) {
  return dataflow == Dataflow::input_stationary ? Dataflow::weight_stationary : dataflow;
}

ArrayConfig array_of(const Case& c) {
  std::uint32_t longest = 1;
  for (const Stream& stream : c.streams) {
    longest = std::max(longest, stream.rows);
  }
  return array_config(DataType::ternary, c.rows, c.columns, pins(c.dataflow), c.preload, c.latency,
                      longest);
}

std::vector<Pass> passes_of(const Case& c) {
  const Row activations(words(c.rows, 8));
  const Row weights(words(c.columns, 2));
  std::vector<Pass> passes;
  for (const Stream& stream : c.streams) {
    const std::uint32_t weight_rows =
        pins(c.dataflow) == Dataflow::weight_stationary ? c.rows : stream.rows;
    passes.push_back({.weights = std::vector<Row>(weight_rows, weights),
                      .activations = std::vector<Row>(stream.rows, activations),
                      .available = stream.available});
  }
  return passes;
}

// Work in the array, as sim/model/README.md counts it for tiles that fill it: every row of a stream
// meets every element, and a weight of row r moves r + 1 hops.
void expect_work(const Case& c, const Toggles& toggles) {
  const std::uint64_t elements = std::uint64_t{c.rows} * c.columns;
  std::uint64_t macs = 0;
  for (const Stream& stream : c.streams) {
    macs += stream.rows * elements;
  }
  const bool has_loads = pins(c.dataflow) == Dataflow::weight_stationary;
  const std::uint64_t hops = has_loads ? c.streams.size() * elements * (c.rows + 1) / 2 : 0;
  ASSERT_EQ(toggles.active_element_cycles, macs) << describe(c);
  ASSERT_EQ(toggles.shift_hops, hops) << describe(c);
}

// Counting the work of large arrays would take most of the time.
Driven drive(const Case& c, const std::vector<Pass>& passes) {
  const ArrayConfig config = array_of(c);
  const bool counts = c.rows * c.columns <= 1600;
  Toggles toggles;
  const auto unit = clocked_unit(config, counts ? &toggles : nullptr);
  Driven driven = Bench(*unit, config).run(passes);
  if (counts) {
    expect_work(c, toggles);
  }
  return driven;
}

// The event model's end is exclusive; serial passes leave the registered ports out of their time.
std::uint64_t last_result(const Case& c, const MatrixUnit::Times& times) {
  return times.end.count() - 1 + (c.preload == Preload::serial ? kEdgeCycles : 0);
}

// Weight stationary: every cycle that both models name.
void expect_weight_stationary_equal(const Case& c) {
  const std::vector<MatrixUnit::Times> expected = events(c);
  const Driven driven = drive(c, passes_of(c));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const PassCycles& cycles = driven.passes[i];
    ASSERT_EQ(cycles.begin, expected[i].begin.count()) << describe(c) << ", pass " << i;
    ASSERT_EQ(cycles.first, expected[i].last_active.count()) << describe(c) << ", pass " << i;
    ASSERT_EQ(cycles.last, cycles.first + c.streams[i].rows - 1) << describe(c) << ", pass " << i;
    ASSERT_EQ(cycles.last_result, last_result(c, expected[i])) << describe(c) << ", pass " << i;
  }
}

// Output stationary, from both sides. Offered as early as possible, a tile ends no earlier than the
// event model says: only its last step waits for the bus. Offered when the event model says that it
// begins, it streams without a gap.
void expect_output_stationary_equal(const Case& c) {
  const std::vector<MatrixUnit::Times> expected = events(c);
  std::vector<Pass> passes = passes_of(c);
  const Driven early = drive(c, passes);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    passes[i].available = expected[i].last_active.count();
  }
  const Driven paced = drive(c, passes);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::uint64_t first = expected[i].last_active.count();
    const std::uint64_t last = first + c.streams[i].rows - 1;
    ASSERT_LE(early.passes[i].first, first) << describe(c) << ", tile " << i;
    ASSERT_EQ(early.passes[i].last, last) << describe(c) << ", tile " << i;
    ASSERT_EQ(paced.passes[i].first, first) << describe(c) << ", tile " << i;
    ASSERT_EQ(paced.passes[i].last, last) << describe(c) << ", tile " << i;
    for (const Driven* driven : {&early, &paced}) {
      ASSERT_EQ(driven->passes[i].last_result, last_result(c, expected[i]))
          << describe(c) << ", tile " << i;
    }
  }
}

void expect_equal(const Case& c) {
  if (c.dataflow == Dataflow::output_stationary) {
    expect_output_stationary_equal(c);
  } else {
    expect_weight_stationary_equal(c);
  }
}

bool is_full() { return std::getenv("SYSTOLE_FULL") != nullptr; }

// A pass as long as asked, twice, then a longer, a short and a shortest one.
std::vector<Stream> around(std::uint32_t m, std::uint32_t rows) {
  return {{m}, {m}, {m + rows}, {(m + 1) / 2}, {1}, {m}};
}

void expect_equal_for_small_sizes(Dataflow dataflow, Preload preload, std::uint32_t latency) {
  for (std::uint32_t rows = 1; rows <= 12; ++rows) {
    for (std::uint32_t columns = 1; columns <= 12; ++columns) {
      for (std::uint32_t m = 1; m <= 12; ++m) {
        ASSERT_NO_FATAL_FAILURE(
            expect_equal({rows, columns, dataflow, preload, latency, around(m, rows)}));
      }
    }
  }
}

TEST(ClockedTiming, DoubleBufferedWeightStationaryIsTheEventModelForAllSmallSizes) {
  for (const std::uint32_t latency : {1U, 2U, 3U}) {
    ASSERT_NO_FATAL_FAILURE(expect_equal_for_small_sizes(Dataflow::weight_stationary,
                                                         Preload::double_buffered, latency));
  }
}

TEST(ClockedTiming, SerialWeightStationaryIsTheEventModelForAllSmallSizes) {
  for (const std::uint32_t latency : {1U, 2U, 3U}) {
    ASSERT_NO_FATAL_FAILURE(
        expect_equal_for_small_sizes(Dataflow::weight_stationary, Preload::serial, latency));
  }
}

TEST(ClockedTiming, InputStationaryIsTheEventModelForAllSmallSizes) {
  ASSERT_NO_FATAL_FAILURE(
      expect_equal_for_small_sizes(Dataflow::input_stationary, Preload::double_buffered, 1));
  ASSERT_NO_FATAL_FAILURE(
      expect_equal_for_small_sizes(Dataflow::input_stationary, Preload::serial, 1));
}

TEST(ClockedTiming, DoubleBufferedOutputStationaryIsTheEventModelForAllSmallSizes) {
  ASSERT_NO_FATAL_FAILURE(
      expect_equal_for_small_sizes(Dataflow::output_stationary, Preload::double_buffered, 1));
}

TEST(ClockedTiming, SerialOutputStationaryIsTheEventModelForAllSmallSizes) {
  ASSERT_NO_FATAL_FAILURE(
      expect_equal_for_small_sizes(Dataflow::output_stationary, Preload::serial, 1));
}

class RandomCases {
 public:
  explicit RandomCases(std::uint32_t seed) : random_(seed) {}

  [[nodiscard]] std::uint32_t pick(std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(random_() % (high - low + 1));
  }

  [[nodiscard]] Case next(std::uint32_t largest, std::uint32_t passes) {
    const Dataflow dataflow = std::array{Dataflow::weight_stationary, Dataflow::output_stationary,
                                         Dataflow::input_stationary}[pick(0, 2)];
    return next(pick(1, largest), pick(1, largest), dataflow, passes);
  }

  [[nodiscard]] Case next(std::uint32_t rows, std::uint32_t columns, Dataflow dataflow,
                          std::uint32_t passes) {
    Case c{.rows = rows,
           .columns = columns,
           .dataflow = dataflow,
           .preload = pick(0, 1) == 0 ? Preload::double_buffered : Preload::serial,
           .latency = dataflow == Dataflow::output_stationary ? 1 : pick(1, 3),
           .streams = {}};
    std::uint64_t available = 0;
    for (std::uint32_t i = pick(1, passes); i > 0; --i) {
      available += pick(0, 3) == 0 ? pick(0, 4 * rows + columns) : 0;
      c.streams.push_back(
          {.rows = pick(0, 3) == 0 ? 1 : pick(1, 2 * rows), .available = available});
    }
    return c;
  }

 private:
  std::mt19937 random_;
};

TEST(ClockedTiming, AnySequenceOfPassesWithWaitsBetweenIsTheEventModel) {
  RandomCases cases(3);
  for (int i = 0; i < (is_full() ? 20000 : 1500); ++i) {
    ASSERT_NO_FATAL_FAILURE(expect_equal(cases.next(40, 8)));
  }
}

TEST(ClockedTiming, RandomSizesUpTo256By256AreTheEventModel) {
  RandomCases cases(4);
  for (int i = 0; i < (is_full() ? 1000 : 25); ++i) {
    ASSERT_NO_FATAL_FAILURE(expect_equal(cases.next(256, 3)));
  }
}

// Each number of rows up to 256 beside several of columns, and the other way round.
TEST(ClockedTiming, EveryNumberOfRowsAndOfColumnsUpTo256IsTheEventModel) {
  if (!is_full()) {
    GTEST_SKIP() << "skipped: minutes long; SYSTOLE_FULL=1 runs it";
  }
  RandomCases cases(6);
  for (std::uint32_t side = 1; side <= 256; ++side) {
    for (int i = 0; i < 4; ++i) {
      for (const Dataflow dataflow : {Dataflow::weight_stationary, Dataflow::output_stationary}) {
        const std::uint32_t other = cases.pick(1, 256);
        ASSERT_NO_FATAL_FAILURE(expect_equal(cases.next(side, other, dataflow, 2)));
        ASSERT_NO_FATAL_FAILURE(expect_equal(cases.next(other, side, dataflow, 2)));
      }
    }
  }
}

// Where a counter could overflow or an index be off by one: powers of two and their neighbours,
// and arrays of one row or column.
TEST(ClockedTiming, SizesAtTheEdgesAreTheEventModel) {
  RandomCases cases(5);
  const std::vector<std::uint32_t> sizes =
      is_full() ? std::vector<std::uint32_t>{1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256}
                : std::vector<std::uint32_t>{1, 2, 128, 256};
  for (const std::uint32_t rows : sizes) {
    for (const std::uint32_t columns : sizes) {
      for (const Dataflow dataflow : {Dataflow::weight_stationary, Dataflow::output_stationary}) {
        ASSERT_NO_FATAL_FAILURE(expect_equal(cases.next(rows, columns, dataflow, 2)));
      }
    }
  }
}

}  // namespace
}  // namespace systole::model
