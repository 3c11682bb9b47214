// SPDX-License-Identifier: Apache-2.0
#include "cosim/driver.hpp"

#include <array>

#include "cosim/elements.hpp"
#include "cosim/random_codes.hpp"

namespace systole::cosim {

using model::PassFlags;
using model::UnitOutputs;

namespace {

constexpr std::uint32_t kPassesAhead = 6;  // So that scales can run ahead of their passes.
constexpr std::uint32_t kFirstReset = 2;
constexpr double kResets = 0.08;  // Of the moods begin with a reset.
constexpr double kSteady = 0.3;   // Of the moods have no bubbles.
constexpr std::array kDensities{1.0, 1.0, 0.9, 0.5, 0.5, 0.1, 0.0};

}  // namespace

Driver::Driver(const model::ArrayConfig& config, PassSource& source, const Traffic& traffic)
    : config_(config),
      source_(source),
      traffic_(traffic),
      draw_(traffic.seed, "traffic"),
      reset_left_(kFirstReset) {
  inputs_.weights = zero_row(config.columns, weight_bits(config));
  inputs_.scales = zero_row(config.columns, kWordBits);
  inputs_.activations = zero_row(config.rows, activation_bits(config));
  prepare();
}

void Driver::clock(const UnitOutputs& outputs) {
  if (inputs_.reset) {
    inputs_.weights_valid = inputs_.scales_valid = inputs_.activations_valid = false;
  } else {
    if (inputs_.weights_valid && outputs.weights_ready) {
      weights_.pop_front();
      inputs_.weights_valid = false;
    }
    if (inputs_.scales_valid && outputs.scales_ready) {
      scales_.pop_front();
      inputs_.scales_valid = false;
    }
    if (inputs_.activations_valid && outputs.activations_ready) {
      passes_queued_ -= activations_.front().last ? 1 : 0;
      activations_.pop_front();
      inputs_.activations_valid = false;
    }
  }
  prepare();
}

void Driver::change_mood() {
  const bool steady = draw_.chance(kSteady);
  const auto density = [&] { return steady ? 1.0 : draw_.one_of(kDensities); };
  mood_ = {.weights = density(),
           .scales = density(),
           .activations = density(),
           .results = density(),
           .noise = draw_.chance(0.5),
           .left = draw_.between(1, 6 * (config_.rows + config_.columns))};
  if (traffic_.resets && draw_.chance(kResets)) {
    begin_reset();
  }
}

void Driver::begin_reset() {
  reset_left_ = draw_.between(1, 3);
  weights_.clear();
  scales_.clear();
  activations_.clear();
  passes_queued_ = 0;
  source_.restart();
}

void Driver::prepare() {
  if (traffic_.bubbles && mood_.left-- == 0) {
    change_mood();
  }
  inputs_.reset = reset_left_ > 0;
  if (inputs_.reset) {
    --reset_left_;
    inputs_.weights_valid = inputs_.scales_valid = inputs_.activations_valid = false;
    make_noise();
    if (traffic_.bubbles) {  // Nothing is ready, so nothing may follow from a valid.
      inputs_.weights_valid = draw_.bits(1) != 0;
      inputs_.scales_valid = draw_.bits(1) != 0;
      inputs_.activations_valid = draw_.bits(1) != 0;
    }
    return;
  }
  refill();
  const auto comes = [&](double density) { return density >= 1.0 || draw_.chance(density); };
  if (!inputs_.weights_valid && !weights_.empty() && comes(mood_.weights)) {
    inputs_.weights_valid = true;
    inputs_.weights = weights_.front();
  }
  if (!inputs_.scales_valid && !scales_.empty() && comes(mood_.scales)) {
    inputs_.scales_valid = true;
    inputs_.scales = scales_.front();
  }
  if (!inputs_.activations_valid && !activations_.empty() && comes(mood_.activations)) {
    offer_activations();
  }
  inputs_.results_ready = comes(mood_.results);
  make_noise();
}

void Driver::offer_activations() {
  const Activations& next = activations_.front();
  inputs_.activations_valid = true;
  inputs_.activations = next.row;
  inputs_.first = next.first;
  inputs_.last = next.last;
  inputs_.pass = next.pass;
  if (config_.dataflow == Dataflow::output_stationary) {
    inputs_.weights = next.weights;
  }
}

void Driver::make_noise() {
  if (!mood_.noise) {
    return;
  }
  const bool is_output_stationary = config_.dataflow == Dataflow::output_stationary;
  if (!(is_output_stationary ? inputs_.activations_valid : inputs_.weights_valid)) {
    inputs_.weights = random_row(draw_, config_.type, config_.columns, Flavour::fair);
  }
  if (!inputs_.scales_valid) {
    inputs_.scales = random_row(draw_, DataType::fp32, config_.columns, Flavour::fair);
  }
  if (!inputs_.activations_valid) {
    inputs_.activations =
        random_row(draw_, numerics::activation_type(config_.type), config_.rows, Flavour::fair);
    const auto flag = [&] { return draw_.bits(1) != 0; };
    inputs_.first = flag();
    inputs_.last = flag();
    inputs_.pass = {.sum_start = flag(),
                    .sum_end = flag(),
                    .scaled = flag(),
                    .result_start = flag(),
                    .result_end = flag()};
  }
}

void Driver::refill() {
  while (!is_dry_ && passes_queued_ < kPassesAhead) {
    std::optional<Pass> pass = source_.next();
    is_dry_ = !pass;
    if (pass) {
      queue(std::move(*pass));
    }
  }
}

void Driver::queue(Pass pass) {
  const bool is_output_stationary = config_.dataflow == Dataflow::output_stationary;
  for (std::size_t i = 0; i < pass.activations.size(); ++i) {
    activations_.push_back(
        {.row = std::move(pass.activations[i]),
         .weights = is_output_stationary ? std::move(pass.weights[i]) : model::Row{},
         .first = i == 0,
         .last = i + 1 == pass.activations.size(),
         .pass = pass.flags});
  }
  if (!is_output_stationary) {
    for (model::Row& row : pass.weights) {
      weights_.push_back(std::move(row));
    }
  }
  if (!pass.scales.empty()) {
    scales_.push_back(std::move(pass.scales));
  }
  ++passes_queued_;
}

}  // namespace systole::cosim
