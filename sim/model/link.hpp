// SPDX-License-Identifier: Apache-2.0
// One direction of a chip-to-chip link: in order, at its bandwidth, a hop's latency later there.
#pragma once

#include <cstdint>
#include <deque>
#include <systemc>

#include "config/chip.hpp"
#include "ledger/ledger.hpp"
#include "model/queue.hpp"
#include "model/timeline.hpp"

namespace systole::model {

// One chunk of a collective, as neighbours exchange it.
struct Chunk {
  std::uint64_t sequence;  // Number of the collective in the program.
  std::uint32_t part;
  std::uint32_t phase;
  bool up;
  std::uint64_t bytes;
  std::uint64_t adds;  // Elements that the receiver adds to its own.
  OperationId operation;
};

class Link : public sc_core::sc_module {
 public:
  Link(const sc_core::sc_module_name& name, const IciConfig& config, Queue<Chunk>& receiver,
       Account& account);

  // Queues a chunk that is ready at `ready`; returns when its last byte has left.
  Femtoseconds send(const Chunk& chunk, Femtoseconds ready);
  void close(Femtoseconds elapsed) { timeline_.close(elapsed); }

 private:
  void wake();  // A chunk has arrived at the other end.

  struct InFlight {
    Femtoseconds arrives;
    Chunk chunk;
  };
  const BytesPerSecond bandwidth_;
  const Femtoseconds hop_latency_;
  Queue<Chunk>& receiver_;
  Account& account_;
  Timeline timeline_;
  std::deque<InFlight> in_flight_;
  sc_core::sc_event timer_;
};

}  // namespace systole::model
