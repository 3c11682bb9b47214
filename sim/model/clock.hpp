// SPDX-License-Identifier: Apache-2.0
// Kernel time. The kernel's integer is the femtosecond; sc_time appears here and nowhere else.
#pragma once

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
