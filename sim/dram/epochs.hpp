// SPDX-License-Identifier: Apache-2.0
// Exact fast-forward over epochs, the times between two refreshes.
//
// Right after a refresh of all banks the rest of an epoch is a function of few numbers: how long
// until the next refresh is due, whose turn it is, and where each stream stands in the mapping's
// period. What an epoch did is kept by these numbers and done again in one go, as long as no
// request ends and none arrives in it. Exact because all decisions are maxima and comparisons,
// which a common shift in time or a renaming of rows does not change; only for devices that
// regenerate (timing.hpp).
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "dram/batched.hpp"

namespace systole::dram {

// What an epoch's course depends on.
enum class KeyPart : std::uint8_t {
  slack,      // From the refresh to when the next one is due.
  turn,       // Whether the stream before goes on, and for how long its batch has.
  phase,      // A stream's burst within the mapping's period.
  direction,  // A stream's.
  rows        // How far two streams are apart whose rows may meet.
};

struct Epoch {
  struct Advance {
    std::uint64_t bursts;
    Counts counts;
  };
  bool is_known = false;
  bool leads_on = false;  // `next` follows from the key alone.
  Epoch* next = nullptr;
  std::uint64_t cycles = 0;       // From refresh to refresh.
  std::uint64_t last_column = 0;  // After the first of them; 0 if there was none.
  std::uint64_t batch = 0;        // At its end, and whose.
  std::size_t current = 0;
  Counts totals;
  std::vector<Advance> advances;  // Of the streams with work, in the order of their turns.
  // Its latest columns, as many as a lookahead, after the first refresh: arrivals behind the oldest
  // requests are yet to be compared with them.
  std::vector<std::uint64_t> columns;
};

// Shared by all channels of one device and service.
class EpochMemo {
 public:
  EpochMemo() = default;
  EpochMemo(const EpochMemo&) = delete;
  EpochMemo& operator=(const EpochMemo&) = delete;
  virtual ~EpochMemo() = default;

  [[nodiscard]] std::uint64_t jumps() const { return jumps_; }

 private:
  friend class EpochWalk;
  struct Hash {
    std::size_t operator()(const std::vector<std::uint64_t>& key) const;
  };

  // For tests that show each part to be needed; the simulator keeps all of them.
  [[nodiscard]] virtual bool keeps(KeyPart /*part*/) const { return true; }
  [[nodiscard]] virtual bool trusts(const Timing& timing) const { return timing.regenerates(); }

  std::unordered_map<std::vector<std::uint64_t>, Epoch, Hash> epochs_;
  std::uint64_t jumps_ = 0;
};

// Goes with one call of Batched::serve and looks at each refresh whether it has seen the like.
class EpochWalk {
 public:
  EpochWalk(Batched& channel, const Horizon& horizon, EpochMemo* memo);

  void refreshed();
  void lose_track() { from_ = nullptr; }

 private:
  struct Mark {
    std::uint64_t next;
    Counts counts;
  };

  [[nodiscard]] bool find_streams();
  void add(KeyPart part, std::uint64_t word);
  void keep_epoch();
  [[nodiscard]] bool fits(const Epoch& epoch) const;
  void jump(const Epoch& epoch);
  void begin(Epoch& epoch);
  [[nodiscard]] Epoch& look_up();

  Batched& channel_;
  const Horizon horizon_;
  EpochMemo* memo_;

  std::vector<std::size_t> turns_;       // Streams with work, in the order of their turns.
  std::uint64_t next_arrival_ = kNever;  // Of the streams that have none yet.
  std::vector<std::uint64_t> key_;

  Epoch* from_ = nullptr;  // The epoch that is being recorded, and the state at its begin.
  std::uint64_t start_ = 0;
  std::uint64_t shares_done_ = 0;
  Counts totals_;
  std::vector<Mark> marks_;
};

}  // namespace systole::dram
