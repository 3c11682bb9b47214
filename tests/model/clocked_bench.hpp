// SPDX-License-Identifier: Apache-2.0
// Drives a matrix unit through its pins as fast as it accepts: weights as early as it is ready for
// them, activations and scales likewise, results always taken. Or with gaps: each channel rests in
// random cycles. Notes the cycle of every transfer that the event model knows of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "base/error.hpp"
#include "model/array_unit.hpp"

namespace systole::model {

// Every row is a result of its own: a pass that neither adds to another nor is scaled.
inline constexpr PassFlags kWhole{
    .sum_start = true, .sum_end = true, .scaled = false, .result_start = true, .result_end = true};

// What one pass (output stationary: one tile) brings to the pins.
struct Pass {
  std::vector<Row> weights;      // Rows of the tile; output stationary: of each step.
  std::vector<Row> activations;  // Row by row, or step by step.
  PassFlags flags = kWhole;
  std::vector<Row> scales{};    // One row if the pass claims scales.
  std::uint64_t available = 0;  // Offered from this cycle on.
};

// Cycles in which these transferred.
struct PassCycles {
  std::uint64_t begin = 0;  // Weight row 0; output stationary: the first step.
  std::uint64_t first = 0;  // First row of activations,
  std::uint64_t last = 0;   // and last.
  std::uint64_t last_result = 0;
};

struct Driven {
  std::vector<PassCycles> passes;
  std::vector<Row> results;
  std::uint64_t cycles = 0;  // Up to and with the last result.
};

class Bench {
 public:
  Bench(ArrayUnit& unit, const ArrayConfig& config) : unit_(unit), config_(config) {}

  // Channels rest in up to three of four cycles.
  Bench& with_gaps(std::uint32_t seed) {
    random_.emplace(seed);
    return *this;
  }

  [[nodiscard]] Driven run(const std::vector<Pass>& passes) {
    driven_.passes.resize(passes.size());
    for (const Pass& pass : passes) {
      results_due_ += results(pass);
    }
    std::uint64_t stuck = 0;
    while (driven_.results.size() < results_due_ || streaming_ < passes.size()) {
      stuck = step(passes) ? 0 : stuck + 1;
      check(stuck < 10000, "nothing moves in cycle {}", driven_.cycles);
    }
    return std::move(driven_);
  }

 private:
  [[nodiscard]] bool is_ws() const { return config_.dataflow == Dataflow::weight_stationary; }

  [[nodiscard]] std::size_t results(const Pass& pass) const {
    if (!is_ws()) {
      return config_.rows;
    }
    return pass.flags.sum_end && pass.flags.result_end ? pass.activations.size() : 0;
  }

  // One cycle. True if anything transferred.
  bool step(const std::vector<Pass>& passes) {
    offer(passes);
    const UnitOutputs& outputs = unit_.settle(inputs_);
    const bool weights = inputs_.weights_valid && outputs.weights_ready;
    const bool scales = inputs_.scales_valid && outputs.scales_ready;
    const bool row = inputs_.activations_valid && outputs.activations_ready;
    const bool result = outputs.results_valid && inputs_.results_ready;
    if (result) {
      take_result(passes, outputs.results);
    }
    const bool moved = weights || scales || row || result;
    unit_.clock();
    if (weights) {
      take_weights(passes);
    }
    scaled_ += scales ? 1 : 0;
    if (row) {
      take_row();
    }
    ++driven_.cycles;
    return moved;
  }

  // Which channels rest often changes every 64 cycles.
  [[nodiscard]] bool rests(std::uint32_t channel) {
    if (!random_) {
      return false;
    }
    const std::uint64_t often = (driven_.cycles / 64 + channel) % 4;  // 0: never.
    return (*random_)() % 4 < often;
  }

  void offer(const std::vector<Pass>& passes) {
    inputs_.results_ready = true;
    inputs_.weights_valid =
        is_ws() && loading_ < passes.size() && passes[loading_].available <= driven_.cycles;
    if (inputs_.weights_valid) {
      inputs_.weights = passes[loading_].weights[loaded_];
    }
    while (scaled_ < passes.size() && passes[scaled_].scales.empty()) {
      ++scaled_;
    }
    inputs_.scales_valid = !rests(2) && scaled_ < passes.size();
    if (inputs_.scales_valid) {
      inputs_.scales = passes[scaled_].scales[0];
    }
    inputs_.activations_valid =
        !rests(3) && streaming_ < passes.size() && passes[streaming_].available <= driven_.cycles;
    if (inputs_.activations_valid) {
      const Pass& pass = passes[streaming_];
      inputs_.first = streamed_ == 0;
      inputs_.last = streamed_ + 1 == pass.activations.size();
      inputs_.pass = pass.flags;
      inputs_.activations = pass.activations[streamed_];
      if (!is_ws()) {
        inputs_.weights = pass.weights[streamed_];
      }
    }
  }

  void take_weights(const std::vector<Pass>& passes) {
    if (loaded_ == 0) {
      driven_.passes[loading_].begin = driven_.cycles;
    }
    if (++loaded_ == passes[loading_].weights.size()) {
      loaded_ = 0;
      ++loading_;
    }
  }

  void take_row() {
    PassCycles& cycles = driven_.passes[streaming_];
    if (inputs_.first) {
      cycles.first = driven_.cycles;
      cycles.begin = is_ws() ? cycles.begin : cycles.first;
    }
    ++streamed_;
    if (inputs_.last) {
      cycles.last = driven_.cycles;
      ++streaming_;
      streamed_ = 0;
    }
  }

  void take_result(const std::vector<Pass>& passes, const Row& result) {
    driven_.results.push_back(result);
    while (left_ == results(passes[leaving_])) {
      left_ = 0;
      ++leaving_;
    }
    ++left_;
    driven_.passes[leaving_].last_result = driven_.cycles;
  }

  ArrayUnit& unit_;
  const ArrayConfig config_;
  std::optional<std::mt19937> random_;
  UnitInputs inputs_;
  Driven driven_;
  std::size_t results_due_ = 0;
  std::size_t loading_ = 0, loaded_ = 0;      // Pass whose weights are next, and row of its tile.
  std::size_t scaled_ = 0;                    // Pass whose scales are next.
  std::size_t streaming_ = 0, streamed_ = 0;  // Pass whose activations are next, and row.
  std::size_t leaving_ = 0, left_ = 0;        // Pass whose results are next, and row.
};

[[nodiscard]] inline std::size_t words(std::uint32_t elements, std::uint32_t width) {
  return (std::size_t{elements} * width + 31) / 32;
}

// Smallest array that keeps a steady stream running, by the contract.
[[nodiscard]] inline ArrayConfig array_config(DataType type, std::uint32_t rows,
                                              std::uint32_t columns, Dataflow dataflow,
                                              Preload preload, std::uint32_t latency,
                                              std::uint32_t accumulator_rows) {
  return {.type = type,
          .rows = rows,
          .columns = columns,
          .dataflow = dataflow,
          .preload = preload,
          .latency = latency,
          .accumulator_rows = accumulator_rows,
          .scale_slots = 2,
          .result_slots = (rows + 1) * latency + columns + 1};
}

}  // namespace systole::model
