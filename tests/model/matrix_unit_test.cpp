// SPDX-License-Identifier: Apache-2.0
#include "model/matrix_unit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tiny.hpp"

namespace systole::model {
namespace {

MatrixUnitConfig array(std::uint32_t rows, std::uint32_t columns, Preload preload,
                       Dataflow dataflow = Dataflow::weight_stationary) {
  MatrixUnitConfig config = tiny_chip().matrix_unit;
  config.rows = rows;
  config.columns = columns;
  config.preload = preload;
  config.dataflow = dataflow;
  return config;
}

// The array's contract cycle by cycle, tile after tile: weights s' >= t, t >= s + rows, a vector
// presented at e is sampled at e + (rows + 1) latency + columns. Returns the number of cycles to
// the last sample.
std::uint64_t recurrence(std::uint64_t rows, std::uint64_t columns, std::uint64_t latency,
                         const std::vector<std::uint64_t>& streams) {
  std::uint64_t swap = 0;        // When the tile before became active,
  std::uint64_t array_free = 0;  // and when its last vector was presented, plus one.
  std::uint64_t sampled = 0;
  for (const std::uint64_t m : streams) {
    const std::uint64_t load = swap;
    swap = std::max(load + rows, array_free);
    array_free = swap + m;
    sampled = array_free - 1 + (rows + 1) * latency + columns;
  }
  return sampled + 1;  // The cycle of the last sample counts.
}

TEST(MatrixUnit, SerialWeightStationaryPassTakes2RPlusCPlusMMinus2) {
  MatrixUnit unit(array(4, 8, Preload::serial));
  EXPECT_EQ(unit.accept(1, Cycles{10}, Cycles{0}).end, Cycles{2 * 4 + 8 + 10 - 2});
}

TEST(MatrixUnit, SerialOutputStationaryPassTakesKPlusRPlusCMinus2) {
  MatrixUnit unit(array(4, 8, Preload::serial, Dataflow::output_stationary));
  EXPECT_EQ(unit.accept(3, Cycles{10}, Cycles{0}).end, Cycles{3 * (10 + 4 + 8 - 2)});
}

TEST(MatrixUnit, FirstTileTakesLoadStreamSkewAndEdges) {
  MatrixUnit unit(array(4, 8, Preload::double_buffered));
  const MatrixUnit::Times times = unit.accept(1, Cycles{10}, Cycles{0});
  EXPECT_EQ(times.last_active, Cycles{4});
  EXPECT_EQ(times.end, Cycles{4 + 10 + 4 + 8 - 2 + 3});
}

TEST(MatrixUnit, BackToBackPassesStartMaxOfStreamAndLoadApart) {
  MatrixUnit narrow(array(8, 8, Preload::double_buffered));
  EXPECT_EQ(narrow.accept(5, Cycles{3}, Cycles{0}).last_active, Cycles{8 + 4 * 8});
  MatrixUnit wide(array(8, 8, Preload::double_buffered));
  EXPECT_EQ(wide.accept(5, Cycles{20}, Cycles{0}).last_active, Cycles{8 + 4 * 20});
}

TEST(MatrixUnit, OutputStationaryPassesAreAtLeastRowsApart) {
  MatrixUnit unit(array(8, 4, Preload::double_buffered, Dataflow::output_stationary));
  // 3 passes of 5 cycles, 8 rows to leave in between: 0, 8, 16; then 5 + 8 + 4 - 2 + 3.
  EXPECT_EQ(unit.accept(3, Cycles{5}, Cycles{0}).end, Cycles{16 + 5 + 8 + 4 - 2 + 3});
}

TEST(MatrixUnit, OutputStationaryStreamEndsOnlyWhenTheResultsBeforeItHaveLeft) {
  MatrixUnit unit(array(8, 4, Preload::double_buffered, Dataflow::output_stationary));
  (void)unit.accept(1, Cycles{10}, Cycles{0});  // Ends at 10; its 8 rows leave until 18.
  EXPECT_EQ(unit.accept(1, Cycles{3}, Cycles{0}).end, Cycles{18 + 8 + 4 - 2 + 3});
}

TEST(MatrixUnit, ASumTakesMacLatencyCyclesARow) {
  MatrixUnitConfig config = array(4, 8, Preload::serial);
  config.mac_latency = 3;
  MatrixUnit unit(config);
  // Load 4, stream 10, 4 rows and the accumulator at 3 cycles each, 8 columns.
  EXPECT_EQ(unit.accept(1, Cycles{10}, Cycles{0}).end, Cycles{4 + 10 + (4 + 1) * 3 + 8 - 3});
}

TEST(MatrixUnit, EqualsTheRecurrenceOfItsContractForAnySequenceOfBlocks) {
  std::mt19937 random(7);
  const auto pick = [&](std::uint64_t low, std::uint64_t high) {
    return low + random() % (high - low + 1);
  };
  for (int i = 0; i < 2000; ++i) {
    const auto rows = static_cast<std::uint32_t>(pick(1, 40));
    const auto columns = static_cast<std::uint32_t>(pick(1, 40));
    MatrixUnitConfig config = array(rows, columns, Preload::double_buffered);
    config.mac_latency = static_cast<std::uint32_t>(pick(1, 3));
    MatrixUnit unit(config);
    std::vector<std::uint64_t> streams;
    Cycles end{};
    for (std::uint64_t block = pick(1, 6); block > 0; --block) {
      const std::uint64_t passes = pick(1, 9);
      const std::uint64_t stream = pick(1, 100);
      streams.insert(streams.end(), passes, stream);
      end = unit.accept(passes, Cycles{stream}, Cycles{0}).end;
    }
    ASSERT_EQ(end, Cycles{recurrence(rows, columns, config.mac_latency, streams)});
  }
}

TEST(MatrixUnit, WaitsForABlockThatComesLate) {
  MatrixUnit unit(array(4, 4, Preload::double_buffered));
  (void)unit.accept(1, Cycles{2}, Cycles{0});
  const MatrixUnit::Times late = unit.accept(1, Cycles{2}, Cycles{100});
  EXPECT_EQ(late.begin, Cycles{100});
  EXPECT_EQ(late.last_active, Cycles{104});
}

}  // namespace
}  // namespace systole::model
