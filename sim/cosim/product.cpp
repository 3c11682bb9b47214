// SPDX-License-Identifier: Apache-2.0
#include "cosim/product.hpp"

#include <algorithm>
#include <array>

#include "base/quantity.hpp"
#include "cosim/elements.hpp"
#include "cosim/random_codes.hpp"

namespace systole::cosim {
namespace {

using model::ArrayConfig;
using model::Row;
using numerics::MatmulShape;

// A part of the product that one pass works on.
struct Block {
  std::uint32_t m, rows;  // First row of the activations, and how many.
  std::uint32_t n;        // First column of the weights.
  std::uint32_t k, depth;
  std::uint32_t group;  // Number of the scales.
  model::PassFlags flags;
};

// The blocks in the order in which they run: all of K for some rows and columns, then the next.
std::vector<Block> blocks(const ArrayConfig& config, const MatmulShape& shape) {
  const bool is_output_stationary = config.dataflow == Dataflow::output_stationary;
  const std::uint32_t step = is_output_stationary ? config.rows : config.accumulator_rows;
  const std::uint32_t group = shape.group == 0 ? shape.k : shape.group;
  std::vector<Block> out;
  for (std::uint32_t n = 0; n < shape.n; n += config.columns) {
    for (std::uint32_t m = 0; m < shape.m; m += step) {
      for (std::uint32_t k = 0; k < shape.k;) {
        const std::uint32_t end = std::min(shape.k, (k / group + 1) * group);
        const std::uint32_t depth = std::min(end - k, shape.rows);
        out.push_back({.m = m,
                       .rows = std::min(step, shape.m - m),
                       .n = n,
                       .k = k,
                       .depth = depth,
                       .group = k / group,
                       .flags = {.sum_start = k % group == 0,
                                 .sum_end = k + depth == end,
                                 .scaled = shape.group != 0,
                                 .result_start = k / group == 0,
                                 .result_end = k + depth == shape.k}});
        k += depth;
      }
    }
  }
  return out;
}

class ProductPasses : public PassSource {
 public:
  ProductPasses(const ArrayConfig& config, const Product& product)
      : config_(config), product_(product), blocks_(blocks(config, product.shape)) {}

  [[nodiscard]] std::optional<Pass> next() override {
    if (next_ == blocks_.size()) {
      return std::nullopt;
    }
    const Block& block = blocks_[next_++];
    return config_.dataflow == Dataflow::output_stationary ? outputs(block) : weights(block);
  }

  void restart() override { next_ = 0; }

  [[nodiscard]] const std::vector<Block>& parts() const { return blocks_; }

 private:
  // `count` elements of a row-major matrix, `stride` apart, as a row of the pins; what is beyond
  // the matrix is 0.
  [[nodiscard]] static Row gather(const std::vector<numerics::Code>& matrix, std::size_t first,
                                  std::size_t stride, std::uint32_t count, std::uint32_t places,
                                  std::uint32_t width) {
    Row out = zero_row(places, width);
    for (std::uint32_t i = 0; i < count; ++i) {
      set_element(out, width, i, matrix[first + i * stride]);
    }
    return out;
  }

  [[nodiscard]] Row weight_row(const Block& block, std::uint32_t k) const {
    const MatmulShape& shape = product_.shape;
    const std::uint32_t columns = std::min(config_.columns, shape.n - block.n);
    return gather(product_.weights, std::size_t{k} * shape.n + block.n, 1, columns, config_.columns,
                  weight_bits(config_));
  }

  [[nodiscard]] Pass weights(const Block& block) const {
    const MatmulShape& shape = product_.shape;
    Pass pass;
    pass.flags = block.flags;
    for (std::uint32_t r = 0; r < config_.rows; ++r) {
      pass.weights.push_back(r < block.depth ? weight_row(block, block.k + r)
                                             : zero_row(config_.columns, weight_bits(config_)));
    }
    for (std::uint32_t m = block.m; m < block.m + block.rows; ++m) {
      pass.activations.push_back(gather(product_.activations, std::size_t{m} * shape.k + block.k, 1,
                                        block.depth, config_.rows, activation_bits(config_)));
    }
    if (block.flags.scaled && block.flags.sum_end) {
      const std::uint32_t columns = std::min(config_.columns, shape.n - block.n);
      pass.scales = gather(product_.scales, std::size_t{block.group} * shape.n + block.n, 1,
                           columns, config_.columns, kWordBits);
    }
    return pass;
  }

  [[nodiscard]] Pass outputs(const Block& block) const {
    const MatmulShape& shape = product_.shape;
    Pass pass;
    for (std::uint32_t k = 0; k < shape.k; ++k) {
      pass.weights.push_back(weight_row(block, k));
      pass.activations.push_back(gather(product_.activations, std::size_t{block.m} * shape.k + k,
                                        shape.k, block.rows, config_.rows,
                                        activation_bits(config_)));
    }
    return pass;
  }

  const ArrayConfig& config_;
  const Product& product_;
  std::vector<Block> blocks_;
  std::size_t next_ = 0;
};

// Puts the rows of results, in the order in which they leave, where they belong.
class Gatherer {
 public:
  Gatherer(const ArrayConfig& config, const MatmulShape& shape, const std::vector<Block>& parts)
      : columns_(config.columns), shape_(shape), result_(std::size_t{shape.m} * shape.n) {
    for (const Block& block : parts) {
      // An output-stationary tile leaves whole, rows beyond the product too.
      const std::uint32_t rows =
          config.dataflow == Dataflow::output_stationary ? config.rows : block.rows;
      for (std::uint32_t r = 0; block.flags.result_end && r < rows; ++r) {
        order_.push_back({block.m + r, block.n});
      }
    }
  }

  void take(const Row& row) {
    const auto [m, n] = order_[taken_++];
    for (std::uint32_t c = 0; m < shape_.m && c < std::min(columns_, shape_.n - n); ++c) {
      result_[std::size_t{m} * shape_.n + n + c] = row[c];
    }
  }

  [[nodiscard]] bool is_done() const { return taken_ == order_.size(); }
  [[nodiscard]] std::vector<numerics::Sum> result() { return std::move(result_); }

 private:
  struct Place {
    std::uint32_t m, n;
  };

  std::uint32_t columns_;
  MatmulShape shape_;
  std::vector<numerics::Sum> result_;
  std::vector<Place> order_;
  std::size_t taken_ = 0;
};

std::vector<numerics::Code> random_matrix(Draw& draw, DataType type, std::size_t count) {
  const Flavour flavour = random_flavour(draw);
  std::vector<numerics::Code> out(count);
  std::ranges::generate(out, [&] { return random_code(draw, type, flavour); });
  return out;
}

}  // namespace

Product random_product(const ArrayConfig& config, Draw& draw) {
  constexpr std::array kGroups{0U, 32U, 64U, 128U};
  const bool is_output_stationary = config.dataflow == Dataflow::output_stationary;
  MatmulShape shape{.weights = config.type,
                    .m = draw.between(1, 3 * config.rows),
                    .n = draw.between(1, 3 * config.columns),
                    .k = draw.between(1, 4 * config.rows),
                    .rows = config.rows,
                    .group = is_output_stationary ? 0 : draw.one_of(kGroups)};
  if (shape.group != 0) {
    shape.k = draw.between(1, 3 * shape.group);
  }
  if (is_output_stationary) {
    shape.rows = shape.k;  // The sum of a tile runs through all of K.
  }
  const std::size_t groups = shape.group == 0 ? 0 : ceil_div(shape.k, shape.group);
  return {.shape = shape,
          .activations = random_matrix(draw, numerics::activation_type(config.type),
                                       std::size_t{shape.m} * shape.k),
          .weights = random_matrix(draw, config.type, std::size_t{shape.k} * shape.n),
          .scales = random_matrix(draw, DataType::fp32, groups * shape.n)};
}

std::optional<Multiplied> multiply(const ArrayConfig& config, const Product& product,
                                   const Traffic& traffic, model::ArrayUnit& unit) {
  ProductPasses passes(config, product);
  Driver driver(config, passes, traffic);
  Gatherer gatherer(config, product.shape, passes.parts());
  // A pass alone takes at most this long; bubbles make it some ten times longer, stalls more.
  const std::uint64_t alone = 2ULL * config.rows + config.accumulator_rows + product.shape.k +
                              std::uint64_t{config.rows + 1} * config.latency + config.columns;
  const std::uint64_t limit = 1000 + 100 * alone * passes.parts().size();
  for (std::uint64_t cycle = 0; cycle < limit; ++cycle) {
    const model::UnitInputs& inputs = driver.inputs();
    const model::UnitOutputs& outputs = unit.settle(inputs);
    if (!inputs.reset && outputs.results_valid && inputs.results_ready) {
      gatherer.take(outputs.results);
    }
    unit.clock();
    if (gatherer.is_done()) {
      return Multiplied{.result = gatherer.result(), .cycles = cycle + 1};
    }
    driver.clock(outputs);
  }
  return std::nullopt;
}

}  // namespace systole::cosim
