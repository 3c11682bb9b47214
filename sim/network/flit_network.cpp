// SPDX-License-Identifier: Apache-2.0
#include "network/flit_network.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "base/error.hpp"
#include "network/bits.hpp"

namespace systole::network {
std::uint64_t FlitNetwork::inject(const Packet& packet, std::uint64_t cycle) {
  check(packet.source < torus_.chips() && packet.destination < torus_.chips(),
        "a packet from chip {} to chip {} of {}", packet.source, packet.destination,
        torus_.chips());
  check(packet.flits >= 1 && packet.flits <= config_.packet_flits,
        "a packet of {} flits, the longest has {}", packet.flits, config_.packet_flits);
  check(config_.freedom != DeadlockFreedom::bubble || packet.flits == config_.packet_flits,
        "a packet of {} flits, with bubble all have {}", packet.flits, config_.packet_flits);
  check(cycle >= now_, "a packet for cycle {} in cycle {}", cycle, now_);

  std::uint8_t& parity =
      pair_parity_[std::size_t{packet.source} * torus_.chips() + packet.destination];
  std::uint32_t sum = parity;
  for (std::size_t axis = 0; axis < torus_.axes().size(); ++axis) {
    sum += torus_.coordinate(packet.source, axis);
  }
  parity ^= 1;
  const Travelling travelling{counters_.packets_injected, cycle, packet, kNobody, sum % 2 == 1};
  auto index = static_cast<std::uint32_t>(packets_.size());
  if (spare_packets_.empty()) {
    packets_.push_back(travelling);
  } else {
    index = spare_packets_.back();
    spare_packets_.pop_back();
    packets_[index] = travelling;
  }
  if (cycle > now_) {
    releases_.push({cycle, travelling.number, index});
  } else {
    release();
    enqueue(index);
  }
  return counters_.packets_injected++;
}

std::optional<Deadlock> FlitNetwork::run_until(std::uint64_t cycle) {
  while (now_ < cycle) {
    skip_idle(cycle);
    if (now_ < cycle) {
      step();
    }
    if (is_locked()) {
      return find_deadlock();
    }
  }
  return std::nullopt;
}

std::optional<Deadlock> FlitNetwork::run_to_delivery() {
  const std::uint64_t before = counters_.packets_delivered;
  while (counters_.packets_delivered == before && !is_empty()) {
    skip_idle(std::numeric_limits<std::uint64_t>::max());
    step();
    if (is_locked()) {
      return find_deadlock();
    }
  }
  return std::nullopt;
}

std::optional<Deadlock> FlitNetwork::run() {
  while (!is_empty()) {
    if (std::optional<Deadlock> deadlock = run_to_delivery()) {
      return deadlock;
    }
  }
  return std::nullopt;
}

std::vector<Delivery> FlitNetwork::take_delivered() { return std::exchange(delivered_, {}); }

std::uint64_t FlitNetwork::flits_inside() const {
  std::uint64_t sum = 0;
  for (std::uint32_t id = 0; id < inputs_.size(); ++id) {
    sum += is_injection(id / channels_ % ports_) ? 0 : inputs_[id].count;
  }
  for (const std::vector<Arrival>& arrivals : arrivals_) {
    sum += arrivals.size();
  }
  return sum;
}

bool FlitNetwork::is_locked() const {
  return now_ - last_move_ >= config_.watchdog_cycles &&
         std::any_of(active_.begin(), active_.end(), [](std::uint64_t word) { return word != 0; });
}

// Nothing happens before the next event if no router holds a flit.
void FlitNetwork::skip_idle(std::uint64_t limit) {
  if (std::any_of(active_.begin(), active_.end(), [](std::uint64_t word) { return word != 0; })) {
    return;
  }
  std::uint64_t next = releases_.empty() ? limit : std::min(limit, releases_.top().cycle);
  if (in_flight_ != 0) {
    const std::uint64_t horizon = arrivals_.size();
    for (std::uint64_t ahead = 0; ahead < horizon && now_ + ahead < next; ++ahead) {
      const std::uint64_t slot = (now_ + ahead) % horizon;
      if (!arrivals_[slot].empty() || !returns_[slot].empty()) {
        next = now_ + ahead;
      }
    }
  }
  now_ = std::max(now_, next);
}

void FlitNetwork::step() {
  receive();
  release();
  for (std::size_t word = 0; word < active_.size(); ++word) {
    for (std::uint64_t rest = active_[word]; rest != 0; rest &= rest - 1) {
      switch_router(static_cast<Chip>(word * 64) + static_cast<Chip>(std::countr_zero(rest)));
    }
  }
  ++now_;
}

void FlitNetwork::receive() {
  const std::uint64_t slot = now_ % arrivals_.size();
  std::vector<Arrival>& arrivals = arrivals_[slot];
  for (const auto& [at, vc, flit] : arrivals) {
    const std::size_t id = std::size_t{at} * channels_ + vc;
    Input& input = inputs_[id];
    std::uint32_t place = input.first + std::uint32_t{input.count};
    place -= place >= config_.buffer_flits ? config_.buffer_flits : 0;
    slots_[id * config_.buffer_flits + place] = flit;
    if (input.count++ == 0) {
      set_waiting(chip_of_[at], port_of_[at], vc);
      if (flit.is_head) {
        prepare(chip_of_[at], port_of_[at], vc, flit);
      }
    }
  }
  std::vector<Return>& returns = returns_[slot];
  for (const auto& [output, vc] : returns) {
    ++credits_[output * channels_ + vc];
    open_[output] |= 1U << vc;
  }
  if (!arrivals.empty()) {
    last_move_ = now_;
  }
  in_flight_ -= arrivals.size() + returns.size();
  arrivals.clear();
  returns.clear();
}

void FlitNetwork::release() {
  while (!releases_.empty() && releases_.top().cycle <= now_) {
    const std::uint32_t packet = releases_.top().packet;
    releases_.pop();
    enqueue(packet);
  }
}

void FlitNetwork::enqueue(std::uint32_t packet) {
  const Travelling& travelling = packets_[packet];
  const Chip chip = travelling.what.source;
  const Direction way = route_[travelling.down_in_ties]
                              [std::size_t{chip} * torus_.chips() + travelling.what.destination];
  const std::uint32_t port = directions_ + way % directions_ % config_.local_ports;
  Queue& queue = queues_[chip * ports_ + port];
  (queue.first == kNobody ? queue.first : packets_[queue.last].next) = packet;
  queue.last = packet;
  ++backlog_[chip];
  const std::uint32_t empty = ~waiting_[chip * ports_ + port] & ones(config_.virtual_channels);
  if (empty != 0) {
    fill_injection(chip, port, first_from(empty, 0), now_);
  }
}

// The next packet of a queue has the buffer from `cycle` on.
void FlitNetwork::fill_injection(Chip chip, std::uint32_t port, std::uint32_t vc,
                                 std::uint64_t cycle) {
  Queue& queue = queues_[chip * ports_ + port];
  if (queue.first == kNobody) {
    return;
  }
  const std::uint32_t packet = queue.first;
  const Travelling& travelling = packets_[packet];
  queue.first = travelling.next;
  --backlog_[chip];
  Input& input = inputs_[input_id(chip, port, vc)];
  input.count = static_cast<std::uint16_t>(travelling.what.flits);
  input.pattern = {packet,
                   static_cast<std::uint32_t>(cycle),
                   static_cast<std::uint16_t>(travelling.what.destination),
                   travelling.down_in_ties,
                   true,
                   false};
  set_waiting(chip, port, vc);
  prepare(chip, port, vc, input.pattern);
  last_move_ = now_;
}

void FlitNetwork::set_waiting(Chip chip, std::uint32_t port, std::uint32_t vc) {
  waiting_[chip * ports_ + port] |= 1U << vc;
  busy_[chip] |= 1U << port;
  active_[chip / 64] |= std::uint64_t{1} << chip % 64;
}

}  // namespace systole::network
