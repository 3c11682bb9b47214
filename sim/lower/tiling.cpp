// SPDX-License-Identifier: Apache-2.0
#include "lower/tiling.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace systole {
namespace {

// A block of the stationary operand: long against a memory's latency, short against an operation.
constexpr std::uint64_t kStationaryBlock = std::uint64_t{1} << 20;
constexpr std::uint64_t kBlocksInFlight = 8;  // Of the stationary buffer.
constexpr std::uint64_t kPanelsInFlight = 4;  // Of the moving buffer: operand, result, the next.
// What fetches may count on of a memory's peak: refresh, turnarounds, results and the burst of
// fetches at the start of a block of rows take the rest.
constexpr double kMemoryShare = 0.5;

// How many elements of a type fit into so many bytes.
std::uint64_t elements_in(std::uint64_t bytes, DataType type) { return bytes * 8 / bits(type); }

// The length of equal pieces of `whole`: at most `most`, a multiple of `unit` unless it is all of
// it. An exact divisor if one is near, else even pieces, so that no block is a sliver.
std::uint64_t piece(std::uint64_t whole, std::uint64_t most, std::uint64_t unit) {
  if (whole <= most) {
    return whole;
  }
  const std::uint64_t longest = std::max(unit, most - most % unit);
  for (std::uint64_t length = longest; length >= unit && 2 * length > longest; length -= unit) {
    if (whole % length == 0) {
      return length;
    }
  }
  const std::uint64_t even = ceil_div(whole, ceil_div(whole, longest));
  return std::min(longest, ceil_div(even, unit) * unit);
}

class Tiler {
 public:
  Tiler(const Matmul& matmul, const ChipConfig& chip, const Residency& residency)
      : m_(matmul),
        array_(chip.matrix_unit),
        stationary_(residency.stationary_buffer.count()),
        panel_(residency.moving_buffer.count() / kPanelsInFlight) {}

  [[nodiscard]] MatmulBlock block() const {
    const MatmulBlock whole{
        .products = 1, .rows = m_.rows, .depth = m_.depth, .columns = m_.columns};
    MatmulBlock b = whole;
    cut_stationary(b);
    b.rows = rows(b);
    if (b.rows < m_.rows && is_fetched()) {
      b = with_fewer_fetches(b);
    }
    if (b.rows == m_.rows && b.depth == m_.depth && b.columns == m_.columns) {
      b.products = products(b);
    }
    return b;
  }

 private:
  [[nodiscard]] bool is_fetched() const { return m_.stationary.place != Place::scratchpad; }

  [[nodiscard]] std::uint64_t stationary(std::uint64_t depth, std::uint64_t columns) const {
    return storage(depth * columns, m_.stationary.type).count();
  }

  // Rows whose moving panel (whole depth: it is kept for all columns) and result have room.
  [[nodiscard]] std::uint64_t rows(const MatmulBlock& b) const {
    const std::uint64_t moving = elements_in(panel_, m_.moving.type) / m_.depth;
    const std::uint64_t result = elements_in(panel_, m_.result.type) / b.columns;
    return piece(m_.rows, std::max<std::uint64_t>(1, std::min(moving, result)), 1);
  }

  // Each row block fetches the stationary operand again. Not so if it is one block that stays; and
  // there are fewer row blocks if all columns are worked on at once and the depth is cut instead:
  // then a moving panel need not be kept, only the partial sums.
  [[nodiscard]] MatmulBlock with_fewer_fetches(const MatmulBlock& cut) const {
    MatmulBlock b{.products = 1, .rows = m_.rows, .depth = m_.depth, .columns = m_.columns};
    if (stationary(m_.depth, m_.columns) <= stationary_ / 2) {
      b.rows = rows(b);
      return b;
    }
    b.depth =
        piece(m_.depth, elements_in(block_bytes(), m_.stationary.type) / m_.columns, array_.rows);
    const std::uint64_t sums = elements_in(panel_, DataType::fp32) / m_.columns;
    const std::uint64_t moving = elements_in(panel_, m_.moving.type) / b.depth;
    b.rows = piece(m_.rows, std::max<std::uint64_t>(1, std::min(sums, moving)), 1);
    return b.rows > cut.rows && stationary(b.depth, b.columns) <= stationary_ / 4 ? b : cut;
  }

  // Depth whole if one column of tiles allows it, then as many columns as the block takes.
  void cut_stationary(MatmulBlock& b) const {
    const std::uint64_t whole = stationary(m_.depth, m_.columns);
    if (2 * whole <= std::min(3 * block_bytes(), stationary_)) {
      return;  // Half a block more is better than a sliver behind it.
    }
    const std::uint64_t narrow = std::min<std::uint64_t>(array_.columns, m_.columns);
    const std::uint64_t most = elements_in(block_bytes(), m_.stationary.type);
    b.depth = piece(m_.depth, most / narrow, array_.rows);
    b.columns = b.depth == m_.depth ? piece(m_.columns, most / m_.depth, array_.columns) : narrow;
    if (is_fetched() && stationary(b.depth, b.columns) > stationary_ / 2) {
      throw DoesNotFit(fmt::format(
          "two array tiles of {} do not fit the stationary buffer of {} bytes: the scratchpad is "
          "too small for the matrix unit\n",
          name(m_.stationary.type), stationary_));
    }
  }

  // About a megabyte; at least one tile for every unit as long as the buffer has room for four.
  [[nodiscard]] std::uint64_t block_bytes() const {
    const std::uint64_t tile = stationary(std::min<std::uint64_t>(array_.rows, m_.depth),
                                          std::min<std::uint64_t>(array_.columns, m_.columns));
    const std::uint64_t wanted = std::min(stationary_ / kBlocksInFlight, kStationaryBlock);
    const std::uint64_t for_all = std::min(tile * array_.count, stationary_ / 4);
    return std::max({wanted, for_all, tile});
  }

  // Several small products in one block, as of attention.
  [[nodiscard]] std::uint64_t products(const MatmulBlock& b) const {
    const std::uint64_t stationary_count =
        elements_in(block_bytes(), m_.stationary.type) / (b.depth * b.columns);
    const std::uint64_t moving = elements_in(panel_, m_.moving.type) / (b.rows * b.depth);
    const std::uint64_t result = elements_in(panel_, m_.result.type) / (b.rows * b.columns);
    return piece(m_.products,
                 std::max<std::uint64_t>(1, std::min({stationary_count, moving, result})), 1);
  }

  const Matmul& m_;
  const MatrixUnitConfig& array_;
  const std::uint64_t stationary_;
  const std::uint64_t panel_;
};

// Bytes of both operands that come from far memories.
std::uint64_t fetched_bytes(const Matmul& m) {
  const bool stays = m.block.depth == m.depth && m.block.columns == m.columns;
  const std::uint64_t row_blocks = stays ? 1 : ceil_div(m.rows, m.block.rows);
  const std::uint64_t held = storage(m.depth * m.columns, m.stationary.type).count();
  const std::uint64_t moved = storage(m.rows * m.depth, m.moving.type).count();
  return m.products * ((m.stationary.place == Place::scratchpad ? 0 : held * row_blocks) +
                       (m.moving.place == Place::scratchpad ? 0 : moved));
}

double far_bandwidth(const Matmul& m, const ChipConfig& chip) {
  const bool hbm = m.stationary.place == Place::hbm || m.moving.place == Place::hbm;
  return hbm             ? chip.hbm->bandwidth.count()
         : chip.far_sram ? chip.far_sram->read_bandwidth.count()
                         : 1.0;  // Nothing is fetched.
}

double seconds_of_products(const Matmul& m, const ChipConfig& chip) {
  const MatrixUnitConfig& unit = chip.matrix_unit;
  const double products = static_cast<double>(m.products) * static_cast<double>(m.rows) *
                          static_cast<double>(m.depth) * static_cast<double>(m.columns);
  const double rate = static_cast<double>(unit.count) * unit.rows * unit.columns *
                      unit.rate(multiplier_for(m.stationary.type, m.moving.type)) *
                      chip.clock.count();
  return products / rate;
}

}  // namespace

MatmulBlock tile(const Matmul& matmul, const ChipConfig& chip, const Residency& residency) {
  return Tiler(matmul, chip, residency).block();
}

std::vector<Matmul> stripes(const Matmul& matmul, const ChipConfig& chip,
                            const Residency& residency) {
  const std::uint64_t tiles = ceil_div(matmul.columns, chip.matrix_unit.columns);
  const double rate = far_bandwidth(matmul, chip);
  // What one stripe's products take: fetches that are no longer cost no time.
  const double hidden = seconds_of_products(matmul, chip);
  std::vector<Matmul> best;
  double least = 0.0;
  std::uint64_t width_before = 0;
  for (std::uint64_t count = 1; count <= tiles; ++count) {
    const std::uint64_t width = ceil_div(tiles, count) * chip.matrix_unit.columns;
    if (width == width_before) {
      continue;  // No other cut than before.
    }
    width_before = width;
    std::vector<Matmul> cut;
    std::uint64_t bytes = 0;
    for (std::uint64_t at = 0; at < matmul.columns; at += width) {
      Matmul stripe = matmul;
      stripe.columns = std::min(width, matmul.columns - at);
      stripe.useful = matmul.useful / matmul.columns * stripe.columns;
      stripe.block = tile(stripe, chip, residency);
      bytes += fetched_bytes(stripe);
      cut.push_back(stripe);
    }
    const double time = std::max(hidden, static_cast<double>(bytes) / (kMemoryShare * rate));
    if (best.empty() || time < least) {
      best = std::move(cut);
      least = time;
    }
  }
  return best;
}

}  // namespace systole
