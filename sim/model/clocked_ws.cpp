// SPDX-License-Identifier: Apache-2.0
#include "model/clocked_ws.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "model/clocked_cells.hpp"

namespace systole::model {
namespace {

const ArrayConfig& checked(const ArrayConfig& config) {
  check(config.dataflow == Dataflow::weight_stationary, "the array is weight stationary");
  check_shape(config);
  check(config.latency >= 1 && config.latency <= 3, "a hop takes 1 to 3 cycles, not {}",
        config.latency);
  check(config.accumulator_rows >= 1 && config.scale_slots >= 1 && config.result_slots >= 1,
        "accumulators, scales and results need a row each");
  return config;
}

std::uint32_t after(std::uint32_t slot, std::uint32_t slots) {
  return slot + 1 == slots ? 0 : slot + 1;
}

bool leaves(const PassFlags& pass) { return pass.sum_end && pass.result_end; }
bool needs_scales(const PassFlags& pass) { return pass.sum_end && pass.scaled; }

}  // namespace

ClockedWs::ClockedWs(const ArrayConfig& config, Toggles* toggles)
    : config_(checked(config)),
      stages_(config.rows * config.latency),
      left_age_((config.rows + 1) * config.latency + config.columns - 2),
      elements_(ws_elements(config, toggles)),
      travelling_(left_age_ + 1, {}),
      credits_(config.result_slots),
      group_(std::size_t{config.accumulator_rows} * config.columns),
      result_(group_.size()),
      scales_(std::size_t{config.scale_slots} * config.columns),
      queue_(std::size_t{config.result_slots} * config.columns) {
  outputs_.results.resize(config.columns);
}

void ClockedWs::reset() {
  elements_->reset();
  travelling_.clear();
  loaded_ = drain_ = 0;
  pass_.reset();
  scales_in_use_ = scales_unclaimed_ = next_scale_ = claim_scale_ = 0;
  credits_ = config_.result_slots;
  results_ = next_result_ = head_ = 0;
}

bool ClockedWs::can_take_activations() const {
  if (leaves(inputs_.pass) && credits_ == 0) {
    return false;
  }
  return !inputs_.first ||
         (loaded_ == config_.rows && (!needs_scales(inputs_.pass) || scales_unclaimed_ > 0));
}

const UnitOutputs& ClockedWs::settle(const UnitInputs& inputs) {
  inputs_ = inputs;
  if (inputs.reset) {
    reset();
  }
  const bool serial = config_.preload == Preload::serial;
  outputs_.activations_ready = !inputs.reset && can_take_activations();
  const bool begins_pass = inputs.activations_valid && outputs_.activations_ready && inputs.first;
  outputs_.weights_ready = !inputs.reset && (serial ? loaded_ < config_.rows && drain_ == 0
                                                    : loaded_ < config_.rows || begins_pass);
  outputs_.scales_ready = !inputs.reset && scales_in_use_ < config_.scale_slots;
  outputs_.results_valid = results_ > 0;
  if (outputs_.results_valid) {
    std::copy_n(queue_.begin() + static_cast<std::ptrdiff_t>(head_) * config_.columns,
                config_.columns, outputs_.results.begin());
  } else {
    std::fill(outputs_.results.begin(), outputs_.results.end(), 0);
  }
  return outputs_;
}

void ClockedWs::clock() {
  if (inputs_.reset) {
    return;
  }
  const bool takes_row = inputs_.activations_valid && outputs_.activations_ready;
  const bool takes_weights = inputs_.weights_valid && outputs_.weights_ready;
  const bool begins_pass = takes_row && inputs_.first;
  const bool serial = config_.preload == Preload::serial;
  accumulate();
  leave();
  if (outputs_.results_valid && inputs_.results_ready) {
    take_result();
  }
  if (begins_pass && !serial) {
    loaded_ = 0;
  }
  elements_->clock({.activations = takes_row ? &inputs_.activations : nullptr,
                    .first = inputs_.first,
                    .weights = takes_weights ? &inputs_.weights : nullptr,
                    .tag = loaded_});
  loaded_ += takes_weights ? 1 : 0;
  drain_ -= drain_ > 0 ? 1 : 0;
  travelling_.push(takes_row ? take_activations() : Travelling{});
  if (inputs_.scales_valid && outputs_.scales_ready) {
    take_scales();
  }
}

// A column's row meets its accumulator one cycle after the column to the left met its own.
void ClockedWs::accumulate() {
  for (std::uint32_t c = 0; c < config_.columns; ++c) {
    if (const Travelling& row = travelling_[stages_ + c]; row.valid) {
      accumulate(row, c);
    }
  }
}

void ClockedWs::accumulate(const Travelling& row, std::uint32_t column) {
  const std::size_t at = std::size_t{row.address} * config_.columns + column;
  const numerics::Sum sum = elements_->sums()[column];
  const numerics::Sum group =
      row.pass.sum_start ? sum : numerics::add_sums(config_.type, group_[at], sum);
  group_[at] = group;
  if (!row.pass.sum_end) {
    return;
  }
  const numerics::Sum scaled =
      row.pass.scaled
          ? numerics::scale_sum(config_.type, group,
                                scales_[std::size_t{row.scale_slot} * config_.columns + column])
          : group;
  result_[at] = row.pass.result_start ? scaled : numerics::add_fp32(result_[at], scaled);
  if (row.pass.result_end) {
    queue_[std::size_t{row.result_slot} * config_.columns + column] = result_[at];
  }
}

void ClockedWs::leave() {
  const Travelling& row = travelling_[left_age_];
  if (!row.valid) {
    return;
  }
  results_ += leaves(row.pass) ? 1 : 0;
  scales_in_use_ -= row.last && needs_scales(row.pass) ? 1 : 0;
}

void ClockedWs::take_result() {
  --results_;
  ++credits_;
  head_ = after(head_, config_.result_slots);
}

void ClockedWs::take_scales() {
  check(inputs_.scales.size() == config_.columns, "a row of {} scales has {} words",
        config_.columns, inputs_.scales.size());
  std::copy(inputs_.scales.begin(), inputs_.scales.end(),
            scales_.begin() + static_cast<std::ptrdiff_t>(next_scale_) * config_.columns);
  next_scale_ = after(next_scale_, config_.scale_slots);
  ++scales_in_use_;
  ++scales_unclaimed_;
}

ClockedWs::Travelling ClockedWs::take_activations() {
  check_order();
  if (inputs_.first) {
    pass_ = inputs_.pass;
    row_ = 0;
    if (needs_scales(*pass_)) {
      --scales_unclaimed_;
      pass_scale_ = claim_scale_;
      claim_scale_ = after(claim_scale_, config_.scale_slots);
    }
  }
  const Travelling row{.valid = true,
                       .last = inputs_.last,
                       .pass = *pass_,
                       .address = row_++,
                       .scale_slot = pass_scale_,
                       .result_slot = next_result_};
  if (leaves(*pass_)) {
    --credits_;
    next_result_ = after(next_result_, config_.result_slots);
  }
  if (inputs_.last) {
    pass_.reset();
    if (config_.preload == Preload::serial) {
      loaded_ = 0;
      drain_ = left_age_ - 1;
    }
  }
  return row;
}

// What the contract asks of who drives the pins.
void ClockedWs::check_order() const {
  check(inputs_.first != pass_.has_value(), "a pass has one first row and ends before the next");
  check(inputs_.first || inputs_.pass == *pass_, "a pass has the same flags in all its rows");
  check(inputs_.first || row_ < config_.accumulator_rows, "a pass has more than {} rows",
        config_.accumulator_rows);
}

}  // namespace systole::model
