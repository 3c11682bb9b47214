// SPDX-License-Identifier: Apache-2.0
#include "model/ici_port.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/clock.hpp"

namespace systole::model {

std::optional<AxisPlace> GroupPlace::upstream(std::uint32_t axis, bool up) const {
  AxisPlace from = on(axis);
  if (folded) {
    return from;
  }
  const std::uint32_t last = from.length - 1;
  if (!from.wraps && from.position == (up ? 0 : last)) {
    return std::nullopt;
  }
  from.position = (from.position + (up ? last : 1)) % from.length;
  return from;
}

IciPort::IciPort(const sc_core::sc_module_name& name, const IciConfig& config,
                 const Program& program, GroupPlace place, Queue<Instance>& issued,
                 Queue<Instance>& ended, ChipAccounts& accounts, Account& account)
    : sc_module(name),
      collective_start_(to_femtoseconds(config.collective_start)),
      collective_step_(to_femtoseconds(config.collective_step)),
      program_(program),
      place_(std::move(place)),
      issued_(issued),
      ended_(ended),
      accounts_(accounts),
      timeline_(account),
      links_(place_.axes.size(), {nullptr, nullptr}) {
  SC_HAS_PROCESS(IciPort);
  SC_METHOD(wake);
  sensitive << issued_.pushed() << arrivals_.pushed() << timer_;
  dont_initialize();
}

void IciPort::wake() {
  if (call_ && *call_ <= now()) {
    call_.reset();
  }
  while (issued_.can_pop()) {
    waiting_.push_back(issued_.pop());
  }
  while (arrivals_.can_pop()) {
    receive(arrivals_.pop());
  }
  if (running_ && running_->begins <= now() && progress()) {
    timeline_.spend(State::busy, running_->begins, now());
    ended_.push(running_->instance);
    running_.reset();
    ++sequence_;
  }
  if (!running_ && !waiting_.empty()) {
    begin(waiting_.front());
    waiting_.pop_front();
  }
}

void IciPort::receive(const Chunk& chunk) {
  ++receipts_[{
      .sequence = chunk.sequence, .part = chunk.part, .phase = chunk.phase, .up = chunk.up}];
  if (chunk.adds > 0) {
    accounts_.read_scratchpad(chunk.operation, Tensor::activation, Bytes{chunk.bytes});
    accounts_.vector_unit.record(chunk.operation, Tensor::activation, Action::lane_add, chunk.adds);
  }
  accounts_.write_scratchpad(chunk.operation, Tensor::activation, Bytes{chunk.bytes});
}

void IciPort::begin(const Instance& instance) {
  const auto& collective = std::get<Collective>(*program_[instance.operation].work);
  running_ = Running{.instance = instance, .begins = now() + collective_start_, .parts = {}};
  for (std::vector<AxisPhase>& part : phases(collective, place_.axes)) {
    running_->parts.push_back({.phases = std::move(part)});
  }
  timeline_.wait(State::stalled_operation, now());
  timeline_.spend(State::starting, now(), running_->begins);
  call_at(running_->begins);
}

bool IciPort::progress() {
  bool ended = true;
  for (std::uint32_t i = 0; i < running_->parts.size(); ++i) {
    Part& part = running_->parts[i];
    progress(part, i);
    ended = ended && part.phase == part.phases.size();
  }
  return ended;
}

void IciPort::progress(Part& part, std::uint32_t index) {
  while (part.phase < part.phases.size()) {
    send_ready(part, index, false);
    send_ready(part, index, true);
    const std::uint32_t steps_here = steps(place_.on(part.phases[part.phase].axis));
    if (part.next_step[0] <= steps_here || part.next_step[1] <= steps_here ||
        !is_received(part, index)) {
      return;
    }
    if (part.sent_until > now()) {
      call_at(part.sent_until);
      return;
    }
    for (const bool up : {false, true}) {
      receipts_.erase({.sequence = sequence_, .part = index, .phase = part.phase, .up = up});
    }
    part.next_step = {1, 1};
    ++part.phase;
  }
}

void IciPort::send_ready(Part& part, std::uint32_t index, bool up) {
  const AxisPhase& phase = part.phases[part.phase];
  const AxisPlace here = place_.on(phase.axis);
  const std::optional<AxisPlace> upstream = place_.upstream(phase.axis, up);
  const ProgramOperation& operation = program_[running_->instance.operation];
  const auto& collective = std::get<Collective>(*operation.work);
  for (std::uint32_t& step = part.next_step[up ? 1 : 0]; step <= steps(here); ++step) {
    const std::uint64_t bytes = send_bytes(phase, here, up, step);
    if (bytes == 0) {
      continue;
    }
    if (upstream && received(index, part.phase, up) < sends(phase, *upstream, up, step - 1)) {
      return;
    }
    const bool adds = phase.exchange == Exchange::scatter;
    const Femtoseconds left = links_[phase.axis][up ? 1 : 0]->send(
        {.sequence = sequence_,
         .part = index,
         .phase = part.phase,
         .up = up,
         .bytes = bytes,
         .adds = adds ? ceil_div(bytes * 8, bits(collective.type)) : 0,
         .operation = operation.id},
        now() + collective_step_);
    part.sent_until = std::max(part.sent_until, left);
    accounts_.read_scratchpad(operation.id, Tensor::activation, Bytes{bytes});
  }
}

bool IciPort::is_received(const Part& part, std::uint32_t index) const {
  const AxisPhase& phase = part.phases[part.phase];
  for (const bool up : {false, true}) {
    const std::optional<AxisPlace> upstream = place_.upstream(phase.axis, up);
    if (upstream &&
        received(index, part.phase, up) < sends(phase, *upstream, up, steps(*upstream))) {
      return false;
    }
  }
  return true;
}

std::uint32_t IciPort::received(std::uint32_t part, std::uint32_t phase, bool up) const {
  const auto found =
      receipts_.find({.sequence = sequence_, .part = part, .phase = phase, .up = up});
  return found == receipts_.end() ? 0 : found->second;
}

void IciPort::call_at(Femtoseconds time) {
  if (!call_ || time < *call_) {
    call_ = time;
    wake_at(timer_, time);
  }
}

std::string IciPort::waiting_for() const {
  if (running_) {
    return fmt::format("chunks of {}",
                       program_.names()[program_[running_->instance.operation].id - 1]);
  }
  return "a collective";
}

}  // namespace systole::model
