// SPDX-License-Identifier: Apache-2.0
#include "lower/chunks.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace systole {
namespace {

ChipConfig two_arrays_of_8() {
  ChipConfig chip{};
  chip.matrix_unit.count = 2;
  chip.matrix_unit.columns = 8;
  return chip;
}

// down [64 x 32] * [32 x columns], its all-reduce, and the addition that waits for it.
std::vector<Operation> product_and_sum(std::uint64_t columns) {
  Matmul down{};
  down.products = 1;
  down.rows = 64;
  down.depth = 32;
  down.columns = columns;
  down.useful = 1000 * columns;
  const Collective sum{CollectiveKind::all_reduce, {0}, Bytes{64 * columns * 2}, DataType::bf16};
  return {{"down", down, {"previous"}}, {"sum", sum, {"down"}}, {"add", Vector{}, {"sum"}}};
}

TEST(Chunks, CutTheColumnsSoThatEachWeightIsStillFetchedOnce) {
  const std::vector<Operation> cut = cut_into_chunks(product_and_sum(100), two_arrays_of_8());
  // 100 columns are 7 tiles of both arrays: chunks of 1, 2, 2 and 2 tiles, the last one ragged.
  ASSERT_EQ(cut.size(), 9U);
  std::vector<std::uint64_t> columns;
  std::uint64_t useful = 0;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < 8; i += 2) {
    columns.push_back(std::get<Matmul>(cut[i].work).columns);
    useful += std::get<Matmul>(cut[i].work).useful;
    bytes += std::get<Collective>(cut[i + 1].work).bytes.count();
  }
  EXPECT_EQ(columns, (std::vector<std::uint64_t>{16, 32, 32, 20}));
  EXPECT_EQ(useful, 100'000U);
  EXPECT_EQ(bytes, 64U * 100 * 2);
}

TEST(Chunks, ASumWaitsForItsOwnChunkAndWhatFollowsForAllOfThem) {
  const std::vector<Operation> cut = cut_into_chunks(product_and_sum(64), two_arrays_of_8());
  EXPECT_EQ(cut[2].name, "down_2");
  EXPECT_EQ(cut[2].after, (std::vector<std::string>{"previous"}));
  EXPECT_EQ(cut[3].after, (std::vector<std::string>{"down_2"}));
  EXPECT_EQ(cut[8].after, (std::vector<std::string>{"sum_1", "sum_2", "sum_3", "sum_4"}));
}

TEST(Chunks, ThereAreNoMoreOfThemThanTheArraysHaveTilesFor) {
  EXPECT_EQ(cut_into_chunks(product_and_sum(20), two_arrays_of_8()).size(), 5U);
}

}  // namespace
}  // namespace systole
