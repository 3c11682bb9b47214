// SPDX-License-Identifier: Apache-2.0
// Policy `batched` of one channel: columns in order, rows prepared ahead, streams in turns.
//
// Each burst is placed once, in constant time. A regular run of row hits goes on by its own step
// (Pace::visits), and whole epochs between refreshes are looked up (epochs.hpp): both give what
// placing every command gives.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dram/banks.hpp"
#include "dram/service.hpp"

namespace systole::dram {

class EpochMemo;
struct EpochKey;

class Batched {
 public:
  explicit Batched(const Timing& timing);

  void submit(const Share& share);
  // Until a train's share is complete, or the horizon, or nothing is left to serve.
  std::optional<Completion> serve(const Horizon& horizon, Pace pace, EpochMemo* memo);
  // With nothing to serve: refreshes due by `cycle`.
  void idle_until(std::uint64_t cycle);

  [[nodiscard]] bool has_work() const { return waiting_ > 0; }
  [[nodiscard]] bool has_backlog(std::uint32_t stream) const;
  // An arrival at this cycle or later would have changed nothing so far.
  [[nodiscard]] std::uint64_t settled() const { return settled_; }
  [[nodiscard]] std::uint64_t last_column() const { return last_column_; }
  [[nodiscard]] std::uint64_t next_arrival() const;
  [[nodiscard]] const Banks& banks() const { return banks_; }
  [[nodiscard]] Banks& banks() { return banks_; }
  [[nodiscard]] bool is_same_from(const Batched& other, std::uint64_t now) const;

 private:
  friend class EpochWalk;

  struct Stream {
    std::uint32_t number;
    std::uint64_t next = 0;  // Burst, and how many the oldest request still has.
    std::uint64_t left = 0;
    std::uint64_t arrival = 0;
    Command command = Command::read;
    Counts counts;             // Of the train that is being served.
    std::vector<Share> queue;  // From `head` on; the oldest one is spread out above.
    std::size_t head = 0;
  };
  // Where a burst's commands would go.
  struct Plan {
    bool hit;
    bool precharges;
    std::uint64_t precharge;
    std::uint64_t activate;
    std::uint64_t column;
  };
  // Column commands of the latest bursts as far as they are evenly spaced, visit by visit.
  struct Rhythm {
    std::uint64_t bursts = 0;  // In a row, of one stream, in one block.
    std::uint64_t step = 0;    // Between visits, and for how many bursts it has been this.
    std::uint64_t steady = 0;
  };
  static constexpr std::size_t kNone = ~std::size_t{0};

  // One cycle after the column command `lookahead` bursts ago.
  [[nodiscard]] std::uint64_t slot() const { return slots_[slot_]; }
  [[nodiscard]] std::uint64_t column_before(std::uint64_t bursts) const {
    const std::size_t size = slots_.size();
    return slots_[slot_ >= bursts ? slot_ - bursts : slot_ + size - bursts] - 1;
  }
  void push_slot(std::uint64_t column) {
    slots_[slot_] = column + 1;
    slot_ = slot_ + 1 == slots_.size() ? 0 : slot_ + 1;
  }
  struct Choice {
    std::size_t stream;
    std::uint64_t by;  // Arrivals until then have had a say.
  };
  [[nodiscard]] Choice choose() const;
  [[nodiscard]] Plan plan(const Stream& stream, Place place) const;
  void issue(Stream& stream, Place place, const Plan& plan);
  void take_turn(std::size_t chosen);
  std::optional<Completion> finish_burst(Stream& stream, std::uint64_t column);
  void load_head(Stream& stream);
  void keep_rhythm(std::uint64_t column);
  void run_on(Stream& stream, const Horizon& horizon);

  const Timing* timing_;
  Banks banks_;
  std::vector<Stream> streams_;  // By number.
  std::size_t current_ = kNone;  // Of the burst before.
  std::uint64_t batch_ = 0;      // Its bursts so far.
  bool has_idled_ = false;       // Since the latest burst.
  std::uint64_t waiting_ = 0;    // Shares.
  std::vector<std::uint64_t> slots_;
  std::size_t slot_ = 0;
  std::uint64_t settled_ = 0;
  std::uint64_t last_column_ = 0;
  Rhythm rhythm_;
  std::uint64_t shares_done_ = 0;
};

}  // namespace systole::dram
