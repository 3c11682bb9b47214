// SPDX-License-Identifier: Apache-2.0
#include "model/hbm.hpp"

#include <algorithm>

#include "dram/standard.hpp"
#include "model/clock.hpp"

namespace systole::model {
namespace {

constexpr std::uint64_t kRegions = 4;  // More than there are ports.

// Bursts of one channel before the next one's.
std::uint64_t granule(const dram::Mapping& mapping) {
  std::uint64_t bursts = 1;
  for (const dram::MappingField& field : mapping.fields) {
    if (field.field == dram::Field::channel) {
      break;
    }
    bursts <<= field.bits;
  }
  return bursts;
}

dram::Service service_of(const dram::Device& device) {
  dram::Service service;
  service.lookahead = dram::lookahead_for(device);
  return service;
}

}  // namespace

Hbm::Hbm(const sc_core::sc_module_name& name, const HbmConfig& config, Seconds dma_start,
         Account& account, Recording* recording)
    : StoreUnit(name),
      config_(config),
      device_(dram::resolve(config.memory, config.preset, config.mapping, config.cycle())),
      round_(config.burst() * (granule(device_.mapping) * config.channels())),
      cycle_(device_.cycle),
      delay_(to_femtoseconds(dma_start)),
      account_(account),
      states_(account, recording),
      memory_(device_, service_of(device_), config.channels()) {}

// The next bytes of the port's region, which begins anew when it is full.
Bytes Hbm::place(std::uint32_t port, Bytes bytes) {
  const std::uint64_t rounds = config_.capacity.count() / kRegions / round_.count();
  const Bytes region{rounds * round_.count()};
  if (used_.size() <= port) {
    used_.resize(port + 1);
  }
  if (used_[port] + bytes > region) {
    used_[port] = Bytes{0};
  }
  const Bytes at = region * port + used_[port];
  used_[port] += bytes;
  return at;
}

void Hbm::accept(const Request& request) {
  const Train& train = request.train;
  const std::uint64_t bursts =
      train.segments * ceil_div(train.piece().count(), config_.burst().count());
  const Bytes bytes = round_ * ceil_div(bursts * config_.burst().count(), round_.count());
  const std::uint64_t number =
      memory_.submit({.base = place(request.port, bytes),
                      .bytes = bytes,
                      .direction = train.direction == Direction::read ? dram::Direction::read
                                                                      : dram::Direction::write,
                      .stream = request.port},
                     ceil_div(now().count(), cycle_.count()));
  open_.push_back({.number = number, .train = train, .port = request.port});
  enter_state();
  count(train, bursts);
}

std::optional<Femtoseconds> Hbm::next() {
  const std::optional<dram::Completion>& first = memory_.next();
  return first ? std::optional(Cycles{first->at} * cycle_ + delay_) : std::nullopt;
}

std::uint32_t Hbm::complete() {
  const dram::Completion done = memory_.next().value();
  memory_.pop();
  const auto open = std::ranges::find(open_, done.train, &Open::number);
  account_.record(open->train.operation, open->train.tensor, Action::hbm_activate,
                  done.counts.activate);
  const std::uint32_t port = open->port;
  open_.erase(open);
  enter_state();
  return port;
}

// Busy as long as it has trains, for the one that came first.
void Hbm::enter_state() {
  if (open_.empty()) {
    states_.stay(State::idle, now());
  } else {
    states_.stay(State::busy, now(), {.operation = open_.front().train.operation});
  }
}

void Hbm::close(Femtoseconds elapsed, std::uint64_t cycles) {
  states_.close(elapsed);
  account_.record(kNoOperation, Tensor::none, Action::hbm_background, cycles);
  account_.record(kNoOperation, Tensor::none, Action::hbm_phy_idle, cycles);
  account_.record(kNoOperation, Tensor::none, Action::hbm_refresh,
                  elapsed / config_.refresh_interval() * config_.channels());
}

void Hbm::count(const Train& train, std::uint64_t bursts) {
  const bool reads = train.direction == Direction::read;
  const auto record = [&](Action action, std::uint64_t n) {
    account_.record(train.operation, train.tensor, action, n);
  };
  record(reads ? Action::hbm_read : Action::hbm_write, bursts);
  record(Action::hbm_io, bursts);
  record(Action::hbm_phy, bursts);
  record(Action::hbm_wire, bursts);
  if (reads) {
    record(Action::hbm_element, train.elements);
  }
}

}  // namespace systole::model
