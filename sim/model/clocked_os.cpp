// SPDX-License-Identifier: Apache-2.0
#include "model/clocked_os.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "model/clocked_cells.hpp"

namespace systole::model {
namespace {

const ArrayConfig& checked(const ArrayConfig& config) {
  check(config.dataflow == Dataflow::output_stationary, "the array is output stationary");
  check_shape(config);
  check(config.latency == 1, "sums stay where they are: a hop takes 1 cycle, not {}",
        config.latency);
  check(config.result_slots >= config.rows, "the {} rows of a tile do not fit {} slots",
        config.rows, config.result_slots);
  return config;
}

}  // namespace

ClockedOs::ClockedOs(const ArrayConfig& config, Toggles* toggles)
    : config_(checked(config)),
      elements_(os_elements(config, toggles)),
      travelling_(std::size_t{config.rows} + config.columns, {}),
      credits_(config.result_slots),
      queue_(std::size_t{config.result_slots} * config.columns) {
  outputs_.results.resize(config.columns);
}

void ClockedOs::reset() {
  elements_->reset();
  travelling_.clear();
  streaming_ = false;
  bus_ = drain_ = 0;
  credits_ = config_.result_slots;
  results_ = next_result_ = head_ = 0;
}

bool ClockedOs::can_take_operands() const {
  const bool can_finish = credits_ >= config_.rows && bus_ == 0;
  return (!inputs_.last || can_finish) && (!inputs_.first || drain_ == 0);
}

const UnitOutputs& ClockedOs::settle(const UnitInputs& inputs) {
  inputs_ = inputs;
  if (inputs.reset) {
    reset();
  }
  outputs_.activations_ready = !inputs.reset && can_take_operands();
  outputs_.results_valid = results_ > 0;
  if (outputs_.results_valid) {
    std::copy_n(queue_.begin() + static_cast<std::ptrdiff_t>(head_) * config_.columns,
                config_.columns, outputs_.results.begin());
  } else {
    std::fill(outputs_.results.begin(), outputs_.results.end(), 0);
  }
  return outputs_;
}

void ClockedOs::clock() {
  if (inputs_.reset) {
    return;
  }
  const bool takes_step = inputs_.activations_valid && outputs_.activations_ready;
  finish();
  if (outputs_.results_valid && inputs_.results_ready) {
    --results_;
    ++credits_;
    head_ = (head_ + 1) % config_.result_slots;
  }
  elements_->clock({.activations = takes_step ? &inputs_.activations : nullptr,
                    .weights = takes_step ? &inputs_.weights : nullptr,
                    .first = inputs_.first});
  bus_ -= bus_ > 0 ? 1 : 0;
  drain_ -= drain_ > 0 ? 1 : 0;
  travelling_.push(takes_step ? take_operands() : Travelling{});
}

// A sum takes the bus of its column in the cycle after its last step.
void ClockedOs::finish() {
  for (std::uint32_t age = 1; age < config_.rows + config_.columns; ++age) {
    if (const Travelling& step = travelling_[age]; step.last) {
      finish(step.result_slot, age - 1);
    }
  }
}

void ClockedOs::finish(std::uint32_t result_slot, std::uint32_t diagonal) {
  const std::uint32_t top = diagonal < config_.columns ? 0 : diagonal - config_.columns + 1;
  for (std::uint32_t r = top; r <= std::min(diagonal, config_.rows - 1); ++r) {
    const std::uint32_t column = diagonal - r;
    const std::size_t slot = (result_slot + r) % config_.result_slots;
    queue_[slot * config_.columns + column] = elements_->element(r, column).sum_q;
    results_ += column + 1 == config_.columns ? 1 : 0;
  }
}

ClockedOs::Travelling ClockedOs::take_operands() {
  check(inputs_.first != streaming_, "a tile has one first step and ends before the next");
  streaming_ = !inputs_.last;
  const Travelling step{.last = inputs_.last, .result_slot = next_result_};
  if (inputs_.last) {
    credits_ -= config_.rows;
    next_result_ = (next_result_ + config_.rows) % config_.result_slots;
    bus_ = config_.rows - 1;
    drain_ = config_.preload == Preload::serial ? config_.rows + config_.columns - 2 : 0;
  }
  return step;
}

}  // namespace systole::model
