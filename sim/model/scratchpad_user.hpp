// SPDX-License-Identifier: Apache-2.0
// A unit that asks the scratchpad for slots.
//
// First come, first served needs an order of what comes at one instant, and the kernel's is not
// one: so users have no process of their own. The chip has one for all, which wakes those whose
// events came, always in the same order.
#pragma once

#include <systemc>
#include <vector>

namespace systole::model {

class ScratchpadUser : public sc_core::sc_module {
 public:
  virtual void wake() = 0;  // At the beginning, and whenever one of its events has come.

  [[nodiscard]] const std::vector<const sc_core::sc_event*>& events() const { return events_; }
  [[nodiscard]] bool is_called() const;  // One of them came in this delta cycle.

 protected:
  explicit ScratchpadUser(const sc_core::sc_module_name& name);
  void wakes_on(const sc_core::sc_event& event) { events_.push_back(&event); }

 private:
  std::vector<const sc_core::sc_event*> events_;
};

}  // namespace systole::model
