// SPDX-License-Identifier: Apache-2.0
#include "model/vector_unit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace systole::model {

VectorUnit::VectorUnit(const sc_core::sc_module_name& name, const VectorUnitConfig& config,
                       const Clock& clock, const Program& program, Scratchpad& scratchpad,
                       Queue<Instance>& issued, Queue<Instance>& ended, ChipAccounts& accounts)
    : ScratchpadUser(name),
      config_(config),
      clock_(clock),
      program_(program),
      scratchpad_(scratchpad),
      issued_(issued),
      ended_(ended),
      accounts_(accounts),
      timeline_(accounts.vector_unit, accounts.recording) {
  wakes_on(issued_.pushed());
  wakes_on(timer_);
}

void VectorUnit::wake() {
  while (issued_.can_pop()) {
    start(issued_.pop());
  }
  while (!running_.empty() && running_.front().end <= now()) {
    ended_.push(running_.front().instance);
    running_.pop_front();
  }
  if (!running_.empty()) {
    wake_at(timer_, running_.front().end);
  }
}

void VectorUnit::start(const Instance& instance) {
  const ProgramOperation& operation = program_[instance.operation];
  const auto& vector = std::get<Vector>(*operation.work);
  const Cycles cycles = duration(vector);
  const Piece piece = program_.piece(instance);
  timeline_.wait(State::stalled_operation, now(), piece);
  const Cycles begin = clock_.edge(std::max(now(), timeline_.busy_until()));
  const Femtoseconds end = clock_.time(scratchpad_.serve(
      clock_.edge(now()),
      {.begin = begin,
       .at_best = cycles,
       .accesses = accounts_.granules(vector.read) + accounts_.granules(vector.written)}));
  timeline_.spend(State::busy, clock_.time(begin), clock_.time(begin + cycles), piece);
  timeline_.wait(State::stalled_scratchpad, end, piece);
  running_.push_back({.instance = instance, .end = end});
  count(vector, operation.id, cycles);
}

Cycles VectorUnit::duration(const Vector& v) const {
  const std::uint64_t work = v.add * config_.add_cycles + v.multiply * config_.multiply_cycles +
                             v.fma * config_.fma_cycles +
                             v.transcendental * config_.transcendental_cycles +
                             v.shuffle * config_.shuffle_cycles;
  return Cycles{ceil_div(work, config_.lanes)};
}

void VectorUnit::count(const Vector& v, OperationId operation, Cycles cycles) {
  const auto lanes = [&](Action action, std::uint64_t n) {
    accounts_.vector_unit.record(operation, Tensor::activation, action, n);
  };
  lanes(Action::lane_add, v.add);
  lanes(Action::lane_multiply, v.multiply);
  lanes(Action::lane_fma, v.fma);
  lanes(Action::lane_transcendental, v.transcendental);
  lanes(Action::lane_shuffle, v.shuffle);
  accounts_.sequencer.record(operation, Tensor::none, Action::bundle, cycles.count());
  accounts_.read_scratchpad(operation, Tensor::activation, v.read);
  accounts_.write_scratchpad(operation, Tensor::activation, v.written);
}

std::string VectorUnit::waiting_for() const {
  return running_.empty() ? "an operation" : fmt::format("{} operations to end", running_.size());
}

}  // namespace systole::model
