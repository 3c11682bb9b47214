// SPDX-License-Identifier: Apache-2.0
// The chip-to-chip network flit by flit: one input-queued router a chip, credits, virtual channels.
//
// README.md says what happens in a cycle; tests hold the engine against a plain reading of it. All
// state lies in flat arrays; only routers that hold flits are looked at, and cycles in which
// nothing can happen are skipped. Routers talk through events at least a cycle away, so the order
// in which they are looked at decides nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "network/torus.hpp"

namespace systole::network {

// How a ring is kept from waiting for itself.
enum class DeadlockFreedom : std::uint8_t {
  dateline,  // Two classes of virtual channels; the link that closes the ring leads to the second.
  bubble,    // Virtual cut-through; who enters a ring leaves room for one more packet behind him.
  none       // A ring may lock. For tests of the watchdog, and for meshes, which need nothing.
};

// Which of several packets a router serves first.
enum class Arbitration : std::uint8_t {
  round_robin,
  oldest  // The packet that got its injection buffer first. Keeps a flooded ring fair, thereby
          // full.
};

struct FlitConfig {
  std::vector<Axis> axes;
  std::uint32_t virtual_channels;  // Of each class; dateline has two classes if an axis wraps.
  std::uint32_t buffer_flits;      // Of each virtual channel of each input.
  std::uint32_t packet_flits;      // The longest packet; with bubble, every packet.
  std::uint32_t router_cycles;     // Through a router.
  std::uint32_t link_cycles;       // Over a link, and of a credit on its way back. At least 1.
  std::uint32_t local_ports;       // Injection ports of a chip, and as many for ejection.
  DeadlockFreedom freedom;
  Arbitration arbitration;
  std::uint64_t watchdog_cycles;  // Without a move, with flits waiting, it is a deadlock.
};

struct Packet {
  Chip source;
  Chip destination;
  std::uint32_t flits;
};

struct Delivery {
  std::uint64_t packet;  // As inject() numbered it.
  Packet what;
  std::uint64_t injected;   // Cycle from which its first flit could leave.
  std::uint64_t delivered;  // First cycle after its last flit left the network.
};

// A buffer whose first flit waits: an input of a router. `from` is the direction in which flits
// arrive; `directions() + i` is injection port i.
struct Channel {
  Chip chip;
  Direction from;
  std::uint32_t virtual_channel;
  std::uint64_t packet;
  bool operator==(const Channel&) const = default;
};

struct Deadlock {
  std::uint64_t cycle;           // When the watchdog saw it.
  std::vector<Channel> waiting;  // Each waits for room in the next, the last for the first.
  [[nodiscard]] std::string text() const;
  bool operator==(const Deadlock&) const = default;
};

struct NetworkCounters {
  std::uint64_t packets_injected = 0;  // By inject().
  std::uint64_t packets_delivered = 0;
  std::uint64_t flits_injected = 0;  // Left an injection port.
  std::uint64_t flits_ejected = 0;
  std::uint64_t flit_hops = 0;  // Links crossed.
};

class FlitNetwork {
 public:
  explicit FlitNetwork(FlitConfig config);  // Throws UserError if the parts do not fit together.

  // A packet that may leave from `cycle` on, which is not in the past. Returns its number.
  std::uint64_t inject(const Packet& packet, std::uint64_t cycle);

  // Runs up to the beginning of `cycle`; to the end of a cycle that delivers a packet; until
  // everything is delivered. Stops at a deadlock.
  [[nodiscard]] std::optional<Deadlock> run_until(std::uint64_t cycle);
  [[nodiscard]] std::optional<Deadlock> run_to_delivery();
  [[nodiscard]] std::optional<Deadlock> run();

  [[nodiscard]] std::uint64_t now() const { return now_; }
  [[nodiscard]] bool is_empty() const {
    return counters_.packets_injected == counters_.packets_delivered;
  }
  // What was delivered since the last call, in order of delivery.
  [[nodiscard]] std::vector<Delivery> take_delivered();
  // Released packets that wait for an injection buffer.
  [[nodiscard]] std::uint64_t backlog(Chip chip) const { return backlog_[chip]; }
  [[nodiscard]] const NetworkCounters& counters() const { return counters_; }
  // Flits that have left an injection port and are in a buffer or on a link, counted one by one.
  [[nodiscard]] std::uint64_t flits_inside() const;
  [[nodiscard]] std::uint64_t link_flits(Chip chip, Direction direction) const {
    return link_flits_[chip * directions_ + direction];
  }
  [[nodiscard]] const Torus& torus() const { return torus_; }
  [[nodiscard]] const FlitConfig& config() const { return config_; }

 private:
  static constexpr std::uint8_t kNone = 0xff;
  static constexpr std::uint32_t kNobody = 0xffffffff;

  // A flit carries what a router asks about its packet.
  struct Flit {
    std::uint32_t packet;       // Index into packets_.
    std::uint32_t age;          // Cycle in which it got an injection buffer, modulo 2^32.
    std::uint16_t destination;  // At most 256 chips.
    bool down_in_ties;
    bool is_head : 1;
    bool is_tail : 1;
  };
  // An input's virtual channel: its buffer, and what its first packet needs. An injection buffer
  // makes its flits as they leave, out of `pattern`.
  struct Input {
    std::uint32_t choices;  // Virtual channels of the output that the packet may take.
    std::uint16_t first;    // Slot of the first flit.
    std::uint16_t count;    // Flits; for injection, those still to leave.
    std::uint16_t room;     // Free slots that a virtual channel must have to be taken.
    std::uint8_t output;    // A direction, or directions_ + ejection port.
    std::uint8_t taken;     // Virtual channel of the output, once taken.
    std::uint32_t age;      // Of the first packet.
    Flit pattern;
  };
  struct Travelling {
    std::uint64_t number;
    std::uint64_t injected;
    Packet what;
    std::uint32_t next;  // In the source queue.
    bool down_in_ties;
  };
  struct Arrival {
    std::uint32_t input;  // (chip, input).
    std::uint32_t vc;
    Flit flit;
  };
  struct Return {
    std::uint32_t output;  // (chip, direction).
    std::uint32_t vc;
  };
  struct Release {
    std::uint64_t cycle;
    std::uint64_t number;
    std::uint32_t packet;
    bool operator>(const Release& other) const {
      return cycle != other.cycle ? cycle > other.cycle : number > other.number;
    }
  };
  struct Queue {
    std::uint32_t first = kNobody;
    std::uint32_t last = kNobody;
  };

  void check_config() const;
  void build_links();
  [[nodiscard]] std::uint32_t input_id(Chip chip, std::uint32_t port, std::uint32_t vc) const {
    return (chip * ports_ + port) * channels_ + vc;
  }
  [[nodiscard]] bool is_injection(std::uint32_t port) const { return port >= directions_; }

  void step();
  void skip_idle(std::uint64_t limit);
  void receive();
  void release();
  void enqueue(std::uint32_t packet);
  void fill_injection(Chip chip, std::uint32_t port, std::uint32_t vc, std::uint64_t cycle);
  void prepare(Chip chip, std::uint32_t port, std::uint32_t vc, const Flit& head);
  void set_waiting(Chip chip, std::uint32_t port, std::uint32_t vc);
  void switch_router(Chip chip);
  [[nodiscard]] bool can_move(Chip chip, const Input& input) const;
  [[nodiscard]] std::uint32_t grantable(std::uint32_t output, const Input& input) const;
  [[nodiscard]] std::uint8_t choose(Chip chip, std::uint32_t port) const;
  [[nodiscard]] std::uint32_t grant(Chip chip, std::uint32_t output, std::uint32_t proposers,
                                    const std::uint8_t* proposal) const;
  void move(Chip chip, std::uint32_t port, std::uint32_t vc);
  void send(Chip chip, Input& input, const Flit& flit);
  void deliver(std::uint32_t packet);
  Flit pop(std::uint32_t id, bool is_injected);
  [[nodiscard]] std::uint32_t first_packet(std::uint32_t id) const;
  [[nodiscard]] bool is_locked() const;
  [[nodiscard]] Deadlock find_deadlock() const;
  [[nodiscard]] std::uint32_t waits_for(std::uint32_t input) const;

  FlitConfig config_;
  Torus torus_;
  std::uint32_t directions_;
  std::uint32_t ports_;     // Inputs of a router: directions, then injection.
  std::uint32_t channels_;  // Virtual channels of an input, all classes.
  std::uint32_t hop_cycles_;

  // By chip and destination, one table for each side of a tie.
  std::array<std::vector<std::uint8_t>, 2> route_;
  // By chip and input.
  std::vector<std::uint32_t> waiting_;    // Virtual channels with a flit.
  std::vector<std::uint8_t> input_turn_;  // Virtual channel that is looked at first.
  std::vector<std::uint32_t> upstream_;   // Output (chip, direction) at the link's other end.
  std::vector<std::uint16_t> chip_of_;
  std::vector<std::uint16_t> port_of_;
  std::vector<Queue> queues_;  // Of an injection port; others stay empty.
  // By chip and output, ejection included.
  std::vector<std::uint8_t> output_turn_;  // Input that is looked at first.
  // By chip and direction.
  std::vector<std::uint32_t> free_;         // Virtual channels that no packet has taken.
  std::vector<std::uint32_t> open_;         // Virtual channels with a credit.
  std::vector<std::uint8_t> channel_turn_;  // Virtual channel that is taken first.
  std::vector<std::uint32_t> downstream_;   // Input (chip, input) at the link's other end.
  std::vector<std::uint8_t> is_dateline_;
  std::vector<std::uint64_t> link_flits_;
  // By chip, direction and virtual channel.
  std::vector<std::uint16_t> credits_;
  // By chip, input and virtual channel.
  std::vector<Input> inputs_;
  std::vector<Flit> slots_;
  // By chip.
  std::vector<std::uint32_t> busy_;  // Inputs with a flit.
  std::vector<std::uint64_t> backlog_;
  std::vector<std::uint64_t> active_;  // Bit set of chips with a busy input.

  std::vector<Travelling> packets_;
  std::vector<std::uint32_t> spare_packets_;
  std::vector<std::uint8_t> pair_parity_;  // Packets so far from a source to a destination, odd.
  std::priority_queue<Release, std::vector<Release>, std::greater<>> releases_;
  // What arrives in a cycle, modulo the longest way.
  std::vector<std::vector<Arrival>> arrivals_;
  std::vector<std::vector<Return>> returns_;  // Credits.
  std::uint64_t in_flight_ = 0;               // Flits and credits in these.

  std::vector<Delivery> delivered_;
  NetworkCounters counters_;
  std::uint64_t now_ = 0;
  std::uint64_t last_move_ = 0;
};

}  // namespace systole::network
