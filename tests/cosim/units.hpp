// SPDX-License-Identifier: Apache-2.0
// What the suites share: short names of arrays, a unit that is wrong on purpose, passes from a
// list.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cosim/pass.hpp"
#include "cosim/rtl.hpp"
#include "cosim/times.hpp"

namespace systole::cosim {

// Cycles that a type's arrays are checked for together: the default suite, or with SYSTOLE_FULL=1.
inline std::uint64_t cycles_to_check() {
  return std::getenv("SYSTOLE_FULL") != nullptr ? 1'000'000 : 100'000;
}

// Arrays of more elements run about a thousand cycles a second: once is enough.
inline bool is_large(const model::ArrayConfig& config) {
  constexpr std::uint32_t kLargest = 32 * 32;
  return config.rows * config.columns > kLargest;
}

constexpr const char* kNoRtl = "the RTL is not part of this build (SYSTOLE_RTL is off)";

// A unit that is another one, but that lies in one cycle.
class Liar : public model::ArrayUnit {
 public:
  using Lie = std::function<void(model::UnitOutputs&)>;

  Liar(std::unique_ptr<model::ArrayUnit> unit, std::uint64_t cycle, Lie lie)
      : unit_(std::move(unit)), cycle_(cycle), lie_(std::move(lie)) {}

  const model::UnitOutputs& settle(const model::UnitInputs& inputs) override {
    outputs_ = unit_->settle(inputs);
    if (now_ == cycle_) {
      lie_(outputs_);
    }
    return outputs_;
  }

  void clock() override {
    unit_->clock();
    ++now_;
  }

 private:
  std::unique_ptr<model::ArrayUnit> unit_;
  std::uint64_t cycle_;
  Lie lie_;
  std::uint64_t now_ = 0;
  model::UnitOutputs outputs_;
};

class ListedPasses : public PassSource {
 public:
  explicit ListedPasses(std::vector<Pass> passes) : passes_(passes.begin(), passes.end()) {}

  [[nodiscard]] std::optional<Pass> next() override {
    if (passes_.empty()) {
      return std::nullopt;
    }
    Pass pass = std::move(passes_.front());
    passes_.pop_front();
    return pass;
  }

  void restart() override {}

 private:
  std::deque<Pass> passes_;
};

}  // namespace systole::cosim
