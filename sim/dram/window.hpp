// SPDX-License-Identifier: Apache-2.0
// Policy `window` of one channel: first-ready, first-come-first-served (FR-FCFS).
//
// Candidates hang in per-bank lists by age, so the next command is found by a look at each bank
// that has some, and the clock jumps to the cycle in which one of them may go. Always command by
// command.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "dram/banks.hpp"
#include "dram/service.hpp"

namespace systole::dram {

class FirstReady {
 public:
  explicit FirstReady(const Timing& timing);

  void submit(const Share& share);
  // Until a train's share is complete, or the horizon, or nothing is left to serve.
  std::optional<Completion> serve(const Horizon& horizon);
  // With nothing to serve: refreshes due by `cycle`.
  void idle_until(std::uint64_t cycle);

  [[nodiscard]] bool has_work() const { return !tallies_.empty(); }
  [[nodiscard]] std::uint64_t settled() const { return settled_; }
  [[nodiscard]] std::uint64_t last_column() const { return last_column_; }
  [[nodiscard]] std::uint64_t next_arrival() const;
  [[nodiscard]] const Banks& banks() const { return banks_; }
  [[nodiscard]] Banks& banks() { return banks_; }
  [[nodiscard]] bool is_same_from(const FirstReady& other, std::uint64_t now) const;

 private:
  static constexpr std::uint32_t kEnd = ~std::uint32_t{0};
  static constexpr std::uint32_t kMostBanks = 128;

  // A request of which not all bursts have entered the window.
  struct Job {
    Request request;
    std::uint64_t train;  // Its tally's number.
    std::uint64_t entered = 0;
  };
  // A train's share of the channel; its bursts are served in any order.
  struct Tally {
    Completion completion;
    std::uint64_t left = 0;  // Bursts to serve.
    bool is_whole = false;   // The last request has come.
  };
  struct Candidate {
    std::uint64_t age;
    std::uint64_t burst;
    std::uint64_t train;  // Its tally's number.
    std::uint32_t row;
    std::uint32_t bank;
    Command command;
    std::uint32_t next;  // Younger ones of the same bank.
  };
  struct Queue {
    std::uint32_t first = kEnd;
    std::uint32_t last = kEnd;
    std::array<std::uint32_t, 2> size{};  // Reads, writes.
  };
  // What a bank would do next: its oldest hits of either direction, else a row command.
  struct Bid {
    std::array<std::uint32_t, 2> hit{kEnd, kEnd};
    std::uint32_t miss = kEnd;
  };
  // A miss, with what its bank and group say of its command; the channel's part moves for all.
  struct RowBid {
    std::uint64_t earliest;
    std::uint64_t age;
  };
  class BankSet {
   public:
    void put(std::uint32_t bank, bool in) {
      const std::uint64_t bit = std::uint64_t{1} << (bank & 63U);
      std::uint64_t& word = words_[bank >> 6U];
      word = in ? word | bit : word & ~bit;
    }
    template <class Visit>
    void each(Visit visit) const {
      for (std::uint32_t i = 0; i < words_.size(); ++i) {
        for (std::uint64_t word = words_[i]; word != 0; word &= word - 1) {
          visit(64 * i + static_cast<std::uint32_t>(std::countr_zero(word)));
        }
      }
    }

   private:
    std::array<std::uint64_t, kMostBanks / 64> words_{};
  };
  struct Move {
    std::uint64_t cycle = kNever;
    std::uint64_t age = kNever;
    std::uint32_t candidate = kEnd;
    std::uint32_t bank = kEnd;
    bool is_column = false;
  };

  void fill();
  void enter(const Job& job);
  void renew_bid(std::uint32_t bank);
  void file_bid(std::uint32_t bank);
  void consider(Move& best, std::uint32_t candidate, std::uint64_t cycle) const;
  void consider_bank(std::uint32_t bank);
  void time_row_bid(std::uint32_t bank);
  void time_group(std::uint32_t bank);
  [[nodiscard]] Move find_column() const;
  [[nodiscard]] Move find_row() const;
  [[nodiscard]] const Move& next_column();
  [[nodiscard]] const Move& next_row();
  [[nodiscard]] Move next_move();
  [[nodiscard]] std::uint64_t next_entry() const;
  void take(std::uint32_t candidate);
  void issue_row(const Candidate& candidate, std::uint64_t cycle);
  std::optional<Completion> issue_column(std::uint32_t at, std::uint64_t cycle);
  [[nodiscard]] Tally& tally(std::uint64_t train) { return tallies_[train - first_tally_]; }

  const Timing* timing_;
  Banks banks_;
  std::deque<Job> jobs_;  // By arrival, equal ones by submission.
  std::deque<Tally> tallies_;
  std::uint64_t first_tally_ = 0;  // Number of the foremost.
  std::vector<Candidate> window_;
  std::vector<std::uint32_t> free_;
  std::vector<Queue> queues_;  // By bank.
  std::vector<Bid> bids_;
  std::vector<RowBid> row_bids_;
  std::array<BankSet, 2> hits_;  // Banks that bid a column, by direction,
  BankSet to_activate_;          // an activate, or a precharge.
  BankSet to_precharge_;
  // The next commands of each bus as last found, as long as they must be. What else bids later does
  // so at file_bid(); a later beginning changes nothing before their cycles.
  std::optional<Move> column_;
  std::optional<Move> row_;
  std::uint64_t next_age_ = 0;
  std::uint64_t now_ = 0;  // The first cycle that has no command yet.
  std::uint64_t settled_ = 0;
  std::uint64_t last_column_ = 0;
};

}  // namespace systole::dram
