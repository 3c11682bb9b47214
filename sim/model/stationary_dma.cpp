// SPDX-License-Identifier: Apache-2.0
#include "model/stationary_dma.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/clock.hpp"

namespace systole::model {

Bytes stationary_bytes(const Matmul& matmul, const Step& step) {
  return storage(step.products * step.depth * step.columns, matmul.stationary.type);
}

Bytes moving_bytes(const Matmul& matmul, const Step& step) {
  return storage(step.products * step.rows * step.depth, matmul.moving.type);
}

Bytes result_bytes(const Matmul& matmul, const Step& step) {
  return storage(step.products * step.rows * step.columns, matmul.result.type);
}

Tensor tensor_of(const Matmul& matmul) {
  return matmul.tensor == Stationary::weight ? Tensor::weight : Tensor::kv;
}

StationaryDma::StationaryDma(const sc_core::sc_module_name& name, const Program& program,
                             Bytes buffer, MemoryPorts memories, ScratchpadTrains& trains,
                             Queue<Instance>& issued, ChipAccounts& accounts, Account& account)
    : ScratchpadUser(name),
      program_(program),
      buffer_(buffer),
      memories_(memories),
      trains_(trains),
      issued_(issued),
      accounts_(accounts),
      states_(account, accounts.recording),
      walk_(program, UnitClass::matrix) {
  next_block();
  wakes_on(issued_.pushed());
  wakes_on(released_.pushed());
  wakes_on(timer_);
  for (StorePort* port : {memories_.far_sram, memories_.hbm}) {
    if (port != nullptr) {
      wakes_on(port->replies().pushed());
    }
  }
}

void StationaryDma::wake() {
  while (issued_.can_pop()) {
    (void)issued_.pop();
    ++issued_count_;
  }
  while (released_.can_pop()) {
    used_ -= released_.pop();
  }
  if (memories_.far_sram != nullptr) {
    collect(Place::far_sram);
  }
  if (memories_.hbm != nullptr) {
    collect(Place::hbm);
  }
  deliver();
  fetch();
  enter_state();
}

void StationaryDma::collect(Place place) {
  StorePort& port = memories_.at(place);
  while (port.replies().can_pop()) {
    (void)port.replies().pop();
    const auto first = std::find_if(in_flight_.begin(), in_flight_.end(),
                                    [&](const InFlight& b) { return b.place == place && !b.here; });
    first->here = true;
  }
}

void StationaryDma::deliver() {
  while (!in_flight_.empty() && in_flight_.front().here) {
    if (in_flight_.front().through > now()) {
      wake_at(timer_, in_flight_.front().through);
      return;
    }
    in_flight_.pop_front();
    arrived_.push({});
  }
}

void StationaryDma::fetch() {
  blocked_ = State::idle;
  while (steps_) {
    const ProgramOperation& operation = program_[walk_.instance().operation];
    const auto& matmul = std::get<Matmul>(*operation.work);
    const Step step = steps_->step();
    const Bytes bytes = stationary_bytes(matmul, step);
    if (!matmul.prefetch && walked_ >= issued_count_) {
      blocked_ = State::stalled_operation;
      return;
    }
    if (used_ + bytes > buffer_) {
      blocked_ = State::stalled_space;
      return;
    }
    used_ += bytes;
    const Train train{.bytes = bytes,
                      .segments = 1,
                      .direction = Direction::read,
                      .elements = step.products * step.depth * step.columns,
                      .operation = operation.id,
                      .tensor = tensor_of(matmul)};
    const Place place = matmul.stationary.place;
    memories_.at(place).request(train);
    accounts_.write_scratchpad(operation.id, tensor_of(matmul), bytes);
    in_flight_.push_back({.place = place,
                          .piece = program_.piece(walk_.instance(), blocks_++),
                          .through = trains_.request(place, train),
                          .here = false});
    steps_->next();
    next_block();
  }
}

void StationaryDma::next_block() {
  while (true) {
    while (steps_ && !steps_->done()) {
      if (steps_->step().new_stationary) {
        return;
      }
      steps_->next();
    }
    if (steps_) {
      walk_.next();
      ++walked_;
      steps_.reset();
    }
    if (walk_.done()) {
      return;
    }
    const auto& matmul = std::get<Matmul>(*program_[walk_.instance().operation].work);
    if (matmul.stationary.place != Place::scratchpad) {
      steps_.emplace(matmul);
      blocks_ = 0;
    } else {
      walk_.next();
      ++walked_;
    }
  }
}

void StationaryDma::enter_state() {
  if (!in_flight_.empty()) {
    states_.stay(State::busy, now(), in_flight_.front().piece);
  } else {
    states_.stay(blocked_, now(), walk_.done() ? Piece{} : program_.piece(walk_.instance()));
  }
}

std::string StationaryDma::waiting_for() const {
  if (!in_flight_.empty()) {
    return fmt::format("{} blocks from memory", in_flight_.size());
  }
  switch (blocked_) {
    case State::stalled_space:
      return fmt::format("room in a buffer of {} bytes, {} in use", buffer_.count(), used_.count());
    case State::stalled_operation: return "its matmul to be issued";
    default: return "nothing more";
  }
}

}  // namespace systole::model
