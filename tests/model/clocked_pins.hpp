// SPDX-License-Identifier: Apache-2.0
// Random but legal stimulus for a matrix unit's pins: passes of 1 to 2 rows + 2 rows, any data,
// bubbles and back-pressure that come and go, seldom a reset.
#pragma once

#include <cstdint>
#include <random>

#include "clocked_bench.hpp"
#include "model/array_unit.hpp"
#include "numerics/arithmetic.hpp"

namespace systole::model {

[[nodiscard]] inline numerics::Code code_at(const Row& row, std::uint32_t i, DataType type) {
  const std::uint32_t width = bits(type);
  return row[i * width / 32] >> (i * width % 32) & ((1U << width) - 1);
}

class RandomPins {
 public:
  RandomPins(const ArrayConfig& config, std::uint32_t seed) : config_(config), random_(seed) {}

  const UnitInputs& next() {
    inputs_.reset = random_() % 150 == 0;
    if (inputs_.reset) {
      left_ = 0;
    }
    if (random_() % 40 == 0) {
      bubbles_ = random_() % 4;
    }
    if (left_ == 0) {
      inputs_.first = true;
      left_ = 1 + static_cast<std::uint32_t>(random_() % (2 * config_.rows + 2));
      inputs_.pass = {.sum_start = true,
                      .sum_end = random_() % 2 == 0,
                      .scaled = random_() % 2 == 0,
                      .result_start = true,
                      .result_end = random_() % 2 == 0};
    }
    inputs_.last = left_ == 1;
    inputs_.activations_valid = is_busy();
    inputs_.weights_valid = is_busy();
    inputs_.scales_valid = is_busy();
    inputs_.results_ready = is_busy();
    inputs_.activations = row(config_.rows, bits(numerics::activation_type(config_.type)));
    inputs_.weights = row(config_.columns, bits(config_.type));
    inputs_.scales = row(config_.columns, 32);
    return inputs_;
  }

  // What the unit took at the edge.
  void taken(bool row) {
    if (row) {
      inputs_.first = false;
      --left_;
    }
  }

 private:
  [[nodiscard]] bool is_busy() { return random_() % 4 >= bubbles_; }

  [[nodiscard]] Row row(std::uint32_t elements, std::uint32_t width) {
    Row row(words(elements, width));
    for (std::uint32_t& word : row) {
      word = static_cast<std::uint32_t>(random_());
    }
    if (const std::uint32_t used = elements * width % 32; used != 0) {
      row.back() &= (1U << used) - 1;
    }
    return row;
  }

  const ArrayConfig config_;
  std::mt19937 random_;
  UnitInputs inputs_;
  std::uint32_t left_ = 0;  // Rows of the pass still to come.
  std::uint64_t bubbles_ = 0;
};

}  // namespace systole::model
