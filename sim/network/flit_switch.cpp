// SPDX-License-Identifier: Apache-2.0
// One router in one cycle: proposals, grants, moves.
#include <array>
#include <bit>

#include "network/bits.hpp"
#include "network/flit_network.hpp"

namespace systole::network {
namespace {

// Of two cycles less than 2^31 apart.
bool is_older(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) < 0; }

}  // namespace

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
  std::array<std::uint8_t, 32> proposal;
  std::array<std::uint32_t, 32> proposers;
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
    const std::uint32_t port = grant(chip, output, proposers[output], proposal.data());
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
