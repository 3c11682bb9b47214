// SPDX-License-Identifier: Apache-2.0
// Keeps a unit's states for the ledger when busy stretches are known ahead of time.
#pragma once

#include <algorithm>

#include "ledger/ledger.hpp"

namespace systole::model {

class Timeline {
 public:
  explicit Timeline(Account& account) : account_(account) {}

  [[nodiscard]] Femtoseconds busy_until() const { return busy_until_; }

  // Nothing was done from the end of the last busy stretch to `until` because of `reason`.
  void wait(State reason, Femtoseconds until) {
    if (until > busy_until_) {
      account_.enter(reason, busy_until_);
      busy_until_ = until;
    }
  }

  // Busy (or in another state of its own) in [begin, end). Stretches come in order of `begin` and
  // may overlap; a gap before `begin` that nobody explained is idle.
  void spend(State state, Femtoseconds begin, Femtoseconds end) {
    wait(State::idle, begin);
    if (end > busy_until_) {
      account_.enter(state, busy_until_);
      busy_until_ = end;
    }
  }

  // Idle to the end of the run.
  void close(Femtoseconds elapsed) {
    wait(State::idle, elapsed);
    account_.close(elapsed);
  }

 private:
  Account& account_;
  Femtoseconds busy_until_{};
};

}  // namespace systole::model
