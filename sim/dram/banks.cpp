// SPDX-License-Identifier: Apache-2.0
#include "dram/banks.hpp"

namespace systole::dram {
namespace {

bool is_of_all_banks(Command command) {
  return command == Command::precharge_all || command == Command::refresh;
}

}  // namespace

Banks::Banks(const Timing& timing)
    : timing_(&timing),
      bank_base_(kStride * (1 + std::size_t{timing.groups()})),
      allowed_(bank_base_ + kStride * timing.banks(), 0),
      rows_(timing.banks(), kClosed),
      due_(timing.refresh_interval()) {
  std::size_t size = 0;
  for (const Window& window : timing.windows()) {
    size += std::size_t{instances(window)} * (window.count + 1);
  }
  rings_.assign(size, 0);
}

std::uint32_t Banks::instances(const Window& window) const {
  return window.scope == Scope::channel ? 1
         : window.scope == Scope::group ? timing_->groups()
                                        : timing_->banks();
}

std::uint64_t Banks::earliest_in_channel(Command command) const {
  const std::uint64_t plain = allowed_[index(command)];
  return timing_->in_window(command) && !timing_->has_local_windows()
             ? std::max(plain, after_windows(command, 0))
             : plain;
}

// Calls visit(window, place of a ring) for the rings that a command in `bank` concerns: of each
// window its own bank's, group's or channel's, or all of them.
template <class Visit>
void Banks::each_ring(Command command, std::uint32_t bank, Visit visit) const {
  std::size_t base = 0;
  for (const Window& window : timing_->windows()) {
    const std::size_t stride = window.count + 1;
    const std::uint32_t rings = instances(window);
    const std::uint32_t own = window.scope == Scope::channel ? 0
                              : window.scope == Scope::group ? timing_->group(bank)
                                                             : bank;
    for (std::uint32_t ring = 0; ring < rings; ++ring) {
      if (ring == own || is_of_all_banks(command)) {
        visit(window, base + ring * stride);
      }
    }
    base += rings * stride;
  }
}

std::uint64_t Banks::after_windows(Command command, std::uint32_t bank) const {
  std::uint64_t latest = 0;
  each_ring(command, bank, [&](const Window& window, std::size_t at) {
    if (window.to[index(command)]) {
      latest = std::max(latest, rings_[at + rings_[at + window.count]]);
    }
  });
  return latest;
}

void Banks::enter_windows(Command command, std::uint32_t bank, std::uint64_t cycle) {
  each_ring(command, bank, [&](const Window& window, std::size_t at) {
    if (window.from[index(command)]) {
      std::uint64_t& oldest = rings_[at + window.count];
      rings_[at + oldest] = cycle + window.cycles;
      oldest = oldest + 1 == window.count ? 0 : oldest + 1;
    }
  });
}

void Banks::write(std::uint64_t cycle, Command command, std::uint32_t bank, std::uint32_t row) {
  if (sink_ != nullptr) {
    sink_->push_back({cycle, command, bank, row, 0});
  }
}

void Banks::activate(std::uint32_t bank, std::uint32_t row, std::uint64_t cycle) {
  raise_bank(Command::activate, bank, cycle);
  if (timing_->in_window(Command::activate)) {
    enter_windows(Command::activate, bank, cycle);
  }
  rows_[bank] = row;
  ++open_;
  ++totals_.activate;
  write(cycle, Command::activate, bank, row);
}

void Banks::precharge(std::uint32_t bank, std::uint64_t cycle) {
  raise_bank(Command::precharge, bank, cycle);
  rows_[bank] = kClosed;
  --open_;
  ++totals_.precharge;
  write(cycle, Command::precharge, bank);
}

void Banks::refresh() {
  if (timing_->service().refresh == Refresh::bank) {
    refresh_one_bank();
  } else {
    refresh_all_banks();
  }
  due_ += timing_->refresh_interval();
}

void Banks::refresh_all_banks() {
  if (open_ > 0) {
    const std::uint64_t cycle = std::max(due_, earliest(Command::precharge_all, 0));
    raise(Scope::channel, 0, Command::precharge_all, cycle);
    std::fill(rows_.begin(), rows_.end(), kClosed);
    open_ = 0;
    ++totals_.precharge;
    write(cycle, Command::precharge_all);
  }
  last_refresh_ = std::max(due_, earliest(Command::refresh, 0));
  raise(Scope::channel, 0, Command::refresh, last_refresh_);
  if (timing_->in_window(Command::refresh)) {
    enter_windows(Command::refresh, 0, last_refresh_);
  }
  ++totals_.refresh;
  write(last_refresh_, Command::refresh);
}

void Banks::refresh_one_bank() {
  const std::uint32_t bank = next_bank_;
  next_bank_ = bank + 1 == timing_->banks() ? 0 : bank + 1;
  if (rows_[bank] != kClosed) {
    precharge(bank, std::max(due_, earliest(Command::precharge, bank)));
  }
  last_refresh_ = std::max(due_, earliest(Command::refresh_bank, bank));
  raise_bank(Command::refresh_bank, bank, last_refresh_);
  if (timing_->in_window(Command::refresh_bank)) {
    enter_windows(Command::refresh_bank, bank, last_refresh_);
  }
  ++totals_.refresh_bank;
  write(last_refresh_, Command::refresh_bank, bank);
}

// With all banks closed and no constraint as long as the interval, refreshes come when they fall
// due and leave the same state each: all but the last few need no doing.
void Banks::refresh_until(std::uint64_t end) {
  const std::uint64_t interval = timing_->refresh_interval();
  while (due_ <= end) {
    const std::uint64_t due = due_;
    refresh();
    const bool by_bank = timing_->service().refresh == Refresh::bank;
    const bool counted = timing_->in_window(by_bank ? Command::refresh_bank : Command::refresh);
    if (open_ == 0 && last_refresh_ == due && interval > timing_->longest() && !counted &&
        sink_ == nullptr && due_ < end) {
      const std::uint64_t turn = by_bank ? timing_->banks() : 1;
      const std::uint64_t skipped = (end - due_) / interval / turn * turn;
      due_ += skipped * interval;
      (by_bank ? totals_.refresh_bank : totals_.refresh) += skipped;
    }
  }
}

void Banks::regenerate(std::uint64_t cycle, std::uint64_t due) {
  std::fill(allowed_.begin(), allowed_.end(), 0);
  std::fill(rings_.begin(), rings_.end(), 0);
  std::fill(rows_.begin(), rows_.end(), kClosed);
  open_ = 0;
  raise(Scope::channel, 0, Command::refresh, cycle);
  last_refresh_ = cycle;
  due_ = due;
}

bool Banks::is_same_from(const Banks& other, std::uint64_t now) const {
  const auto same = [&](std::uint64_t a, std::uint64_t b) {
    return a == b || (a <= now && b <= now);
  };
  if (rows_ != other.rows_ || due_ != other.due_ || next_bank_ != other.next_bank_ ||
      !std::equal(allowed_.begin(), allowed_.end(), other.allowed_.begin(), same)) {
    return false;
  }
  // A ring is compared from its oldest time on: where it begins does not matter.
  std::size_t base = 0;
  for (const Window& window : timing_->windows()) {
    for (std::uint32_t ring = 0; ring < instances(window); ++ring, base += window.count + 1) {
      for (std::size_t i = 0; i < window.count; ++i) {
        const std::uint64_t a = rings_[base + (rings_[base + window.count] + i) % window.count];
        const std::uint64_t b =
            other.rings_[base + (other.rings_[base + window.count] + i) % window.count];
        if (!same(a, b)) {
          return false;
        }
      }
    }
  }
  return true;
}

}  // namespace systole::dram
