// SPDX-License-Identifier: Apache-2.0
// One direction of a chip-to-chip link: one chunk at a time at its bandwidth, there a hop's latency
// later. Of the chunks that wait, the oldest collective's lowest number goes first.
#pragma once

#include <cstdint>
#include <deque>
#include <queue>
#include <systemc>
#include <tuple>
#include <vector>

#include "config/chip.hpp"
#include "ledger/ledger.hpp"
#include "model/queue.hpp"
#include "model/timeline.hpp"

namespace systole::model {

class Link;

// One chunk of a collective, as neighbours exchange it.
struct Chunk {
  std::uint64_t sequence;  // Number of the collective in the program.
  std::uint32_t stage;     // 0; in a gather its phase: what feeds others goes first.
  std::uint32_t number;    // Order among the chunks of its collective.
  std::uint32_t index;     // Which chunk of the plan.
  std::uint32_t phase;
  bool up;
  std::uint64_t bytes;
  std::uint64_t adds;  // Elements that the receiver adds to its own.
  OperationId operation;
  const std::vector<Link*>* way = nullptr;  // Around a dead link; null: over one link.
  std::uint32_t leg = 0;                    // Of the way.
};

// Told by its links when nothing waits for them any more; only if it asked.
struct LinksFreed {
  sc_core::sc_event event;
  bool wanted = false;
};

class Link : public sc_core::sc_module {
 public:
  Link(const sc_core::sc_module_name& name, const IciConfig& config, BytesPerSecond bandwidth,
       Queue<Chunk>& receiver, LinksFreed& freed, Account& account);

  // Queues a chunk that is ready at `ready`.
  void send(const Chunk& chunk, Femtoseconds ready);
  [[nodiscard]] bool has_waiting() const { return !coming_.empty() || !ready_.empty(); }
  // When what has begun will have left.
  [[nodiscard]] Femtoseconds busy_until() const { return timeline_.busy_until(); }
  void close(Femtoseconds elapsed) { timeline_.close(elapsed); }

 private:
  struct Waiting {
    Chunk chunk;
    Femtoseconds ready;
    std::uint64_t arrival;  // Order in which chunks came here.
    [[nodiscard]] auto rank() const {
      return std::tuple(chunk.sequence, chunk.stage, chunk.number, arrival);
    }
    bool operator<(const Waiting& other) const { return rank() > other.rank(); }  // Of a heap.
  };
  struct InFlight {
    Femtoseconds arrives;
    Chunk chunk;
  };

  void wake();  // A chunk is ready, may follow another one or has arrived.
  void start(const Chunk& chunk);
  void forward(const Chunk& chunk, Femtoseconds end);
  void start_next();
  void call();

  const BytesPerSecond bandwidth_;
  const Femtoseconds hop_latency_;
  Queue<Chunk>& receiver_;
  Account& account_;
  Timeline timeline_;
  std::uint64_t arrivals_ = 0;
  std::deque<Waiting> coming_;          // Not ready yet, in order of time.
  std::priority_queue<Waiting> ready_;  // The first to go on top.
  std::deque<InFlight> in_flight_;
  LinksFreed& freed_;
  sc_core::sc_event timer_;
};

}  // namespace systole::model
