// SPDX-License-Identifier: Apache-2.0
// One direction of a chip-to-chip link: one chunk at a time at its bandwidth, there a hop's latency
// later. Of the chunks that wait, the oldest collective's lowest number goes first.
//
// A link is part of the port it leaves from, which wakes for it: when a chunk begins, all that
// follows from it is known.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <tuple>
#include <vector>

#include "config/chip.hpp"
#include "ledger/ledger.hpp"
#include "model/clock.hpp"
#include "model/plans.hpp"
#include "model/timeline.hpp"

namespace systole::model {

class Link;

// One chunk of a collective, as neighbours exchange it.
struct Chunk {
  std::uint64_t sequence;  // Number of the collective in the program.
  const Course::Send* send;
  std::uint32_t stage;   // 0; in a gather its phase: what feeds others goes first.
  std::uint32_t number;  // Order among the chunks of its collective.
  std::uint32_t index;   // Which chunk of the plan.
  std::uint32_t slot;    // Which of its phases.
  OperationId operation;
  bool up;
  std::uint32_t leg = 0;                    // Of the way.
  const std::vector<Link*>* way = nullptr;  // Around a dead link; null: over one link.
};

// What is on its way to a chip.
class Arrivals {
 public:
  explicit Arrivals(Alarm& alarm) : alarm_(alarm) {}

  // Over the chip's incoming link of this number.
  void expect(const Chunk& chunk, Femtoseconds at, std::uint32_t link) {
    coming_.push({.at = at, .link = link, .chunk = chunk});
    alarm_.by(at);
  }
  [[nodiscard]] bool has_one() const { return !coming_.empty() && coming_.top().at <= now(); }
  [[nodiscard]] Chunk pop() {
    const Chunk chunk = coming_.top().chunk;
    coming_.pop();
    return chunk;
  }
  [[nodiscard]] std::optional<Femtoseconds> next() const {
    return coming_.empty() ? std::nullopt : std::optional(coming_.top().at);
  }

 private:
  struct Coming {
    Femtoseconds at;
    std::uint32_t link;  // Decides at one instant; a link brings one at a time.
    Chunk chunk;
    bool operator<(const Coming& other) const {  // Of a heap.
      return at > other.at || (at == other.at && link > other.link);
    }
  };
  std::priority_queue<Coming> coming_;
  Alarm& alarm_;
};

class Link {
 public:
  // `number` is the receiver's for it. `alarm` wakes the port that it leaves from.
  Link(Femtoseconds hop_latency, BytesPerSecond bandwidth, std::uint32_t number, Arrivals& receiver,
       Alarm& alarm, Account& account, Recording* recording);

  // Its bytes count on `optics`, too.
  void make_optical(Account& optics) { optics_ = &optics; }
  // Queues a chunk that is ready at `ready`; the port looks at next() afterwards.
  void send(const Chunk& chunk, Femtoseconds ready);
  void go_on();  // Begins what may begin now.
  // When something may begin here; never if nothing waits.
  [[nodiscard]] std::optional<Femtoseconds> next() const;
  [[nodiscard]] bool has_waiting() const { return !coming_.empty() || !ready_.empty(); }
  [[nodiscard]] Femtoseconds hop_latency() const { return hop_latency_; }
  // When what has begun will have left.
  [[nodiscard]] Femtoseconds busy_until() const { return timeline_.busy_until(); }
  void close(Femtoseconds elapsed) { timeline_.close(elapsed); }

 private:
  struct Waiting {
    Chunk chunk;
    Femtoseconds ready;
    std::uint64_t arrival;  // Order in which chunks came here.
  };
  struct Later {  // Of heaps: the first to go, or the first to be ready, on top.
    bool operator()(const Waiting& a, const Waiting& b) const {
      return std::tuple(a.ready, a.arrival) > std::tuple(b.ready, b.arrival);
    }
  };
  struct Lower {
    static auto rank(const Waiting& waiting) {
      const Chunk& chunk = waiting.chunk;
      return std::tuple(chunk.sequence, chunk.stage, chunk.number, waiting.arrival);
    }
    bool operator()(const Waiting& a, const Waiting& b) const { return rank(a) > rank(b); }
  };

  void start(const Chunk& chunk);
  void forward(const Chunk& chunk, Femtoseconds end);

  const Femtoseconds hop_latency_;
  const BytesPerSecond bandwidth_;
  const std::uint32_t number_;
  Arrivals& receiver_;
  Alarm& alarm_;
  Account& account_;
  Account* optics_ = nullptr;
  Timeline timeline_;
  std::uint64_t arrivals_ = 0;
  std::priority_queue<Waiting, std::vector<Waiting>, Later> coming_;  // Not ready yet.
  std::priority_queue<Waiting, std::vector<Waiting>, Lower> ready_;
};

}  // namespace systole::model
