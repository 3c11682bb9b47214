// SPDX-License-Identifier: Apache-2.0
// sim/network/README.md read plainly: every router, every cycle, objects and queues.
//
// Shares nothing with the engine but its configuration: ways are worked out from coordinates, flits
// lie in deques, events in a map. Slow, and meant to be compared by eye with the page.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "network/flit_network.hpp"

namespace systole::network::testing {

class Reference {
 public:
  explicit Reference(const FlitConfig& config);

  void inject(const Packet& packet, std::uint64_t cycle);
  void step();  // One cycle.

  struct Done {
    std::uint64_t packet;
    std::uint64_t cycle;
    bool operator==(const Done&) const = default;
  };
  std::vector<Done> done;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> link_flits;  // Chip, direction.
  std::uint64_t now = 0;

 private:
  struct Route {
    Packet packet;
    bool down_in_ties;
    std::uint64_t rank = 0;  // Cycle in which it got an injection buffer.
  };
  struct RefFlit {
    std::uint64_t packet;
    std::uint32_t number;  // In the packet, from 0.
  };
  struct Buffer {
    std::deque<RefFlit> flits;
    int holds = -1;  // Virtual channel of the output that the first packet has taken.
  };
  struct In {
    std::vector<Buffer> buffers;
    std::uint32_t turn = 0;
    std::deque<std::uint64_t> queue;  // Of an injection port: packets.
  };
  struct OutChannel {
    std::uint32_t credits;
    bool is_taken = false;
  };
  struct Out {
    std::vector<OutChannel> channels;
    std::uint32_t turn = 0;          // Of inputs.
    std::uint32_t channel_turn = 0;  // Of virtual channels.
  };
  struct Router {
    std::vector<In> in;    // Directions, then injection ports.
    std::vector<Out> out;  // Directions, then ejection ports.
  };
  struct Place {
    std::uint32_t chip, port, channel;
  };

  [[nodiscard]] std::vector<std::uint32_t> at(std::uint32_t chip) const;
  [[nodiscard]] std::uint32_t beyond(std::uint32_t chip, std::uint32_t direction) const;
  [[nodiscard]] std::uint32_t output(std::uint32_t chip, std::uint32_t port,
                                     std::uint64_t packet) const;
  [[nodiscard]] bool may_take(const Place& place, std::uint32_t out, std::uint32_t channel) const;
  [[nodiscard]] int channel_to_use(const Place& place, std::uint32_t out) const;
  [[nodiscard]] bool can_move(const Place& place) const;
  [[nodiscard]] std::uint64_t rank(const Place& place) const;
  void fill(In& in);
  void move(const Place& place);

  FlitConfig config_;
  std::uint32_t chips_ = 1;
  std::uint32_t directions_;
  std::uint32_t channels_;
  std::vector<Router> routers_;
  std::vector<Route> packets_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> sent_;  // By pair of chips.
  std::multimap<std::uint64_t, std::uint64_t> releases_;
  std::multimap<std::uint64_t, std::pair<Place, RefFlit>> arrivals_;
  std::multimap<std::uint64_t, Place> credits_;  // To an output.
};

}  // namespace systole::network::testing
