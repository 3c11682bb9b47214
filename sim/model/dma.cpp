// SPDX-License-Identifier: Apache-2.0
#include "model/dma.hpp"

#include <fmt/format.h>

#include "model/clock.hpp"

namespace systole::model {

Dma::Dma(const sc_core::sc_module_name& name, std::uint32_t engines, const Program& program,
         MemoryPorts memories, ScratchpadTrains& trains, Queue<Instance>& issued,
         Queue<Instance>& ended, ChipAccounts& accounts, Account& account)
    : ScratchpadUser(name),
      engines_(engines),
      program_(program),
      memories_(memories),
      trains_(trains),
      issued_(issued),
      ended_(ended),
      accounts_(accounts),
      account_(account) {
  for (std::uint32_t engine = 0; engine < engines; ++engine) {
    free_.push_back(engines - 1 - engine);
    tracks_.push_back(accounts.recording == nullptr
                          ? nullptr
                          : accounts.recording->open(fmt::format("{}{}", account.path(), engine)));
  }
  wakes_on(issued_.pushed());
  wakes_on(transfers_.pushed());
  wakes_on(timer_);
  for (StorePort* port : {memories_.far_sram, memories_.hbm}) {
    if (port != nullptr) {
      wakes_on(port->replies().pushed());
    }
  }
}

void Dma::wake() {
  while (issued_.can_pop()) {
    waiting_.push_back(transfer_of(issued_.pop()));
  }
  while (transfers_.can_pop()) {
    waiting_.push_back(transfers_.pop());
  }
  if (memories_.far_sram != nullptr) {
    collect(Place::far_sram);
  }
  if (memories_.hbm != nullptr) {
    collect(Place::hbm);
  }
  collect_late();
  start_waiting();
  account_.enter(busy_engines_ > 0 ? State::busy : State::idle, now());
}

void Dma::start_waiting() {
  while (!waiting_.empty() && busy_engines_ < engines_) {
    Transfer transfer = waiting_.front();
    waiting_.pop_front();
    ++busy_engines_;
    take_engine(transfer);
    const bool reads = transfer.from != Place::scratchpad;
    push_train(transfer, reads ? transfer.from : transfer.to,
               reads ? Direction::read : Direction::write);
    const Bytes piece{ceil_div(transfer.bytes.count(), transfer.segments)};
    const std::uint64_t granules = transfer.segments * accounts_.granules(piece);
    if (transfer.from == Place::scratchpad) {
      accounts_.scratchpad.record(transfer.operation, transfer.tensor, Action::scratchpad_read,
                                  granules);
    } else if (transfer.to == Place::scratchpad) {
      accounts_.scratchpad.record(transfer.operation, transfer.tensor, Action::scratchpad_write,
                                  granules);
    }
  }
}

void Dma::push_train(const Transfer& transfer, Place place, Direction direction) {
  const Train train{.bytes = transfer.bytes,
                    .segments = transfer.segments,
                    .direction = direction,
                    .elements = transfer.elements,
                    .operation = transfer.operation,
                    .tensor = transfer.tensor};
  memories_.at(place).request(train);
  const bool is_here = transfer.from == Place::scratchpad || transfer.to == Place::scratchpad;
  in_flight_[static_cast<std::size_t>(place)].push_back(
      {.transfer = transfer,
       .direction = direction,
       .through = is_here ? trains_.request(place, train) : Femtoseconds{0}});
}

void Dma::collect(Place place) {
  StorePort& port = memories_.at(place);
  auto& trains = in_flight_[static_cast<std::size_t>(place)];
  while (port.replies().can_pop()) {
    (void)port.replies().pop();
    const InFlight train = trains.front();
    trains.pop_front();
    if (train.direction == Direction::read && train.transfer.to != Place::scratchpad) {
      push_train(train.transfer, train.transfer.to, Direction::write);
    } else if (train.through > now()) {
      late_.emplace(train.through, train.transfer);
    } else {
      finish(train.transfer);
    }
  }
}

void Dma::collect_late() {
  while (!late_.empty() && late_.begin()->first <= now()) {
    finish(late_.begin()->second);
    late_.erase(late_.begin());
  }
  if (!late_.empty()) {
    wake_at(timer_, late_.begin()->first);
  }
}

// Engines are alike; the numbers are for the recording.
void Dma::take_engine(Transfer& transfer) {
  transfer.engine = free_.back();
  free_.pop_back();
  if (Track* track = tracks_[transfer.engine]; track != nullptr) {
    track->enter(
        State::busy, now(),
        transfer.move ? program_.piece(*transfer.move) : Piece{.operation = transfer.operation});
  }
}

void Dma::finish(const Transfer& transfer) {
  --busy_engines_;
  free_.push_back(transfer.engine);
  if (Track* track = tracks_[transfer.engine]; track != nullptr) {
    track->close(now());
  }
  if (transfer.move) {
    ended_.push(*transfer.move);
  } else {
    transfer.done->push({});
  }
}

Transfer Dma::transfer_of(const Instance& instance) const {
  const ProgramOperation& operation = program_[instance.operation];
  const auto& move = std::get<Move>(*operation.work);
  return {.from = move.from,
          .to = move.to,
          .bytes = move.bytes,
          .segments = move.segments,
          .elements = move.elements,
          .operation = operation.id,
          .tensor = move.tensor == Stationary::weight ? Tensor::weight : Tensor::kv,
          .move = instance};
}

std::string Dma::waiting_for() const {
  return busy_engines_ == 0 ? "transfers" : fmt::format("{} transfers to complete", busy_engines_);
}

}  // namespace systole::model
