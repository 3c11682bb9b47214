// SPDX-License-Identifier: Apache-2.0
// Issues operations whose dependencies are met, each unit class in program order.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "model/program.hpp"
#include "model/queue.hpp"
#include "model/timeline.hpp"

namespace systole::model {

class Sequencer : public sc_core::sc_module {
 public:
  Sequencer(const sc_core::sc_module_name& name, const Program& program, Seconds kernel_start,
            Account& account, Recording* recording);

  // Where a class finds what it may start, and where every unit reports what has ended.
  [[nodiscard]] Queue<Instance>& issued(UnitClass unit) {
    return issued_[static_cast<std::size_t>(unit)];
  }
  [[nodiscard]] Queue<Instance>& ended() { return ended_; }
  // A copy of the matrix class's stream, for the fetch engine of its operands.
  [[nodiscard]] Queue<Instance>& issued_matmuls() { return issued_matmuls_; }

  [[nodiscard]] bool finished() const { return remaining_ == 0; }
  [[nodiscard]] Femtoseconds finished_at() const { return finished_at_; }
  [[nodiscard]] std::string waiting_for() const;
  void close(Femtoseconds elapsed) { timeline_.close(elapsed); }

 private:
  void wake();  // An operation ended, or a launch is over.
  void issue(UnitClass unit);
  void end(const Instance& instance);
  [[nodiscard]] bool is_ready(const Instance& instance) const;

  const Program& program_;
  const Femtoseconds kernel_start_;
  Timeline timeline_;
  std::array<Queue<Instance>, kUnitClasses> issued_;
  Queue<Instance> issued_matmuls_;
  Queue<Instance> ended_;
  std::vector<ProgramWalk> walks_;          // By UnitClass.
  std::vector<std::uint64_t> ended_count_;  // By operation: iterations that have ended.
  std::uint64_t remaining_;
  Femtoseconds finished_at_{};
  std::optional<Instance> launching_;
  Femtoseconds launched_at_{};
  sc_core::sc_event timer_;
};

}  // namespace systole::model
