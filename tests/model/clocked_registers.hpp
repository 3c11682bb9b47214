// SPDX-License-Identifier: Apache-2.0
// The processing elements as rtl/README.md lists them, one by one: every element has its own
// registers, control bits included, and looks at its neighbours only. What the clocked model's
// arrays and histories are held against.
#pragma once

#include <bit>
#include <cstdint>
#include <deque>
#include <vector>

#include "model/array_unit.hpp"
#include "model/toggles.hpp"
#include "numerics/arithmetic.hpp"

namespace systole::model {

using numerics::Code;
using numerics::Sum;

// What moves right.
struct Moving {
  bool valid = false;
  bool first = false;
  Code code = 0;
};

// What moves down towards a shadow register.
struct Falling {
  bool valid = false;
  std::uint32_t tag = 0;
  Code code = 0;
};

// One or more registers in front of an edge of the array.
template <class T>
class Delay {
 public:
  explicit Delay(std::uint32_t cycles) : values_(cycles + 1) {}
  [[nodiscard]] const T& out() const { return values_.front(); }
  void clock(const T& in) {
    values_.pop_front();
    values_.push_back(in);
  }
  void reset() {
    for (T& value : values_) {
      value.valid = false;
    }
  }

 private:
  std::deque<T> values_;
};

// How an element's registers move; counts their toggles.
template <class T>
void move(T& reg, T value, std::uint64_t& toggles) {
  toggles += static_cast<std::uint64_t>(std::popcount(reg ^ value));
  reg = value;
}

struct WsRegisters {
  Moving act;                  // act_q with its valid and first.
  std::vector<Sum> sums;       // L stages; the last is sum_q.
  std::vector<bool> summing;   // A valid sum is behind this stage.
  std::vector<Falling> shift;  // L stages; the last is shift_q.
  std::vector<bool> keeping;   // The weight in this stage stays in this element.
  Code shadow_q = 0;
  Code weight_q = 0;
};

class WsRegisterArray {
 public:
  explicit WsRegisterArray(const ArrayConfig& config) : config_(config) {
    for (std::uint32_t r = 0; r < config.rows; ++r) {
      left_.emplace_back(r * config.latency);
    }
    for (std::uint32_t c = 0; c < config.columns; ++c) {
      top_.emplace_back(c);
    }
    WsRegisters element;
    element.sums.resize(config.latency);
    element.summing.resize(config.latency);
    element.shift.resize(config.latency);
    element.keeping.resize(config.latency);
    elements_.resize(std::size_t{config.rows} * config.columns, element);
  }

  [[nodiscard]] const WsRegisters& at(std::uint32_t row, std::uint32_t column) const {
    return elements_[std::size_t{row} * config_.columns + column];
  }
  [[nodiscard]] const Toggles& toggles() const { return toggles_; }

  // One value for each row and each column: what transfers at this edge.
  void clock(const std::vector<Moving>& activations, const std::vector<Falling>& weights) {
    const std::vector<WsRegisters> before = elements_;
    for (std::uint32_t r = 0; r < config_.rows; ++r) {
      for (std::uint32_t c = 0; c < config_.columns; ++c) {
        const std::size_t i = std::size_t{r} * config_.columns + c;
        const Moving& from_left = c == 0 ? left_[r].out() : before[i - 1].act;
        const Sum sum_above = r == 0 ? 0 : before[i - config_.columns].sums.back();
        clock(elements_[i], before[i], from_left, sum_above,
              r == 0 ? top_[c].out() : below(before[i - config_.columns]));
      }
    }
    for (std::uint32_t r = 0; r < config_.rows; ++r) {
      left_[r].clock(activations[r]);
    }
    for (std::uint32_t c = 0; c < config_.columns; ++c) {
      top_[c].clock(weights[c]);
    }
    toggles_.element_cycles += elements_.size();
  }

  void reset() {
    for (auto& delay : left_) {
      delay.reset();
    }
    for (auto& delay : top_) {
      delay.reset();
    }
    for (WsRegisters& element : elements_) {
      element.act.valid = false;
      element.summing.assign(config_.latency, false);
      for (Falling& stage : element.shift) {
        stage.valid = false;
      }
    }
  }

 private:
  // A kept weight goes no further.
  [[nodiscard]] static Falling below(const WsRegisters& above) {
    Falling falling = above.shift.back();
    falling.valid = falling.valid && !above.keeping.back();
    return falling;
  }

  void clock(WsRegisters& element, const WsRegisters& before, const Moving& act, Sum sum,
             const Falling& weight) {
    clock_weight(element, before, act, weight);
    const bool swaps = config_.preload == Preload::double_buffered && act.valid && act.first;
    const Sum product = numerics::multiply_add(config_.type, act.code,
                                               swaps ? before.shadow_q : before.weight_q, sum);
    std::uint64_t uncounted = 0;
    for (std::uint32_t l = 0; l < config_.latency; ++l) {
      const bool valid = l == 0 ? act.valid : before.summing[l - 1];
      if (valid) {
        move(element.sums[l], l == 0 ? product : before.sums[l - 1],
             l + 1 == config_.latency ? toggles_.sum : uncounted);
      }
      element.summing[l] = valid;
    }
    if (act.valid) {
      ++toggles_.active_element_cycles;
      move(element.act.code, act.code, toggles_.act);
    }
    element.act.valid = act.valid;
    element.act.first = act.first;
  }

  void clock_weight(WsRegisters& element, const WsRegisters& before, const Moving& act,
                    const Falling& weight) {
    const bool serial = config_.preload == Preload::serial;
    if (!serial && act.valid && act.first) {
      move(element.weight_q, before.shadow_q, toggles_.weight);
    }
    if (weight.valid && weight.tag == 0) {
      move(serial ? element.weight_q : element.shadow_q, weight.code,
           serial ? toggles_.weight : toggles_.shadow);
    }
    std::uint64_t uncounted = 0;
    for (std::uint32_t l = 0; l < config_.latency; ++l) {
      const bool is_last = l + 1 == config_.latency;
      const Falling from = l == 0 ? weight : before.shift[l - 1];
      if (from.valid) {
        toggles_.shift_hops += is_last ? 1 : 0;
        move(element.shift[l].code, from.code, is_last ? toggles_.shift : uncounted);
        element.shift[l].tag = l == 0 ? from.tag - 1 : from.tag;
        element.keeping[l] = l == 0 ? from.tag == 0 : before.keeping[l - 1];
      }
      element.shift[l].valid = from.valid;
    }
  }

  const ArrayConfig config_;
  std::vector<Delay<Moving>> left_;
  std::vector<Delay<Falling>> top_;
  std::vector<WsRegisters> elements_;
  Toggles toggles_;
};

// An output-stationary element: valid and first move with the activation.
struct OsRegisters {
  Moving act;
  Moving weight;
  Sum sum_q = 0;
};

class OsRegisterArray {
 public:
  explicit OsRegisterArray(const ArrayConfig& config)
      : config_(config), elements_(std::size_t{config.rows} * config.columns) {
    for (std::uint32_t r = 0; r < config.rows; ++r) {
      left_.emplace_back(r);
    }
    for (std::uint32_t c = 0; c < config.columns; ++c) {
      top_.emplace_back(c);
    }
  }

  [[nodiscard]] const OsRegisters& at(std::uint32_t row, std::uint32_t column) const {
    return elements_[std::size_t{row} * config_.columns + column];
  }
  [[nodiscard]] const Toggles& toggles() const { return toggles_; }

  void clock(const std::vector<Moving>& activations, const std::vector<Moving>& weights) {
    const std::vector<OsRegisters> before = elements_;
    for (std::uint32_t r = 0; r < config_.rows; ++r) {
      for (std::uint32_t c = 0; c < config_.columns; ++c) {
        const std::size_t i = std::size_t{r} * config_.columns + c;
        clock(elements_[i], c == 0 ? left_[r].out() : before[i - 1].act,
              r == 0 ? top_[c].out() : before[i - config_.columns].weight);
      }
    }
    for (std::uint32_t r = 0; r < config_.rows; ++r) {
      left_[r].clock(activations[r]);
    }
    for (std::uint32_t c = 0; c < config_.columns; ++c) {
      top_[c].clock(weights[c]);
    }
    toggles_.element_cycles += elements_.size();
  }

  void reset() {
    for (auto& delay : left_) {
      delay.reset();
    }
    for (auto& delay : top_) {
      delay.reset();
    }
    for (OsRegisters& element : elements_) {
      element.act.valid = element.weight.valid = false;
    }
  }

 private:
  void clock(OsRegisters& element, const Moving& act, const Moving& weight) {
    if (act.valid) {
      ++toggles_.active_element_cycles;
      const Sum start = act.first ? 0 : element.sum_q;
      move(element.sum_q, numerics::multiply_add(config_.type, act.code, weight.code, start),
           toggles_.sum);
      move(element.act.code, act.code, toggles_.act);
      move(element.weight.code, weight.code, toggles_.weight);
    }
    element.act.valid = act.valid;
    element.act.first = act.first;
    element.weight.valid = weight.valid;
  }

  const ArrayConfig config_;
  std::vector<Delay<Moving>> left_;
  std::vector<Delay<Moving>> top_;
  std::vector<OsRegisters> elements_;
  Toggles toggles_;
};

}  // namespace systole::model
