// SPDX-License-Identifier: Apache-2.0
// Whole matrix products through the pins of the clocked model give the bits that numerics::matmul
// defines, and do the work that shapes alone say.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <vector>

#include "clocked_bench.hpp"
#include "model/clocked.hpp"
#include "numerics/formats.hpp"
#include "numerics/matmul.hpp"

namespace systole::model {
namespace {

using numerics::Code;
using numerics::MatmulShape;
using numerics::Sum;

constexpr DataType kFp32 = DataType::fp32;

// A matrix product with its operands.
struct Product {
  MatmulShape shape;
  std::vector<Code> activations;  // [m][k]
  std::vector<Code> weights;      // [k][n]
  std::vector<Sum> scales;        // [group][n]
};

// Half of the elements are any bits at all, NaN and infinity among them where there are any; the
// others are numbers around 1, so that sums are not all special.
std::vector<Code> random_codes(std::mt19937& random, DataType type, std::size_t count, bool any) {
  std::normal_distribution<float> number(0, type == DataType::int8 ? 50 : 1);
  std::vector<Code> codes(count);
  for (Code& code : codes) {
    const auto bits_of = static_cast<Code>(random() & ((1ULL << bits(type)) - 1));
    code = any && random() % 2 == 0 ? bits_of : numerics::encode(type, number(random));
  }
  return codes;
}

Product random_product(const MatmulShape& shape, std::uint32_t seed) {
  std::mt19937 random(seed);
  const DataType activations = numerics::activation_type(shape.weights);
  const std::size_t groups = shape.group == 0 ? 0 : (shape.k + shape.group - 1) / shape.group;
  const bool any = seed % 2 == 0;
  return {.shape = shape,
          .activations = random_codes(random, activations, std::size_t{shape.m} * shape.k, any),
          .weights = random_codes(random, shape.weights, std::size_t{shape.k} * shape.n, any),
          .scales = random_codes(random, kFp32, groups * shape.n, false)};
}

// Elements of a row packed side by side; what lies beyond the matrix is 0.
template <class Element>
Row pack(std::uint32_t elements, std::uint32_t width, Element element) {
  Row row(words(elements, width));
  for (std::uint32_t i = 0; i < elements; ++i) {
    row[i * width / 32] |= element(i) << (i * width % 32);
  }
  return row;
}

// One tile of the stationary operand: rows of K and columns of N that it covers.
struct Tile {
  std::uint32_t k, depth;
  std::uint32_t n;
};

Pass weight_stationary_pass(const Product& product, const ArrayConfig& array, const Tile& tile) {
  const MatmulShape& shape = product.shape;
  Pass pass;
  for (std::uint32_t r = 0; r < array.rows; ++r) {
    pass.weights.push_back(pack(array.columns, bits(shape.weights), [&](std::uint32_t c) {
      const std::uint32_t n = tile.n + c;
      const bool inside = r < tile.depth && n < shape.n;
      return inside ? product.weights[std::size_t{tile.k + r} * shape.n + n] : 0;
    }));
  }
  for (std::uint32_t m = 0; m < shape.m; ++m) {
    const std::uint32_t width = bits(numerics::activation_type(shape.weights));
    pass.activations.push_back(pack(array.rows, width, [&](std::uint32_t r) {
      return r < tile.depth ? product.activations[std::size_t{m} * shape.k + tile.k + r] : 0;
    }));
  }
  const std::uint32_t group = shape.group == 0 ? shape.k : shape.group;
  const std::uint32_t end = tile.k + tile.depth;
  const bool ends_group = end % group == 0 || end == shape.k;
  pass.flags = {.sum_start = tile.k % group == 0,
                .sum_end = ends_group,
                .scaled = shape.group != 0,
                .result_start = tile.k < group,
                .result_end = end == shape.k};
  if (shape.group != 0 && ends_group) {
    pass.scales.push_back(pack(array.columns, 32, [&](std::uint32_t c) {
      const std::size_t row = std::size_t{tile.k / group} * shape.n;
      return tile.n + c < shape.n ? product.scales[row + tile.n + c] : 0;
    }));
  }
  return pass;
}

// Column tile by column tile, K-folds in order; a tile never spans groups.
std::vector<Pass> weight_stationary_passes(const Product& product, const ArrayConfig& array) {
  const MatmulShape& shape = product.shape;
  const std::uint32_t group = shape.group == 0 ? shape.k : shape.group;
  std::vector<Pass> passes;
  for (std::uint32_t n = 0; n < shape.n; n += array.columns) {
    for (std::uint32_t k = 0, depth = 0; k < shape.k; k += depth) {
      depth = std::min({array.rows, group - k % group, shape.k - k});
      passes.push_back(weight_stationary_pass(product, array, {k, depth, n}));
    }
  }
  return passes;
}

// How the pins are driven, and who counts.
struct How {
  std::optional<std::uint32_t> gaps{};  // Seed.
  Toggles* toggles = nullptr;
};

Driven drive(const ArrayConfig& array, const std::vector<Pass>& passes, const How& how) {
  const auto unit = clocked_unit(array, how.toggles);
  Bench bench(*unit, array);
  if (how.gaps) {
    bench.with_gaps(*how.gaps);
  }
  return bench.run(passes);
}

// The results of a column tile are m rows behind each other.
std::vector<Sum> weight_stationary(const Product& product, const ArrayConfig& array,
                                   const How& how = {}) {
  const MatmulShape& shape = product.shape;
  const Driven driven = drive(array, weight_stationary_passes(product, array), how);
  std::vector<Sum> result(std::size_t{shape.m} * shape.n);
  for (std::uint32_t m = 0; m < shape.m; ++m) {
    for (std::uint32_t n = 0; n < shape.n; ++n) {
      const std::size_t row = std::size_t{n / array.columns} * shape.m + m;
      result[std::size_t{m} * shape.n + n] = driven.results[row][n % array.columns];
    }
  }
  return result;
}

std::vector<Sum> output_stationary(const Product& product, const ArrayConfig& array,
                                   const How& how = {}) {
  const MatmulShape& shape = product.shape;
  const std::uint32_t width = bits(numerics::activation_type(shape.weights));
  std::vector<Pass> tiles;
  for (std::uint32_t m = 0; m < shape.m; m += array.rows) {
    for (std::uint32_t n = 0; n < shape.n; n += array.columns) {
      Pass& tile = tiles.emplace_back();
      for (std::uint32_t k = 0; k < shape.k; ++k) {
        tile.activations.push_back(pack(array.rows, width, [&](std::uint32_t r) {
          return m + r < shape.m ? product.activations[std::size_t{m + r} * shape.k + k] : 0;
        }));
        tile.weights.push_back(pack(array.columns, bits(shape.weights), [&](std::uint32_t c) {
          return n + c < shape.n ? product.weights[std::size_t{k} * shape.n + n + c] : 0;
        }));
      }
    }
  }
  const Driven driven = drive(array, tiles, how);
  const std::size_t tiles_across = (shape.n + array.columns - 1) / array.columns;
  std::vector<Sum> result(std::size_t{shape.m} * shape.n);
  for (std::uint32_t m = 0; m < shape.m; ++m) {
    for (std::uint32_t n = 0; n < shape.n; ++n) {
      const std::size_t tile = m / array.rows * tiles_across + n / array.columns;
      result[std::size_t{m} * shape.n + n] =
          driven.results[tile * array.rows + m % array.rows][n % array.columns];
    }
  }
  return result;
}

std::vector<Sum> expected(const Product& product) {
  return numerics::matmul(product.shape, product.activations, product.weights, product.scales);
}

// Every array that may do the product: both preloads, every L.
void expect_weight_stationary_exact(const MatmulShape& shape, std::uint32_t columns,
                                    std::uint32_t seed) {
  const Product product = random_product(shape, seed);
  for (const Preload preload : {Preload::double_buffered, Preload::serial}) {
    for (const std::uint32_t latency : {1U, 2U, 3U}) {
      const ArrayConfig array =
          array_config(shape.weights, shape.rows, columns, Dataflow::weight_stationary, preload,
                       latency, shape.m);
      ASSERT_EQ(weight_stationary(product, array), expected(product))
          << name(shape.weights) << ", m " << shape.m << ", n " << shape.n << ", k " << shape.k
          << ", " << shape.rows << " x " << columns << ", group " << shape.group << ", L "
          << latency;
    }
  }
}

TEST(ClockedMatmul, AProductThatFitsTheArrayIsExactForEveryType) {
  for (const DataType type : numerics::kElementTypes) {
    for (const std::uint32_t seed : {1U, 2U}) {
      expect_weight_stationary_exact(
          {.weights = type, .m = 9, .n = 5, .k = 8, .rows = 8, .group = 0}, 5, seed);
    }
  }
}

TEST(ClockedMatmul, KFoldsAndTilesThatDoNotFillTheArrayAreExactForEveryType) {
  for (const DataType type : numerics::kElementTypes) {
    for (const std::uint32_t seed : {1U, 2U}) {
      expect_weight_stationary_exact(
          {.weights = type, .m = 11, .n = 13, .k = 21, .rows = 4, .group = 0}, 6, seed);
    }
  }
}

TEST(ClockedMatmul, GroupsOfSeveralTilesAreScaledOnTheWayOutForEveryType) {
  for (const DataType type : numerics::kElementTypes) {
    for (const std::uint32_t seed : {1U, 2U}) {
      expect_weight_stationary_exact(
          {.weights = type, .m = 7, .n = 10, .k = 70, .rows = 8, .group = 32}, 4, seed);
    }
  }
}

TEST(ClockedMatmul, GroupsSmallerThanTheArrayUseItsFirstRowsForEveryType) {
  for (const DataType type : numerics::kElementTypes) {
    expect_weight_stationary_exact(
        {.weights = type, .m = 3, .n = 9, .k = 20, .rows = 16, .group = 8}, 9, 4);
  }
}

TEST(ClockedMatmul, OneRowOneColumnAndOneElementAreExactForEveryType) {
  for (const DataType type : numerics::kElementTypes) {
    expect_weight_stationary_exact({.weights = type, .m = 1, .n = 3, .k = 4, .rows = 1, .group = 2},
                                   1, 6);
    expect_weight_stationary_exact({.weights = type, .m = 1, .n = 7, .k = 5, .rows = 1, .group = 0},
                                   7, 6);
    expect_weight_stationary_exact({.weights = type, .m = 2, .n = 2, .k = 9, .rows = 7, .group = 7},
                                   1, 6);
  }
}

// Output stationary sums all of K in one chain, as an array as deep as K would.
TEST(ClockedMatmul, OutputStationaryIsExactForEveryType) {
  for (const DataType type : numerics::kElementTypes) {
    for (const std::uint32_t k : {1U, 3U, 30U}) {
      const Product product =
          random_product({.weights = type, .m = 11, .n = 9, .k = k, .rows = k, .group = 0}, k);
      for (const Preload preload : {Preload::double_buffered, Preload::serial}) {
        for (const std::uint32_t rows : {1U, 4U, 6U}) {
          const ArrayConfig array =
              array_config(type, rows, 7 - rows, Dataflow::output_stationary, preload, 1, 1);
          ASSERT_EQ(output_stationary(product, array), expected(product))
              << name(type) << ", k " << k << ", " << rows << " rows";
        }
      }
    }
  }
}

TEST(ClockedMatmul, BubblesAndBackPressureDoNotChangeABitOfAWeightStationaryProduct) {
  std::uint32_t seed = 0;
  for (const DataType type : numerics::kElementTypes) {
    const Product product =
        random_product({.weights = type, .m = 19, .n = 14, .k = 40, .rows = 5, .group = 12}, 2);
    for (const Preload preload : {Preload::double_buffered, Preload::serial}) {
      for (const std::uint32_t latency : {1U, 2U, 3U}) {
        ArrayConfig array = array_config(type, 5, 3, Dataflow::weight_stationary, preload, latency,
                                         product.shape.m);
        for (const std::uint32_t slots : {1U, 3U, 20U}) {
          array.result_slots = slots;
          array.scale_slots = slots;
          ASSERT_EQ(weight_stationary(product, array, {.gaps = ++seed}), expected(product))
              << name(type) << ", L " << latency << ", " << slots << " slots";
        }
      }
    }
  }
}

TEST(ClockedMatmul, BubblesAndBackPressureDoNotChangeABitOfAnOutputStationaryProduct) {
  std::uint32_t seed = 0;
  for (const DataType type : numerics::kElementTypes) {
    const Product product =
        random_product({.weights = type, .m = 19, .n = 14, .k = 9, .rows = 9, .group = 0}, 2);
    for (const Preload preload : {Preload::double_buffered, Preload::serial}) {
      ArrayConfig array =
          array_config(type, 5, 3, Dataflow::output_stationary, preload, 1, product.shape.m);
      for (const std::uint32_t slots : {5U, 7U, 30U}) {
        array.result_slots = slots;
        ASSERT_EQ(output_stationary(product, array, {.gaps = ++seed}), expected(product))
            << name(type) << ", " << slots << " slots";
      }
    }
  }
}

TEST(ClockedMatmul, DoesTheWorkThatTheShapesSay) {
  // 2 column tiles of 3 tiles in K, 10 rows each, on 4 x 6 elements.
  const Product product = random_product(
      {.weights = DataType::int8, .m = 10, .n = 12, .k = 12, .rows = 4, .group = 0}, 1);
  for (const std::uint32_t latency : {1U, 3U}) {
    Toggles toggles;
    (void)weight_stationary(product,
                            array_config(DataType::int8, 4, 6, Dataflow::weight_stationary,
                                         Preload::double_buffered, latency, 10),
                            {.toggles = &toggles});
    EXPECT_EQ(toggles.active_element_cycles, 10 * 12 * 12);  // M K N: nothing is padded.
    // A weight of row r moves r + 1 hops; rows 0 to 3, 6 columns, 6 tiles.
    EXPECT_EQ(toggles.shift_hops, 6 * 6 * (1 + 2 + 3 + 4));
  }
}

TEST(ClockedMatmul, PaddingIsWorkToo) {
  // K 9 is 3 tiles of 4, N 7 is 2 tiles of 6.
  const Product product = random_product(
      {.weights = DataType::bf16, .m = 10, .n = 7, .k = 9, .rows = 4, .group = 0}, 1);
  Toggles toggles;
  (void)weight_stationary(
      product,
      array_config(DataType::bf16, 4, 6, Dataflow::weight_stationary, Preload::serial, 1, 10),
      {.toggles = &toggles});
  EXPECT_EQ(toggles.active_element_cycles, 10 * 12 * 12);
  EXPECT_EQ(toggles.shift_hops, 6 * 6 * (1 + 2 + 3 + 4));
}

}  // namespace
}  // namespace systole::model
