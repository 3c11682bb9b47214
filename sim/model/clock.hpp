// SPDX-License-Identifier: Apache-2.0
// Kernel time. The kernel's integer is the femtosecond; sc_time appears here and nowhere else.
#pragma once

#include <optional>
#include <systemc>

#include "base/quantity.hpp"

namespace systole::model {

[[nodiscard]] inline Femtoseconds now() { return Femtoseconds{sc_core::sc_time_stamp().value()}; }

// Wakes whoever waits for `event` at `time`, which is not in the past; replaces a former
// appointment.
inline void wake_at(sc_core::sc_event& event, Femtoseconds time) {
  event.cancel();
  event.notify(sc_core::sc_time::from_value((time - now()).count()));
}

// The appointments of one unit. Only the earliest is kept: whoever is woken makes the others anew.
class Alarm {
 public:
  [[nodiscard]] const sc_core::sc_event& rings() const { return event_; }
  // Rings at `time`, which is not in the past, or earlier.
  void by(Femtoseconds time) {
    if (!next_ || time < *next_) {
      next_ = time;
      wake_at(event_, time);
    }
  }
  // What has rung is over.
  void pass() {
    if (next_ && *next_ <= now()) {
      next_.reset();
    }
  }

 private:
  std::optional<Femtoseconds> next_;
  sc_core::sc_event event_;
};

// One clock domain: turns instants into edges and back.
class Clock {
 public:
  explicit Clock(Hertz frequency) : period_(systole::period(frequency)) {}

  [[nodiscard]] Femtoseconds period() const { return period_; }
  // The first edge at or after an instant.
  [[nodiscard]] Cycles edge(Femtoseconds time) const { return cycles_in(time, period_); }
  [[nodiscard]] Femtoseconds time(Cycles edge) const { return edge * period_; }

 private:
  Femtoseconds period_;
};

}  // namespace systole::model
