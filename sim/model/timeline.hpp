// SPDX-License-Identifier: Apache-2.0
// A unit's states, for the ledger and, where one is kept, for the recording.
#pragma once

#include <algorithm>

#include "ledger/ledger.hpp"
#include "ledger/recording.hpp"

namespace systole::model {

// For a unit that knows its present state.
class States {
 public:
  explicit States(Account& account, Recording* recording = nullptr)
      : account_(account),
        track_(recording != nullptr ? recording->open(account.path()) : nullptr) {}

  // Each call begins a stretch of its own.
  void enter(State state, Femtoseconds now, const Piece& piece = {}) {
    account_.enter(state, now);
    if (track_ != nullptr) {
      track_->enter(state, now, piece);
    }
  }
  // What is as it was goes on.
  void stay(State state, Femtoseconds now, const Piece& piece = {}) {
    account_.enter(state, now);
    if (track_ != nullptr) {
      track_->stay(state, now, piece);
    }
  }
  void close(Femtoseconds elapsed) {
    account_.close(elapsed);
    if (track_ != nullptr) {
      track_->close(elapsed);
    }
  }

 private:
  Account& account_;
  Track* track_;
};

// For a unit whose busy stretches are known ahead of time.
class Timeline {
 public:
  explicit Timeline(Account& account, Recording* recording = nullptr)
      : states_(account, recording) {}

  [[nodiscard]] Femtoseconds busy_until() const { return busy_until_; }

  // Nothing was done from the end of the last busy stretch to `until` because of `reason`.
  void wait(State reason, Femtoseconds until, const Piece& piece = {}) {
    if (until > busy_until_) {
      states_.enter(reason, busy_until_, piece);
      busy_until_ = until;
    }
  }

  // Busy (or in another state of its own) in [begin, end). Stretches come in order of `begin` and
  // may overlap; a gap before `begin` that nobody explained is idle.
  void spend(State state, Femtoseconds begin, Femtoseconds end, const Piece& piece = {}) {
    wait(State::idle, begin);
    if (end > busy_until_) {
      states_.enter(state, busy_until_, piece);
      busy_until_ = end;
    }
  }

  // Idle to the end of the run.
  void close(Femtoseconds elapsed) {
    wait(State::idle, elapsed);
    states_.close(elapsed);
  }

 private:
  States states_;
  Femtoseconds busy_until_{};
};

}  // namespace systole::model
