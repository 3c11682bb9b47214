// SPDX-License-Identifier: Apache-2.0
#include "cosim/random_passes.hpp"

#include <algorithm>

#include "cosim/random_codes.hpp"

namespace systole::cosim {

using model::PassFlags;
using model::Row;

RandomPasses::RandomPasses(const model::ArrayConfig& config, std::uint64_t seed)
    : config_(config), draw_(seed, "passes") {}

void RandomPasses::restart() {
  groups_written_ = 0;
  results_written_ = 0;
}

// One row, or about as many as the array has, or up to several times that.
std::uint32_t RandomPasses::stream() {
  const bool is_output_stationary = config_.dataflow == Dataflow::output_stationary;
  const std::uint32_t longest = is_output_stationary ? 4 * config_.rows : config_.accumulator_rows;
  const std::array lengths{1U,      config_.rows - 1,         config_.rows, config_.rows + 1,
                           longest, draw_.between(1, longest)};
  return std::clamp(draw_.one_of(lengths), 1U, longest);
}

// A flag that changes nothing (a result's without `sum_end`) is random all the same.
PassFlags RandomPasses::flags(std::uint32_t rows) {
  PassFlags out{.sum_start = draw_.bits(1) != 0,
                .sum_end = draw_.chance(0.7),
                .scaled = draw_.bits(1) != 0,
                .result_start = draw_.bits(1) != 0,
                .result_end = draw_.chance(0.7)};
  out.sum_start = out.sum_start || rows > groups_written_;
  groups_written_ = std::max(groups_written_, rows);
  if (out.sum_end) {
    out.result_start = out.result_start || rows > results_written_;
    results_written_ = std::max(results_written_, rows);
  }
  return out;
}

std::optional<Pass> RandomPasses::next() {
  const bool is_output_stationary = config_.dataflow == Dataflow::output_stationary;
  const std::uint32_t rows = stream();
  const Flavour flavour = random_flavour(draw_);
  Pass pass;
  const std::uint32_t weight_rows = is_output_stationary ? rows : config_.rows;
  for (std::uint32_t i = 0; i < weight_rows; ++i) {
    pass.weights.push_back(random_row(draw_, config_.type, config_.columns, flavour));
  }
  for (std::uint32_t i = 0; i < rows; ++i) {
    pass.activations.push_back(
        random_row(draw_, numerics::activation_type(config_.type), config_.rows, flavour));
  }
  if (!is_output_stationary) {
    pass.flags = flags(rows);
    if (pass.flags.scaled && pass.flags.sum_end) {
      pass.scales = random_row(draw_, DataType::fp32, config_.columns, random_flavour(draw_));
    }
  }
  return pass;
}

}  // namespace systole::cosim
