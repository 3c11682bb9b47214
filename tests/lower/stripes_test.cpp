// SPDX-License-Identifier: Apache-2.0
// Products with both operands in HBM, cut into stripes of columns.
#include <gtest/gtest.h>

#include "config/read.hpp"
#include "lower/tiling.hpp"

namespace systole {
namespace {

ChipConfig shipped_chip(const std::string& name) {
  return read_chip(std::string(SYSTOLE_SOURCE_DIR) + "/configs/chips/" + name + ".yaml");
}

Residency buffers(const ChipConfig& chip) {
  Residency out{};
  out.stationary_buffer = Bytes{chip.scratchpad.capacity.count() / 2};
  out.moving_buffer = chip.scratchpad.capacity - out.stationary_buffer;
  return out;
}

Matmul square(std::uint64_t side) {
  return {.products = 1,
          .rows = side,
          .depth = side,
          .columns = side,
          .tensor = Stationary::weight,
          .stationary = {.type = DataType::bf16, .place = Place::hbm},
          .moving = {.type = DataType::bf16, .place = Place::hbm},
          .result = {.type = DataType::bf16, .place = Place::hbm},
          .block = {},
          .prefetch = false,
          .useful = side * side * side};
}

TEST(Stripes, OfASmallProductAreOne) {
  const ChipConfig chip = shipped_chip("tpu_v5e");
  const auto cut = stripes(square(512), chip, buffers(chip));
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_EQ(cut[0].columns, 512U);
  EXPECT_EQ(cut[0].useful, 512U * 512 * 512);
}

// One pass over all columns fetches the
// weights for each block of a few rows.
TEST(Stripes, OfALargeProductCoverItAndFetchLess) {
  ChipConfig chip = shipped_chip("tpu_v7x");
  chip.scratchpad.capacity = Bytes{chip.scratchpad.capacity.count() / 2};
  const Residency room = buffers(chip);
  const Matmul whole = square(16384);
  const auto cut = stripes(whole, chip, room);
  EXPECT_GT(cut.size(), 1U);
  std::uint64_t columns = 0;
  std::uint64_t useful = 0;
  std::uint64_t fetched = 0;  // Elements.
  for (const Matmul& stripe : cut) {
    columns += stripe.columns;
    useful += stripe.useful;
    fetched += ceil_div(stripe.rows, stripe.block.rows) * stripe.depth * stripe.columns +
               stripe.rows * stripe.depth;
    EXPECT_EQ(stripe.rows, whole.rows);
    EXPECT_EQ(stripe.depth, whole.depth);
  }
  EXPECT_EQ(columns, whole.columns);
  EXPECT_EQ(useful, whole.useful);
  const std::uint64_t rows = tile(whole, chip, room).rows;
  EXPECT_LT(2 * fetched, ceil_div(whole.rows, rows) * whole.depth * whole.columns);
}

}  // namespace
}  // namespace systole
