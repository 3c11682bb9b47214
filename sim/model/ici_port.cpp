// SPDX-License-Identifier: Apache-2.0
#include "model/ici_port.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace systole::model {

IciPort::IciPort(const sc_core::sc_module_name& name, const IciConfig& config,
                 const Program& program, const Plans& plans, GroupPlace place,
                 Queue<Instance>& issued, Queue<Instance>& ended, ChipAccounts& accounts,
                 Account& account)
    : sc_module(name),
      hop_latency_(to_femtoseconds(config.hop_latency)),
      collective_start_(to_femtoseconds(config.collective_start)),
      collective_step_(to_femtoseconds(config.collective_step)),
      program_(program),
      plans_(plans),
      place_(std::move(place)),
      issued_(issued),
      ended_(ended),
      accounts_(accounts),
      timeline_(account, accounts.recording),
      ways_(place_.axes.size()) {
  SC_HAS_PROCESS(IciPort);
  SC_METHOD(wake);
  sensitive << issued_.pushed() << alarm_.rings();
  dont_initialize();
}

Link& IciPort::lay(std::uint32_t axis, bool up, BytesPerSecond bandwidth, IciPort& neighbour,
                   Account& account) {
  return links_.emplace_back(hop_latency_, bandwidth, 2 * axis + (up ? 1 : 0), neighbour.arrivals_,
                             alarm_, account, accounts_.recording);
}

void IciPort::wake() {
  alarm_.pass();
  for (Link& link : links_) {
    link.go_on();
  }
  while (issued_.can_pop()) {
    waiting_.push_back(issued_.pop());
  }
  go_on();  // What begins now sends before it receives.
  while (arrivals_.has_one()) {
    receive(arrivals_.pop());
  }
  go_on();
  if (running_ && running_->unfinished == 0 && all_left()) {
    end();
  }
  if (!running_ && !waiting_.empty()) {
    begin(waiting_.front());
    waiting_.pop_front();
  }
  make_appointments();
}

void IciPort::receive(const Chunk& chunk) {
  ++receipts(chunk.sequence, chunk.slot, chunk.up);
  if (running_ && chunk.sequence == sequence_) {
    running_->touched.push_back(chunk.index);
  }
  if (chunk.send->adds > 0) {
    accounts_.read_scratchpad(chunk.operation, Tensor::activation, chunk.send->bytes);
    accounts_.vector_unit.record(chunk.operation, Tensor::activation, Action::lane_add,
                                 chunk.send->adds);
  }
  accounts_.write_scratchpad(chunk.operation, Tensor::activation, chunk.send->bytes);
}

void IciPort::begin(const Instance& instance) {
  const ProgramOperation& operation = program_[instance.operation];
  running_ = Running{.instance = instance,
                     .collective = &std::get<Collective>(*operation.work),
                     .operation = operation.id,
                     .begins = now() + collective_start_,
                     .chunks = {},
                     .touched = {},
                     .scattering = 0,
                     .unfinished = 0};
  for (const ChunkPlan& chunk : plans_.of(instance.operation)) {
    running_->touched.push_back(static_cast<std::uint32_t>(running_->chunks.size()));
    running_->chunks.push_back({.plan = &chunk});
    const bool scatters = chunk.phases.front().exchange.exchange == Exchange::scatter;
    running_->scattering += scatters ? 1 : 0;
  }
  running_->unfinished = running_->chunks.size();
  const Piece piece = program_.piece(instance);
  timeline_.wait(State::stalled_operation, now(), piece);
  timeline_.spend(State::starting, now(), running_->begins, piece);
}

void IciPort::go_on() {
  if (!running_ || running_->begins > now()) {
    return;
  }
  std::vector<std::uint32_t>& touched = running_->touched;
  // It may grow. NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < touched.size(); ++i) {
    progress(touched[i]);
  }
  touched.clear();
}

void IciPort::end() {
  timeline_.spend(State::busy, running_->begins, now(), program_.piece(running_->instance));
  ended_.push(running_->instance);
  running_.reset();
  ++sequence_;
  if (!receipts_.empty()) {
    receipts_.pop_front();
  }
}

// Whether its own sends are off the links; asks to be called when they are.
bool IciPort::all_left() {
  Femtoseconds until = now();
  for (const std::array<std::vector<Link*>, 2>& both : ways_) {
    for (const std::vector<Link*>& way : both) {
      if (way.empty()) {
        continue;
      }
      if (way.front()->has_waiting()) {
        return false;
      }
      until = std::max(until, way.front()->busy_until());
    }
  }
  if (until > now()) {
    alarm_.by(until);
  }
  return until == now();
}

void IciPort::progress(std::uint32_t index) {
  Progress& chunk = running_->chunks[index];
  while (chunk.phase < chunk.plan->phases.size()) {
    const AxisPhase& phase = chunk.plan->phases[chunk.phase].exchange;
    if (phase.exchange == Exchange::gather && running_->scattering > 0) {
      return;  // An all_reduce gathers when all its sums are made.
    }
    if (takes_part(*running_->collective, phase, place_.positions)) {
      const bool down = carry_out(chunk, index, false);
      const bool up = carry_out(chunk, index, true);
      if (!down || !up) {
        return;
      }
    }
    end_phase(chunk);
  }
}

void IciPort::end_phase(Progress& progress) {
  const std::vector<Phase>& phases = progress.plan->phases;
  const auto scatters = [&](std::uint32_t phase) {
    return phase < phases.size() && phases[phase].exchange.exchange == Exchange::scatter;
  };
  const std::uint32_t ended = progress.phase++;
  progress.sent = {};
  if (progress.phase == phases.size()) {
    --running_->unfinished;
  }
  if (scatters(ended) && !scatters(progress.phase) && --running_->scattering == 0) {
    for (std::uint32_t i = 0; i < running_->chunks.size(); ++i) {
      running_->touched.push_back(i);
    }
  }
}

// Sends what may be sent one way in the chunk's phase; true if that and all receipts are done.
bool IciPort::carry_out(Progress& progress, std::uint32_t index, bool up) {
  const Phase& phase = progress.plan->phases[progress.phase];
  const std::uint32_t axis = phase.exchange.axis;
  const Course& course = (*phase.courses)[place_.positions[axis]][up ? 1 : 0];
  const std::uint32_t received = receipts(sequence_, phase.slot, up);
  const bool gathers = phase.exchange.exchange == Exchange::gather;
  for (std::uint32_t& sent = progress.sent[up ? 1 : 0]; sent < course.sends.size(); ++sent) {
    const Course::Send& send = course.sends[sent];
    if (received < send.after) {
      return false;
    }
    const std::vector<Link*>& way = ways_[axis][up ? 1 : 0];
    way.front()->send({.sequence = sequence_,
                       .send = &send,
                       .stage = gathers ? progress.phase : 0,
                       .number = progress.plan->number,
                       .index = index,
                       .slot = phase.slot,
                       .operation = running_->operation,
                       .up = up,
                       .leg = 0,
                       .way = way.size() > 1 ? &way : nullptr},
                      now() + collective_step_);
    accounts_.read_scratchpad(running_->operation, Tensor::activation, send.bytes);
  }
  return received >= course.receipts;
}

std::uint32_t& IciPort::receipts(std::uint64_t sequence, std::uint32_t slot, bool up) {
  const std::uint64_t ahead = sequence - sequence_;
  if (ahead >= receipts_.size()) {
    receipts_.resize(ahead + 1);
  }
  std::vector<std::array<std::uint32_t, 2>>& counts = receipts_[ahead];
  if (slot >= counts.size()) {
    counts.resize(slot + 1);
  }
  return counts[slot][up ? 1 : 0];
}

void IciPort::make_appointments() {
  if (running_ && running_->begins > now()) {
    alarm_.by(running_->begins);
  }
  if (const std::optional<Femtoseconds> time = arrivals_.next()) {
    alarm_.by(*time);
  }
  for (const Link& link : links_) {
    if (const std::optional<Femtoseconds> time = link.next()) {
      alarm_.by(*time);
    }
  }
}

void IciPort::close(Femtoseconds elapsed) {
  timeline_.close(elapsed);
  for (Link& link : links_) {
    link.close(elapsed);
  }
}

std::string IciPort::waiting_for() const {
  if (running_) {
    return fmt::format("chunks of {}", program_.names()[running_->operation - 1]);
  }
  return "a collective";
}

}  // namespace systole::model
