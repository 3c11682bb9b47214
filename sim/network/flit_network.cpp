// SPDX-License-Identifier: Apache-2.0
#include "network/flit_network.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "base/error.hpp"

namespace systole::network {
namespace {

constexpr std::uint32_t kMostChips = 256;  // Tables of ways grow with the square.
constexpr std::uint32_t kMostChannels = 32;

// The first bit of `mask` at or after `turn`, cyclically.
std::uint32_t first_from(std::uint32_t mask, std::uint32_t turn) {
  const std::uint32_t later = mask >> turn << turn;
  return static_cast<std::uint32_t>(std::countr_zero(later != 0 ? later : mask));
}

constexpr std::uint32_t ones(std::uint32_t n) { return n == 32 ? 0xffffffff : (1U << n) - 1; }

// A turn that came to `last`: next time the one after it comes first.
std::uint8_t after(std::uint32_t last, std::uint32_t of) {
  return static_cast<std::uint8_t>(last + 1 == of ? 0 : last + 1);
}

// Of two packets that are in the network together.
bool is_older(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) < 0; }

bool has_ring(const FlitConfig& config) {
  return std::any_of(config.axes.begin(), config.axes.end(),
                     [](const Axis& axis) { return axis.wraps; });
}

}  // namespace

FlitNetwork::FlitNetwork(FlitConfig config)
    : config_(std::move(config)),
      torus_(config_.axes),
      directions_(torus_.directions()),
      ports_(directions_ + config_.local_ports),
      channels_(config_.virtual_channels *
                (config_.freedom == DeadlockFreedom::dateline && has_ring(config_) ? 2 : 1)),
      hop_cycles_(config_.router_cycles + config_.link_cycles) {
  check_config();
  const std::size_t chips = torus_.chips();
  for (const bool down : {false, true}) {
    for (Chip chip = 0; chip < chips; ++chip) {
      for (Chip to = 0; to < chips; ++to) {
        route_[down].push_back(static_cast<std::uint8_t>(torus_.next(chip, to, down)));
      }
    }
  }
  waiting_.assign(chips * ports_, 0);
  input_turn_.assign(chips * ports_, 0);
  output_turn_.assign(chips * ports_, 0);
  queues_.assign(chips * ports_, {});
  free_.assign(chips * directions_, ones(channels_));
  open_.assign(chips * directions_, ones(channels_));
  channel_turn_.assign(chips * directions_, 0);
  link_flits_.assign(chips * directions_, 0);
  credits_.assign(chips * directions_ * channels_,
                  static_cast<std::uint16_t>(config_.buffer_flits));
  inputs_.assign(chips * ports_ * channels_, {0, 0, 0, 0, kNone, kNone, 0, {}});
  slots_.assign(inputs_.size() * config_.buffer_flits, {});
  busy_.assign(chips, 0);
  backlog_.assign(chips, 0);
  active_.assign((chips + 63) / 64, 0);
  pair_parity_.assign(chips * chips, 0);
  arrivals_.resize(hop_cycles_ + 1);
  returns_.resize(hop_cycles_ + 1);
  build_links();
}

void FlitNetwork::check_config() const {
  std::vector<Diagnostic> mistakes;
  const auto require = [&](bool holds, std::string message) {
    if (!holds) {
      mistakes.push_back({.message = std::move(message),
                          .at = {},
                          .source = {},
                          .label = {},
                          .notes = {},
                          .also = {}});
    }
  };
  const FlitConfig& c = config_;
  require(c.axes.size() <= 3, fmt::format("a network has 1 to 3 axes, not {}", c.axes.size()));
  require(torus_.chips() <= kMostChips,
          fmt::format("the flit-level network has at most {} chips, not {}", kMostChips,
                      torus_.chips()));
  require(c.virtual_channels >= 1 && channels_ <= kMostChannels,
          fmt::format("an input has 1 to {} virtual channels, not {}", kMostChannels, channels_));
  require(c.buffer_flits >= 1 && c.buffer_flits <= 0xffff,
          fmt::format("a buffer holds 1 to 65535 flits, not {}", c.buffer_flits));
  require(c.packet_flits >= 1 && c.packet_flits <= 0xffff,
          fmt::format("a packet has 1 to 65535 flits, not {}", c.packet_flits));
  require(c.link_cycles >= 1, "a link takes at least one cycle");
  require(c.local_ports >= 1 && c.local_ports <= 16,
          fmt::format("a chip has 1 to 16 local ports, not {}", c.local_ports));
  const std::uint32_t room = c.packet_flits * (has_ring(c) ? 2 : 1);
  require(
      c.freedom != DeadlockFreedom::bubble || c.buffer_flits >= room,
      fmt::format("with bubble a buffer holds at least {} flits, not {}", room, c.buffer_flits));
  const std::uint64_t round = c.router_cycles + 2ULL * c.link_cycles;
  require(c.watchdog_cycles > round,
          fmt::format("the watchdog waits longer than a credit's round, {} cycles, not {}", round,
                      c.watchdog_cycles));
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
}

void FlitNetwork::build_links() {
  const std::uint32_t chips = torus_.chips();
  downstream_.assign(std::size_t{chips} * directions_, kNobody);
  upstream_.assign(std::size_t{chips} * ports_, kNobody);
  for (Chip chip = 0; chip < chips; ++chip) {
    for (std::uint32_t port = 0; port < ports_; ++port) {
      chip_of_.push_back(static_cast<std::uint16_t>(chip));
      port_of_.push_back(static_cast<std::uint16_t>(port));
    }
    for (Direction d = 0; d < directions_; ++d) {
      is_dateline_.push_back(torus_.is_dateline(chip, d) ? 1 : 0);
      if (const std::optional<Chip> other = torus_.neighbour(chip, d)) {
        downstream_[chip * directions_ + d] = *other * ports_ + d;
        upstream_[*other * ports_ + d] = chip * directions_ + d;
      }
    }
  }
}

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
  std::uint32_t index = static_cast<std::uint32_t>(packets_.size());
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

// The packet whose head has become the first flit of an input: where it goes and what it needs.
void FlitNetwork::prepare(Chip chip, std::uint32_t port, std::uint32_t vc, const Flit& head) {
  Input& input = inputs_[input_id(chip, port, vc)];
  const Direction way =
      route_[head.down_in_ties][std::size_t{chip} * torus_.chips() + head.destination];
  input.age = head.age;
  input.taken = kNone;
  if (way == directions_) {
    const std::uint32_t local = is_injection(port) ? port - directions_ : port;
    input.output = static_cast<std::uint8_t>(directions_ + local % config_.local_ports);
    return;
  }
  input.output = static_cast<std::uint8_t>(way);
  input.choices = ones(channels_);
  input.room = 1;
  const bool is_inside = port == way;  // Goes on in its ring or line.
  const bool is_ring = config_.axes[way / 2].wraps;
  if (config_.freedom == DeadlockFreedom::dateline) {
    const bool is_past = is_ring && (is_dateline_[chip * directions_ + way] != 0 ||
                                     (is_inside && vc >= config_.virtual_channels));
    input.choices = ones(config_.virtual_channels) << (is_past ? config_.virtual_channels : 0);
  } else if (config_.freedom == DeadlockFreedom::bubble) {
    input.room = static_cast<std::uint16_t>(config_.packet_flits * (is_ring && !is_inside ? 2 : 1));
    input.choices = is_ring && is_inside ? 1U << vc : ones(channels_);
  }
}

// Virtual channels of an output that the first packet of an input may take now.
std::uint32_t FlitNetwork::grantable(std::uint32_t output, const Input& input) const {
  std::uint32_t choices = input.choices & free_[output] & open_[output];
  if (input.room > 1) {
    for (std::uint32_t rest = choices; rest != 0; rest &= rest - 1) {
      const auto vc = static_cast<std::uint32_t>(std::countr_zero(rest));
      if (credits_[output * channels_ + vc] < input.room) {
        choices &= ~(1U << vc);
      }
    }
  }
  return choices;
}

bool FlitNetwork::can_move(Chip chip, const Input& input) const {
  if (input.output >= directions_) {
    return true;
  }
  const std::uint32_t output = chip * directions_ + input.output;
  return input.taken != kNone ? (open_[output] >> input.taken & 1) != 0
                              : grantable(output, input) != 0;
}

// The virtual channel that an input proposes.
std::uint8_t FlitNetwork::choose(Chip chip, std::uint32_t port) const {
  const std::uint32_t at = chip * ports_ + port;
  const Input* inputs = &inputs_[input_id(chip, port, 0)];
  const std::uint32_t later = waiting_[at] >> input_turn_[at] << input_turn_[at];
  std::uint8_t best = kNone;
  for (std::uint32_t rest : {later, waiting_[at] & ~later}) {
    for (; rest != 0; rest &= rest - 1) {
      const auto vc = static_cast<std::uint8_t>(std::countr_zero(rest));
      if (best != kNone && !is_older(inputs[vc].age, inputs[best].age)) {
        continue;
      }
      if (can_move(chip, inputs[vc])) {
        best = vc;
        if (config_.arbitration == Arbitration::round_robin) {
          return best;
        }
      }
    }
  }
  return best;
}

// The input that an output serves.
std::uint32_t FlitNetwork::grant(Chip chip, std::uint32_t output, std::uint32_t proposers,
                                 const std::uint8_t* proposal) const {
  const std::uint8_t turn = output_turn_[chip * ports_ + output];
  if (config_.arbitration == Arbitration::round_robin) {
    return first_from(proposers, turn);
  }
  const auto age = [&](std::uint32_t port) {
    return inputs_[input_id(chip, port, proposal[port])].age;
  };
  std::uint32_t best = first_from(proposers, turn);
  for (std::uint32_t rest = proposers & ~(1U << best); rest != 0;) {
    const std::uint32_t port = first_from(rest, turn);
    best = is_older(age(port), age(best)) ? port : best;
    rest &= ~(1U << port);
  }
  return best;
}

void FlitNetwork::switch_router(Chip chip) {
  std::uint8_t proposal[32];
  std::uint32_t proposers[32];
  std::uint32_t outputs = 0;
  for (std::uint32_t rest = busy_[chip]; rest != 0; rest &= rest - 1) {
    const auto port = static_cast<std::uint32_t>(std::countr_zero(rest));
    proposal[port] = choose(chip, port);
    if (proposal[port] != kNone) {
      const std::uint8_t output = inputs_[input_id(chip, port, proposal[port])].output;
      const bool is_first = (outputs >> output & 1) == 0;
      proposers[output] = (is_first ? 0 : proposers[output]) | 1U << port;
      outputs |= 1U << output;
    }
  }
  for (; outputs != 0; outputs &= outputs - 1) {
    const auto output = static_cast<std::uint32_t>(std::countr_zero(outputs));
    const std::uint32_t port = grant(chip, output, proposers[output], proposal);
    output_turn_[chip * ports_ + output] = after(port, ports_);
    input_turn_[chip * ports_ + port] = after(proposal[port], channels_);
    move(chip, port, proposal[port]);
  }
}

FlitNetwork::Flit FlitNetwork::pop(std::uint32_t id, bool is_injected) {
  Input& input = inputs_[id];
  --input.count;
  if (is_injected) {
    Flit flit = input.pattern;
    flit.is_tail = input.count == 0;
    input.pattern.is_head = false;
    return flit;
  }
  const Flit flit = slots_[std::size_t{id} * config_.buffer_flits + input.first];
  input.first =
      static_cast<std::uint16_t>(input.first + 1U == config_.buffer_flits ? 0 : input.first + 1U);
  return flit;
}

// The packet whose flit is first in an input's virtual channel.
std::uint32_t FlitNetwork::first_packet(std::uint32_t id) const {
  return is_injection(id / channels_ % ports_)
             ? inputs_[id].pattern.packet
             : slots_[std::size_t{id} * config_.buffer_flits + inputs_[id].first].packet;
}

// One flit through the router's switch.
void FlitNetwork::move(Chip chip, std::uint32_t port, std::uint32_t vc) {
  const std::uint32_t id = input_id(chip, port, vc);
  Input& input = inputs_[id];
  const Flit flit = pop(id, is_injection(port));
  last_move_ = now_;
  if (input.output < directions_) {
    send(chip, input, flit);
  } else {
    ++counters_.flits_ejected;
    if (flit.is_tail) {
      deliver(flit.packet);
    }
  }
  if (input.count == 0) {
    const std::uint32_t at = chip * ports_ + port;
    waiting_[at] &= ~(1U << vc);
    busy_[chip] &= waiting_[at] == 0 ? ~(1U << port) : ~0U;
    if (busy_[chip] == 0) {
      active_[chip / 64] &= ~(std::uint64_t{1} << chip % 64);
    }
  }
  if (is_injection(port)) {
    ++counters_.flits_injected;
    if (flit.is_tail) {
      fill_injection(chip, port, vc, now_ + 1);
    }
    return;
  }
  if (flit.is_tail && input.count != 0) {
    prepare(chip, port, vc, slots_[std::size_t{id} * config_.buffer_flits + input.first]);
  }
  returns_[(now_ + config_.link_cycles) % returns_.size()].push_back(
      {upstream_[chip * ports_ + port], vc});
  ++in_flight_;
}

void FlitNetwork::send(Chip chip, Input& input, const Flit& flit) {
  const std::uint32_t output = chip * directions_ + input.output;
  if (input.taken == kNone) {
    const std::uint32_t vc = first_from(grantable(output, input), channel_turn_[output]);
    channel_turn_[output] = after(vc, channels_);
    input.taken = static_cast<std::uint8_t>(vc);
    free_[output] &= ~(1U << vc);
  }
  const std::uint32_t vc = input.taken;
  if (--credits_[output * channels_ + vc] == 0) {
    open_[output] &= ~(1U << vc);
  }
  if (flit.is_tail) {
    free_[output] |= 1U << vc;
  }
  arrivals_[(now_ + hop_cycles_) % arrivals_.size()].push_back({downstream_[output], vc, flit});
  ++in_flight_;
  ++link_flits_[output];
  ++counters_.flit_hops;
}

void FlitNetwork::deliver(std::uint32_t packet) {
  const Travelling& travelling = packets_[packet];
  delivered_.push_back({travelling.number, travelling.what, travelling.injected, now_ + 1});
  spare_packets_.push_back(packet);
  ++counters_.packets_delivered;
}

}  // namespace systole::network
