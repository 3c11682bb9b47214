// SPDX-License-Identifier: Apache-2.0
// The state of a channel's banks: open rows, from when each command is allowed, refreshes due.
//
// Issuing a command raises the times of those it forbids, so the earliest time of a command is a
// maximum of three numbers. A value of one to three kilobytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "dram/timing.hpp"
#include "dram/trace.hpp"

namespace systole::dram {

inline constexpr std::uint32_t kClosed = ~std::uint32_t{0};

class Banks {
 public:
  explicit Banks(const Timing& timing);

  // From when the command is allowed; `bank` is of no concern to commands of all banks.
  [[nodiscard]] std::uint64_t earliest(Command command, std::uint32_t bank) const {
    const std::uint64_t plain = earliest_column(command, bank);
    return timing_->in_window(command) ? std::max(plain, after_windows(command, bank)) : plain;
  }
  // The same for commands that no window holds back.
  [[nodiscard]] std::uint64_t earliest_column(Command command, std::uint32_t bank) const {
    const std::size_t c = index(command);
    return std::max({allowed_[c], allowed_[group_slot(bank) + c], allowed_[bank_slot(bank) + c]});
  }

  // The same in two parts, for those who ask for many banks: what holds for the whole channel, and
  // what holds for one bank and its group.
  [[nodiscard]] std::uint64_t earliest_in_channel(Command command) const;
  [[nodiscard]] std::uint64_t earliest_in_bank(Command command, std::uint32_t bank) const {
    const std::size_t c = index(command);
    const std::uint64_t plain =
        std::max(allowed_[group_slot(bank) + c], allowed_[bank_slot(bank) + c]);
    return timing_->has_local_windows() && timing_->in_window(command)
               ? std::max(plain, after_windows(command, bank))
               : plain;
  }

  [[nodiscard]] std::uint32_t row(std::uint32_t bank) const { return rows_[bank]; }

  // The caller keeps to `earliest`.
  void activate(std::uint32_t bank, std::uint32_t row, std::uint64_t cycle);
  void precharge(std::uint32_t bank, std::uint64_t cycle);
  void column(Command command, std::uint32_t bank, std::uint64_t burst, std::uint64_t cycle) {
    raise_bank(command, bank, cycle);
    ++(command == Command::read ? totals_.read : totals_.write);
    if (sink_ != nullptr) [[unlikely]] {
      sink_->push_back({cycle, command, bank, rows_[bank], burst});
    }
  }

  [[nodiscard]] std::uint64_t due() const { return due_; }
  void refresh();                         // The one that is due, at once.
  void refresh_until(std::uint64_t end);  // Those due by then, with nothing else to do.

  [[nodiscard]] const Counts& totals() const { return totals_; }
  [[nodiscard]] Counts& totals() { return totals_; }
  [[nodiscard]] std::uint64_t last_refresh() const { return last_refresh_; }

  // As if nothing had ever happened but a refresh of all banks at `cycle`: exact if the device
  // regenerates.
  void regenerate(std::uint64_t cycle, std::uint64_t due);

  // Equal futures from `now` on: times that have passed are forgotten.
  [[nodiscard]] bool is_same_from(const Banks& other, std::uint64_t now) const;

  void record(CommandTrace* sink) { sink_ = sink; }
  [[nodiscard]] bool is_recording() const { return sink_ != nullptr; }

 private:
  static constexpr std::size_t kStride = 8;  // Commands, rounded up.

  [[nodiscard]] static std::size_t group_slot_at(std::uint32_t group) {
    return kStride * (1 + std::size_t{group});
  }
  [[nodiscard]] std::size_t group_slot(std::uint32_t bank) const {
    return group_slot_at(timing_->group(bank));
  }
  [[nodiscard]] std::size_t bank_slot(std::uint32_t bank) const {
    return bank_base_ + kStride * bank;
  }
  void raise(Scope scope, std::size_t slot, Command from, std::uint64_t cycle) {
    for (const Gap& gap : timing_->gaps(scope, from)) {
      std::uint64_t& time = allowed_[slot + index(gap.to)];
      time = std::max(time, cycle + gap.cycles);
    }
  }
  void raise_bank(Command from, std::uint32_t bank, std::uint64_t cycle) {
    raise(Scope::channel, 0, from, cycle);
    raise(Scope::group, group_slot(bank), from, cycle);
    raise(Scope::bank, bank_slot(bank), from, cycle);
  }
  [[nodiscard]] std::uint32_t instances(const Window& window) const;
  template <class Visit>
  void each_ring(Command command, std::uint32_t bank, Visit visit) const;
  [[nodiscard]] std::uint64_t after_windows(Command command, std::uint32_t bank) const;
  void enter_windows(Command command, std::uint32_t bank, std::uint64_t cycle);
  void refresh_all_banks();
  void refresh_one_bank();
  void write(std::uint64_t cycle, Command command, std::uint32_t bank = 0, std::uint32_t row = 0);

  const Timing* timing_;
  std::size_t bank_base_;
  std::vector<std::uint64_t> allowed_;  // Channel, groups, banks: by command.
  std::vector<std::uint64_t> rings_;    // Per window and instance: its times, the oldest's place.
  std::vector<std::uint32_t> rows_;     // Open row of each bank.
  std::uint32_t open_ = 0;              // Banks with an open row.
  std::uint32_t next_bank_ = 0;         // Of refreshes by bank.
  std::uint64_t due_;
  std::uint64_t last_refresh_ = 0;
  Counts totals_;
  CommandTrace* sink_ = nullptr;
};

}  // namespace systole::dram
