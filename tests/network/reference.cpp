// SPDX-License-Identifier: Apache-2.0
#include "reference.hpp"

namespace systole::network::testing {

Reference::Reference(const FlitConfig& config) : config_(config) {
  bool wraps = false;
  for (const Axis& axis : config.axes) {
    chips_ *= axis.length;
    wraps = wraps || axis.wraps;
  }
  directions_ = 2 * static_cast<std::uint32_t>(config.axes.size());
  channels_ = config.virtual_channels;
  if (config.freedom == DeadlockFreedom::dateline && wraps) {
    channels_ *= 2;
  }
  Router router;
  router.in.resize(directions_ + config.local_ports);
  router.out.resize(directions_ + config.local_ports);
  for (std::size_t i = 0; i < router.in.size(); ++i) {
    router.in[i].buffers.resize(i < directions_ ? channels_ : config.virtual_channels);
    router.out[i].channels.resize(i < directions_ ? channels_ : 0, {config.buffer_flits});
  }
  routers_.assign(chips_, router);
}

std::vector<std::uint32_t> Reference::at(std::uint32_t chip) const {
  std::vector<std::uint32_t> coordinates;
  for (const Axis& axis : config_.axes) {
    coordinates.push_back(chip % axis.length);
    chip /= axis.length;
  }
  return coordinates;
}

std::uint32_t Reference::beyond(std::uint32_t chip, std::uint32_t direction) const {
  std::vector<std::uint32_t> coordinates = at(chip);
  const std::uint32_t k = config_.axes[direction / 2].length;
  std::uint32_t& x = coordinates[direction / 2];
  x = direction % 2 == 0 ? (x == k - 1 ? 0 : x + 1) : (x == 0 ? k - 1 : x - 1);
  std::uint32_t number = 0;
  for (std::size_t i = coordinates.size(); i-- > 0;) {
    number = number * config_.axes[i].length + coordinates[i];
  }
  return number;
}

void Reference::inject(const Packet& packet, std::uint64_t cycle) {
  std::uint64_t parity = sent_[{packet.source, packet.destination}]++;
  for (const std::uint32_t x : at(packet.source)) {
    parity += x;
  }
  releases_.emplace(cycle, packets_.size());
  packets_.push_back({packet, parity % 2 == 1});
}

std::uint32_t Reference::output(std::uint32_t chip, std::uint32_t port,
                                std::uint64_t packet) const {
  const std::vector<std::uint32_t> here = at(chip);
  const std::vector<std::uint32_t> there = at(packets_[packet].packet.destination);
  for (std::uint32_t i = 0; i < here.size(); ++i) {
    const int k = static_cast<int>(config_.axes[i].length);
    const int way = static_cast<int>(there[i]) - static_cast<int>(here[i]);
    if (way == 0) {
      continue;
    }
    if (!config_.axes[i].wraps) {
      return 2 * i + (way < 0 ? 1 : 0);
    }
    const int up = way > 0 ? way : way + k;
    if (2 * up == k) {
      return 2 * i + (packets_[packet].down_in_ties ? 1 : 0);
    }
    return 2 * i + (2 * up > k ? 1 : 0);
  }
  const std::uint32_t local = port < directions_ ? port : port - directions_;
  return directions_ + local % config_.local_ports;
}

// Whether the head that waits at `place` may take this virtual channel of a link now.
bool Reference::may_take(const Place& place, std::uint32_t out, std::uint32_t channel) const {
  const Axis& axis = config_.axes[out / 2];
  const OutChannel& there = routers_[place.chip].out[out].channels[channel];
  const bool goes_on = place.port == out;
  std::uint32_t room = 1;
  if (config_.freedom == DeadlockFreedom::dateline && channels_ > config_.virtual_channels) {
    const std::uint32_t x = at(place.chip)[out / 2];
    const bool closes = axis.wraps && x == (out % 2 == 0 ? axis.length - 1 : 0);
    const bool was_second = axis.wraps && goes_on && place.channel >= config_.virtual_channels;
    if ((channel >= config_.virtual_channels) != (closes || was_second)) {
      return false;
    }
  }
  if (config_.freedom == DeadlockFreedom::bubble) {
    if (axis.wraps && goes_on && channel != place.channel) {
      return false;
    }
    room = config_.packet_flits * (axis.wraps && !goes_on ? 2 : 1);
  }
  return !there.is_taken && there.credits >= room;
}

// The virtual channel that the first flit at `place` would travel on; -1 if it cannot.
int Reference::channel_to_use(const Place& place, std::uint32_t out) const {
  const Buffer& buffer = routers_[place.chip].in[place.port].buffers[place.channel];
  const Out& link = routers_[place.chip].out[out];
  if (buffer.holds >= 0) {
    return link.channels[static_cast<std::size_t>(buffer.holds)].credits > 0 ? buffer.holds : -1;
  }
  for (std::uint32_t i = 0; i < channels_; ++i) {
    const std::uint32_t channel = (link.channel_turn + i) % channels_;
    if (may_take(place, out, channel)) {
      return static_cast<int>(channel);
    }
  }
  return -1;
}

bool Reference::can_move(const Place& place) const {
  const Buffer& buffer = routers_[place.chip].in[place.port].buffers[place.channel];
  if (buffer.flits.empty()) {
    return false;
  }
  const std::uint32_t out = output(place.chip, place.port, buffer.flits.front().packet);
  return out >= directions_ || channel_to_use(place, out) >= 0;
}

std::uint64_t Reference::rank(const Place& place) const {
  return packets_[routers_[place.chip].in[place.port].buffers[place.channel].flits.front().packet]
      .rank;
}

void Reference::fill(In& in) {
  for (Buffer& buffer : in.buffers) {
    if (buffer.flits.empty() && !in.queue.empty()) {
      for (std::uint32_t i = 0; i < packets_[in.queue.front()].packet.flits; ++i) {
        buffer.flits.push_back({in.queue.front(), i});
      }
      packets_[in.queue.front()].rank = now;
      in.queue.pop_front();
    }
  }
}

void Reference::move(const Place& place) {
  Router& router = routers_[place.chip];
  Buffer& buffer = router.in[place.port].buffers[place.channel];
  const RefFlit flit = buffer.flits.front();
  const bool is_last = flit.number + 1 == packets_[flit.packet].packet.flits;
  const std::uint32_t out = output(place.chip, place.port, flit.packet);
  if (out < directions_) {
    const auto channel = static_cast<std::uint32_t>(channel_to_use(place, out));
    Out& link = router.out[out];
    if (buffer.holds < 0) {
      link.channel_turn = (channel + 1) % channels_;
    }
    buffer.holds = static_cast<int>(channel);
    --link.channels[channel].credits;
    link.channels[channel].is_taken = !is_last;
    ++link_flits[{place.chip, out}];
    arrivals_.emplace(now + config_.router_cycles + config_.link_cycles,
                      std::pair{Place{beyond(place.chip, out), out, channel}, flit});
  } else if (is_last) {
    done.push_back({flit.packet, now + 1});
  }
  buffer.flits.pop_front();
  if (is_last) {
    buffer.holds = -1;
  }
  if (place.port < directions_) {
    credits_.emplace(now + config_.link_cycles,
                     Place{beyond(place.chip, place.port ^ 1), place.port, place.channel});
  }
}

void Reference::step() {
  for (; !arrivals_.empty() && arrivals_.begin()->first == now;
       arrivals_.erase(arrivals_.begin())) {
    const auto& [place, flit] = arrivals_.begin()->second;
    routers_[place.chip].in[place.port].buffers[place.channel].flits.push_back(flit);
  }
  for (; !credits_.empty() && credits_.begin()->first == now; credits_.erase(credits_.begin())) {
    const Place& to = credits_.begin()->second;
    ++routers_[to.chip].out[to.port].channels[to.channel].credits;
  }
  for (; !releases_.empty() && releases_.begin()->first == now;
       releases_.erase(releases_.begin())) {
    const std::uint64_t packet = releases_.begin()->second;
    const std::uint32_t chip = packets_[packet].packet.source;
    const std::uint32_t first = output(chip, directions_, packet);
    const std::uint32_t port = first < directions_ ? first % config_.local_ports : 0;
    routers_[chip].in[directions_ + port].queue.push_back(packet);
  }
  std::vector<Place> moves;
  for (std::uint32_t chip = 0; chip < chips_; ++chip) {
    Router& router = routers_[chip];
    const auto ports = static_cast<std::uint32_t>(router.in.size());
    std::map<std::uint32_t, std::map<std::uint32_t, Place>> proposals;  // By output, by input.
    for (std::uint32_t port = 0; port < ports; ++port) {
      In& in = router.in[port];
      fill(in);
      std::vector<Place> movable;  // From the turn on.
      for (std::uint32_t i = 0; i < channels_; ++i) {
        const std::uint32_t channel = (in.turn + i) % channels_;
        if (channel < in.buffers.size() && can_move({chip, port, channel})) {
          movable.push_back({chip, port, channel});
        }
      }
      if (movable.empty()) {
        continue;
      }
      Place chosen = movable.front();
      for (const Place& place : movable) {
        if (config_.arbitration == Arbitration::oldest && rank(place) < rank(chosen)) {
          chosen = place;
        }
      }
      const std::uint64_t packet = in.buffers[chosen.channel].flits.front().packet;
      proposals[output(chip, port, packet)][port] = chosen;
    }
    for (const auto& [out, by_input] : proposals) {
      std::uint32_t port = router.out[out].turn;
      while (by_input.count(port) == 0) {
        port = (port + 1) % ports;
      }
      for (std::uint32_t i = 1; i < ports; ++i) {
        const auto other = by_input.find((router.out[out].turn + i) % ports);
        if (config_.arbitration == Arbitration::oldest && other != by_input.end() &&
            rank(other->second) < rank(by_input.at(port))) {
          port = other->first;
        }
      }
      router.out[out].turn = (port + 1) % ports;
      router.in[port].turn = (by_input.at(port).channel + 1) % channels_;
      moves.push_back(by_input.at(port));
    }
  }
  for (const Place& place : moves) {
    move(place);
  }
  ++now;
}

}  // namespace systole::network::testing
