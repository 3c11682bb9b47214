// SPDX-License-Identifier: Apache-2.0
// The vector unit: whole operations in order, ceil(sum(count x cycles) / lanes) cycles each, or as
// long as the scratchpad takes for what they read and write.
#pragma once

#include <deque>
#include <string>
#include <systemc>

#include "config/chip.hpp"
#include "model/chip_accounts.hpp"
#include "model/clock.hpp"
#include "model/program.hpp"
#include "model/queue.hpp"
#include "model/scratchpad.hpp"
#include "model/scratchpad_user.hpp"
#include "model/timeline.hpp"

namespace systole::model {

class VectorUnit : public ScratchpadUser {
 public:
  VectorUnit(const sc_core::sc_module_name& name, const VectorUnitConfig& config,
             const Clock& clock, const Program& program, Scratchpad& scratchpad,
             Queue<Instance>& issued, Queue<Instance>& ended, ChipAccounts& accounts);

  void wake() override;  // An operation was issued, or one is over.

  [[nodiscard]] std::string waiting_for() const;
  void close(Femtoseconds elapsed) { timeline_.close(elapsed); }

 private:
  void start(const Instance& instance);
  [[nodiscard]] Cycles duration(const Vector& vector) const;
  void count(const Vector& vector, OperationId operation, Cycles cycles);

  struct Running {
    Instance instance;
    Femtoseconds end;
  };
  const VectorUnitConfig config_;
  const Clock& clock_;
  const Program& program_;
  Scratchpad& scratchpad_;
  Queue<Instance>& issued_;
  Queue<Instance>& ended_;
  ChipAccounts& accounts_;
  Timeline timeline_;
  std::deque<Running> running_;  // Ends are known when they start.
  sc_core::sc_event timer_;
};

}  // namespace systole::model
