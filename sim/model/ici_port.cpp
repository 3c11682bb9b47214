// SPDX-License-Identifier: Apache-2.0
#include "model/ici_port.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/clock.hpp"

namespace systole::model {

std::optional<AxisPlace> GroupPlace::upstream(std::uint32_t axis, bool up) const {
  const AxisPlace here = on(axis);
  return folded ? here : network::upstream(here, up);
}

Plans::Plans(const Program& program, const std::vector<GroupAxis>& group, const PodConfig& pod) {
  for (const ProgramOperation& operation : program.operations()) {
    std::vector<PlannedChunk>& made = plans_.emplace_back();
    if (const auto* collective = std::get_if<Collective>(operation.work)) {
      made = network::plan(*collective, group, pod.chip.ici.value());
    }
  }
}

IciPort::IciPort(const sc_core::sc_module_name& name, const IciConfig& config,
                 const Program& program, const Plans& plans, GroupPlace place,
                 Queue<Instance>& issued, Queue<Instance>& ended, ChipAccounts& accounts,
                 Account& account)
    : sc_module(name),
      collective_start_(to_femtoseconds(config.collective_start)),
      collective_step_(to_femtoseconds(config.collective_step)),
      program_(program),
      plans_(plans),
      place_(std::move(place)),
      issued_(issued),
      ended_(ended),
      accounts_(accounts),
      timeline_(account),
      links_(place_.axes.size(), {nullptr, nullptr}),
      ways_(place_.axes.size()) {
  SC_HAS_PROCESS(IciPort);
  SC_METHOD(wake);
  sensitive << issued_.pushed() << arrivals_.pushed() << timer_ << links_freed_.event;
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
      .sequence = chunk.sequence, .chunk = chunk.index, .phase = chunk.phase, .up = chunk.up}];
  if (running_ && chunk.sequence == sequence_) {
    running_->touched.push_back(chunk.index);
  }
  if (chunk.adds > 0) {
    accounts_.read_scratchpad(chunk.operation, Tensor::activation, Bytes{chunk.bytes});
    accounts_.vector_unit.record(chunk.operation, Tensor::activation, Action::lane_add, chunk.adds);
  }
  accounts_.write_scratchpad(chunk.operation, Tensor::activation, Bytes{chunk.bytes});
}

void IciPort::begin(const Instance& instance) {
  running_ = Running{.instance = instance,
                     .begins = now() + collective_start_,
                     .chunks = {},
                     .touched = {},
                     .scattering = 0,
                     .unfinished = 0};
  for (const PlannedChunk& chunk : plans_.of(instance.operation)) {
    running_->touched.push_back(static_cast<std::uint32_t>(running_->chunks.size()));
    running_->chunks.push_back({.chunk = &chunk});
    running_->scattering += chunk.phases.front().exchange == Exchange::scatter ? 1 : 0;
  }
  running_->unfinished = running_->chunks.size();
  timeline_.wait(State::stalled_operation, now());
  timeline_.spend(State::starting, now(), running_->begins);
  call_at(running_->begins);
}

bool IciPort::progress() {
  while (!running_->touched.empty()) {
    const std::vector<std::uint32_t> touched = std::exchange(running_->touched, {});
    for (const std::uint32_t index : touched) {
      progress(index);
    }
  }
  return running_->unfinished == 0 && all_left();
}

// Whether its own sends are off the links; asks to be called when they are.
bool IciPort::all_left() {
  bool waiting = false;
  Femtoseconds until = now();
  for (const std::array<Link*, 2>& both : links_) {
    for (const Link* link : both) {
      if (link != nullptr) {
        waiting = waiting || link->has_waiting();
        until = std::max(until, link->busy_until());
      }
    }
  }
  links_freed_.wanted = waiting;
  if (!waiting && until > now()) {
    call_at(until);
  }
  return !waiting && until == now();
}

void IciPort::progress(std::uint32_t index) {
  Progress& chunk = running_->chunks[index];
  while (chunk.phase < chunk.chunk->phases.size()) {
    const AxisPhase& phase = chunk.chunk->phases[chunk.phase];
    if (phase.exchange == Exchange::gather && running_->scattering > 0) {
      return;  // An all_reduce gathers when all its sums are made.
    }
    if (takes_part(collective(), phase, place_.positions)) {
      send_ready(chunk, index, false);
      send_ready(chunk, index, true);
      const std::uint32_t last = steps(phase, place_.on(phase.axis));
      if (chunk.next_step[0] <= last || chunk.next_step[1] <= last || !is_received(chunk, index)) {
        return;
      }
    }
    end_phase(chunk, index);
  }
}

void IciPort::end_phase(Progress& progress, std::uint32_t index) {
  for (const bool up : {false, true}) {
    receipts_.erase({.sequence = sequence_, .chunk = index, .phase = progress.phase, .up = up});
  }
  const std::vector<AxisPhase>& phases = progress.chunk->phases;
  const bool scattered = phases[progress.phase].exchange == Exchange::scatter;
  progress.next_step = {1, 1};
  ++progress.phase;
  if (progress.phase == phases.size()) {
    --running_->unfinished;
  }
  if (scattered &&
      (progress.phase == phases.size() || phases[progress.phase].exchange != Exchange::scatter)) {
    if (--running_->scattering == 0) {
      for (std::uint32_t i = 0; i < running_->chunks.size(); ++i) {
        running_->touched.push_back(i);
      }
    }
  }
}

const Collective& IciPort::collective() const {
  return std::get<Collective>(*program_[running_->instance.operation].work);
}

void IciPort::send_ready(Progress& progress, std::uint32_t index, bool up) {
  const AxisPhase& phase = progress.chunk->phases[progress.phase];
  const AxisPlace here = place_.on(phase.axis);
  const std::optional<AxisPlace> upstream = place_.upstream(phase.axis, up);
  const ProgramOperation& operation = program_[running_->instance.operation];
  const std::uint32_t last = steps(phase, here);
  for (std::uint32_t& step = progress.next_step[up ? 1 : 0]; step <= last; ++step) {
    const std::uint64_t bytes = send_bytes(phase, here, up, step);
    if (bytes == 0) {
      continue;
    }
    if (upstream && received(index, progress.phase, up) < sends(phase, *upstream, up, step - 1)) {
      return;
    }
    const bool adds = phase.exchange == Exchange::scatter;
    const std::vector<Link*>& way = ways_[phase.axis][up ? 1 : 0];
    way.front()->send({.sequence = sequence_,
                       .stage = phase.exchange == Exchange::gather ? progress.phase : 0,
                       .number = progress.chunk->number,
                       .index = index,
                       .phase = progress.phase,
                       .up = up,
                       .bytes = bytes,
                       .adds = adds ? ceil_div(bytes * 8, bits(collective().type)) : 0,
                       .operation = operation.id,
                       .way = way.size() > 1 ? &way : nullptr,
                       .leg = 0},
                      now() + collective_step_);
    accounts_.read_scratchpad(operation.id, Tensor::activation, Bytes{bytes});
  }
}

bool IciPort::is_received(const Progress& progress, std::uint32_t index) const {
  const AxisPhase& phase = progress.chunk->phases[progress.phase];
  for (const bool up : {false, true}) {
    const std::optional<AxisPlace> upstream = place_.upstream(phase.axis, up);
    if (upstream && received(index, progress.phase, up) <
                        sends(phase, *upstream, up, steps(phase, *upstream))) {
      return false;
    }
  }
  return true;
}

std::uint32_t IciPort::received(std::uint32_t chunk, std::uint32_t phase, bool up) const {
  const auto found =
      receipts_.find({.sequence = sequence_, .chunk = chunk, .phase = phase, .up = up});
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
