// SPDX-License-Identifier: Apache-2.0
#include "cosim/contract_unit.hpp"

#include <algorithm>
#include <deque>

#include "base/error.hpp"
#include "cosim/elements.hpp"

namespace systole::cosim {
namespace {

using model::ArrayConfig;
using model::Row;
using model::UnitInputs;
using model::UnitOutputs;
using numerics::Sum;

using Cycle = std::int64_t;
constexpr Cycle kNever = -(Cycle{1} << 40);  // Long before the first cycle.

// The queue of results, with the cycle from which each is valid, and the credits for its slots.
class Results {
 public:
  explicit Results(const ArrayConfig& config)
      : slots_(config.result_slots), none_(zero_row(config.columns, kWordBits)) {
    reset();
  }

  void reset() {
    queue_.clear();
    credits_ = slots_;
  }

  void push(Row row, Cycle valid_from) { queue_.push_back({std::move(row), valid_from}); }
  void take_credits(std::uint32_t count) { credits_ -= count; }
  [[nodiscard]] std::uint32_t credits() const { return credits_; }

  void show(UnitOutputs& outputs, Cycle now) const {
    outputs.results_valid = !queue_.empty() && queue_.front().valid_from <= now;
    outputs.results = outputs.results_valid ? queue_.front().row : none_;
  }

  void pop() {
    queue_.pop_front();
    ++credits_;
  }

 private:
  struct Leaving {
    Row row;
    Cycle valid_from;
  };

  std::uint32_t slots_;
  Row none_;
  std::uint32_t credits_ = 0;
  std::deque<Leaving> queue_;
};

// What both dataflows share: the order of a cycle.
class ContractUnit : public model::ArrayUnit {
 public:
  explicit ContractUnit(const ArrayConfig& config) : config_(config), results_(config) {}

  const UnitOutputs& settle(const UnitInputs& inputs) final {
    inputs_ = inputs;
    outputs_ = UnitOutputs{};
    if (inputs.reset) {
      reset();
      results_.reset();
    }
    results_.show(outputs_, now_);
    if (!inputs.reset) {
      show_ready();
    }
    return outputs_;
  }

  void clock() final {
    if (!inputs_.reset) {
      transfer();
      if (outputs_.results_valid && inputs_.results_ready) {
        results_.pop();
      }
    }
    ++now_;
  }

 protected:
  virtual void reset() = 0;
  virtual void show_ready() = 0;
  virtual void transfer() = 0;

  ArrayConfig config_;
  Results results_;
  UnitInputs inputs_;
  UnitOutputs outputs_;
  Cycle now_ = 0;
};

class WeightStationary : public ContractUnit {
 public:
  explicit WeightStationary(const ArrayConfig& config)
      : ContractUnit(config),
        group_(std::size_t{config.accumulator_rows} * config.columns),
        result_(group_.size()),
        // (R + 1) L + C: from a row's transfer to its result in the queue.
        latency_(Cycle{config.rows + 1} * config.latency + config.columns) {}

 private:
  void reset() override {
    loading_.clear();
    unclaimed_.clear();
    claimed_until_.clear();
    row_ = 0;
    streaming_ = false;
    loads_from_ = kNever;
  }

  void show_ready() override {
    const UnitInputs& in = inputs_;
    const bool loaded = loading_.size() == config_.rows;
    const bool leaves = in.pass.sum_end && in.pass.result_end;
    outputs_.activations_ready = (!in.first || loaded) && (!leaves || results_.credits() > 0) &&
                                 (!claims() || !unclaimed_.empty());
    if (config_.preload == Preload::double_buffered) {
      outputs_.weights_ready =
          !loaded || (in.first && in.activations_valid && outputs_.activations_ready);
    } else {
      outputs_.weights_ready = !loaded && !streaming_ && now_ >= loads_from_;
    }
    const auto held = std::ranges::count_if(claimed_until_, [&](Cycle end) { return end > now_; });
    outputs_.scales_ready =
        unclaimed_.size() + static_cast<std::size_t>(held) < config_.scale_slots;
  }

  void transfer() override {
    if (inputs_.activations_valid && outputs_.activations_ready) {
      take_activations();
    }
    if (inputs_.weights_valid && outputs_.weights_ready) {
      loading_.push_back(inputs_.weights);
    }
    if (inputs_.scales_valid && outputs_.scales_ready) {
      unclaimed_.push_back(inputs_.scales);
    }
  }

  // Its first row takes the oldest scales that are there.
  [[nodiscard]] bool claims() const {
    return inputs_.first && inputs_.pass.scaled && inputs_.pass.sum_end;
  }

  void take_activations() {
    if (inputs_.first) {
      begin_pass();
    }
    accumulate();
    ++row_;
    if (inputs_.last) {
      end_pass();
    }
  }

  void begin_pass() {
    if (config_.preload == Preload::double_buffered) {
      tile_ = std::move(loading_);
      loading_.clear();
    } else {
      tile_ = loading_;  // The one weight register: free again with the last row.
    }
    if (claims()) {
      scales_ = std::move(unclaimed_.front());
      unclaimed_.pop_front();
      claimed_until_.push_back(Cycle{1} << 40);  // Until the last row is known.
      std::erase_if(claimed_until_, [&](Cycle end) { return end <= now_; });
    }
    row_ = 0;
    streaming_ = true;
    claimed_ = claims();
  }

  void end_pass() {
    streaming_ = false;
    if (claimed_) {
      claimed_until_.back() = now_ + latency_;
    }
    if (config_.preload == Preload::serial) {
      loading_.clear();
      loads_from_ = now_ + latency_ - 2;
    }
  }

  [[nodiscard]] Sum column_sum(std::uint32_t column) const {
    Sum sum = 0;
    for (std::uint32_t r = 0; r < config_.rows; ++r) {
      sum = numerics::multiply_add(config_.type,
                                   element(inputs_.activations, activation_bits(config_), r),
                                   element(tile_[r], weight_bits(config_), column), sum);
    }
    return sum;
  }

  void accumulate() {
    check(row_ < config_.accumulator_rows && tile_.size() == config_.rows,
          "a pass streams more than {} rows, or has no tile", config_.accumulator_rows);
    const model::PassFlags& pass = inputs_.pass;
    Row out = zero_row(config_.columns, kWordBits);
    for (std::uint32_t c = 0; c < config_.columns; ++c) {
      Sum& group = group_[row_ * config_.columns + c];
      const Sum sum = column_sum(c);
      group = pass.sum_start ? sum : numerics::add_sums(config_.type, group, sum);
      if (pass.sum_end) {
        const Sum scaled =
            pass.scaled ? numerics::scale_sum(config_.type, group, scales_[c]) : group;
        Sum& result = result_[row_ * config_.columns + c];
        result = pass.result_start ? scaled : numerics::add_fp32(result, scaled);
        out[c] = result;
      }
    }
    if (pass.sum_end && pass.result_end) {
      results_.push(std::move(out), now_ + latency_);
      results_.take_credits(1);
    }
  }

  std::vector<Row> loading_;          // Rows of the next tile that have been taken.
  std::vector<Row> tile_;             // The running pass's.
  std::deque<Row> unclaimed_;         // Scales that no pass has claimed,
  std::vector<Cycle> claimed_until_;  // and the end of use of those that one has.
  Row scales_;
  std::vector<Sum> group_;
  std::vector<Sum> result_;
  Cycle latency_;
  std::size_t row_ = 0;
  bool streaming_ = false;
  bool claimed_ = false;
  Cycle loads_from_ = kNever;
};

class OutputStationary : public ContractUnit {
 public:
  explicit OutputStationary(const ArrayConfig& config)
      : ContractUnit(config), sums_(std::size_t{config.rows} * config.columns) {}

 private:
  void reset() override { last_ = kNever; }

  void show_ready() override {
    const Cycle rows = config_.rows;
    const bool leaves = results_.credits() >= config_.rows && now_ >= last_ + rows;
    const bool drained =
        config_.preload == Preload::double_buffered || now_ >= last_ + rows + config_.columns - 1;
    outputs_.activations_ready = (!inputs_.last || leaves) && (!inputs_.first || drained);
  }

  void transfer() override {
    if (!inputs_.activations_valid || !outputs_.activations_ready) {
      return;
    }
    for (std::uint32_t r = 0; r < config_.rows; ++r) {
      for (std::uint32_t c = 0; c < config_.columns; ++c) {
        Sum& sum = sums_[r * config_.columns + c];
        sum = numerics::multiply_add(
            config_.type, element(inputs_.activations, activation_bits(config_), r),
            element(inputs_.weights, weight_bits(config_), c), inputs_.first ? 0 : sum);
      }
    }
    if (inputs_.last) {
      last_ = now_;
      leave();
    }
  }

  void leave() {
    for (std::uint32_t r = 0; r < config_.rows; ++r) {
      const auto row = sums_.begin() + static_cast<std::ptrdiff_t>(r) * config_.columns;
      results_.push(Row(row, row + config_.columns), now_ + r + config_.columns + 2);
    }
    results_.take_credits(config_.rows);
  }

  std::vector<Sum> sums_;
  Cycle last_ = kNever;  // The cycle of the last transfer with `last`.
};

}  // namespace

std::unique_ptr<model::ArrayUnit> make_contract_unit(const ArrayConfig& config) {
  if (config.dataflow == Dataflow::output_stationary) {
    return std::make_unique<OutputStationary>(config);
  }
  return std::make_unique<WeightStationary>(config);
}

}  // namespace systole::cosim
