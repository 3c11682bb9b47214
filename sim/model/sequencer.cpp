// SPDX-License-Identifier: Apache-2.0
#include "model/sequencer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "model/clock.hpp"

namespace systole::model {

Sequencer::Sequencer(const sc_core::sc_module_name& name, const Program& program,
                     Seconds kernel_start, Account& account, Recording* recording)
    : sc_module(name),
      program_(program),
      kernel_start_(to_femtoseconds(kernel_start)),
      timeline_(account, recording),
      ended_count_(program.operations().size(), 0),
      remaining_(program.instances()) {
  for (std::size_t unit = 0; unit < kUnitClasses; ++unit) {
    walks_.emplace_back(program, static_cast<UnitClass>(unit));
  }
  SC_HAS_PROCESS(Sequencer);
  SC_METHOD(wake);
  sensitive << ended_.pushed() << timer_;
}

void Sequencer::wake() {
  while (ended_.can_pop()) {
    end(ended_.pop());
  }
  if (launching_ && launched_at_ <= now()) {
    const Instance launch = *launching_;
    launching_.reset();
    end(launch);
  }
  for (std::size_t unit = 0; unit < kUnitClasses; ++unit) {
    issue(static_cast<UnitClass>(unit));
  }
}

void Sequencer::end(const Instance& instance) {
  std::uint64_t& ended = ended_count_[instance.operation];
  check(ended == instance.iteration, "operation {} ended out of order",
        program_.names()[program_[instance.operation].id - 1]);
  ++ended;
  --remaining_;
  finished_at_ = now();
}

void Sequencer::issue(UnitClass unit) {
  ProgramWalk& walk = walks_[static_cast<std::size_t>(unit)];
  while (!walk.done() && is_ready(walk.instance())) {
    const Instance instance = walk.instance();
    if (unit == UnitClass::sequencer) {
      if (launching_) {
        return;
      }
      launching_ = instance;
      launched_at_ = now() + kernel_start_;
      timeline_.spend(State::starting, now(), launched_at_, program_.piece(instance));
      wake_at(timer_, launched_at_);
    } else {
      issued(unit).push(instance);
      if (unit == UnitClass::matrix) {
        issued_matmuls_.push(instance);
      }
    }
    walk.next();
  }
}

bool Sequencer::is_ready(const Instance& instance) const {
  const ProgramOperation& operation = program_[instance.operation];
  if (operation.after_previous) {
    if (instance.iteration > 0) {
      const OperationIndex last = program_.blocks()[operation.block].last;
      if (ended_count_[last] < instance.iteration) {
        return false;
      }
    } else if (operation.block > 0) {
      const ProgramBlock& before = program_.blocks()[operation.block - 1];
      if (ended_count_[before.last] < before.repeat) {
        return false;
      }
    }
  }
  return std::all_of(operation.after.begin(), operation.after.end(), [&](OperationIndex waited) {
    return ended_count_[waited] > instance.iteration;
  });
}

std::string Sequencer::waiting_for() const {
  std::string waits;
  for (const ProgramWalk& walk : walks_) {
    if (!walk.done()) {
      const Instance next = walk.instance();
      waits += fmt::format("{}{} (iteration {}) to become ready", waits.empty() ? "" : ", ",
                           program_.names()[program_[next.operation].id - 1], next.iteration);
    }
  }
  return waits.empty() ? fmt::format("{} operations to end", remaining_) : waits;
}

}  // namespace systole::model
