// SPDX-License-Identifier: Apache-2.0
#include "dram/window.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace systole::dram {
namespace {

std::size_t side(Command command) { return command == Command::read ? 0 : 1; }

}  // namespace

FirstReady::FirstReady(const Timing& timing)
    : timing_(&timing),
      banks_(timing),
      window_(timing.service().window),
      queues_(timing.banks()),
      bids_(timing.banks()),
      row_bids_(timing.banks()) {
  check(timing.banks() <= kMostBanks, "{} banks; policy window knows {}", timing.banks(),
        kMostBanks);
  for (std::uint32_t i = timing.service().window; i > 0; --i) {
    free_.push_back(i - 1);
  }
}

void FirstReady::submit(const Share& share) {
  check(share.request.count > 0, "a request of no bursts");
  check(share.request.arrival >= settled_, "a request of cycle {} comes late: {} is decided",
        share.request.arrival, settled_);
  if (tallies_.empty() || tallies_.back().is_whole ||
      tallies_.back().completion.train != share.train) {
    tallies_.push_back({{share.train, 0, {}}});
  }
  Tally& whole = tallies_.back();
  whole.left += share.request.count;
  whole.is_whole = share.last;
  const auto at = std::upper_bound(
      jobs_.begin(), jobs_.end(), share.request.arrival,
      [](std::uint64_t arrival, const Job& job) { return arrival < job.request.arrival; });
  jobs_.insert(at, {share.request, first_tally_ + tallies_.size() - 1});
}

void FirstReady::idle_until(std::uint64_t cycle) {
  if (!has_work()) {
    banks_.refresh_until(cycle);
    column_.reset();
    row_.reset();
    settled_ = std::max(settled_, cycle);
  }
}

std::uint64_t FirstReady::next_arrival() const {
  if (free_.size() < window_.size()) {
    return 0;
  }
  return jobs_.empty() ? kNever : jobs_.front().request.arrival;
}

// When the next burst enters if nothing leaves.
std::uint64_t FirstReady::next_entry() const {
  return free_.empty() || jobs_.empty() ? kNever : jobs_.front().request.arrival;
}

void FirstReady::fill() {
  while (next_entry() <= now_) {
    Job& job = jobs_.front();
    enter(job);
    if (++job.entered == job.request.count) {
      jobs_.pop_front();
    }
  }
}

void FirstReady::enter(const Job& job) {
  const std::uint64_t burst = job.request.first + job.entered;
  const Place place = timing_->map().place(burst);
  const std::uint32_t at = free_.back();
  free_.pop_back();
  const Command command = job.request.direction == Direction::read ? Command::read : Command::write;
  window_[at] = {next_age_++, burst, job.train, place.row, place.bank, command, kEnd};
  Queue& queue = queues_[place.bank];
  if (queue.first == kEnd) {
    queue.first = at;
  } else {
    window_[queue.last].next = at;
  }
  queue.last = at;
  ++queue.size[side(command)];
  // Whoever is youngest changes a bid only where there is none yet.
  Bid& bid = bids_[place.bank];
  std::uint32_t& hit = bid.hit[side(command)];
  if (banks_.row(place.bank) == place.row) {
    hit = hit == kEnd ? at : hit;
    bid.miss = kEnd;
  } else if (bid.hit[0] == kEnd && bid.hit[1] == kEnd && bid.miss == kEnd) {
    bid.miss = at;
  } else {
    return;
  }
  file_bid(place.bank);
}

void FirstReady::file_bid(std::uint32_t bank) {
  const Bid& bid = bids_[bank];
  const bool closed = banks_.row(bank) == kClosed;
  hits_[0].put(bank, bid.hit[0] != kEnd);
  hits_[1].put(bank, bid.hit[1] != kEnd);
  to_activate_.put(bank, bid.miss != kEnd && closed);
  to_precharge_.put(bank, bid.miss != kEnd && !closed);
  time_row_bid(bank);
  consider_bank(bank);
}

void FirstReady::time_row_bid(std::uint32_t bank) {
  if (const std::uint32_t miss = bids_[bank].miss; miss != kEnd) {
    const bool closed = banks_.row(bank) == kClosed;
    row_bids_[bank] = {
        banks_.earliest_in_bank(closed ? Command::activate : Command::precharge, bank),
        window_[miss].age};
  }
}

// A command of one bank may hold back others of its group.
void FirstReady::time_group(std::uint32_t bank) {
  const std::uint32_t size = timing_->banks() / timing_->groups();
  const std::uint32_t first = timing_->group(bank) * size;
  for (std::uint32_t other = first; other < first + size; ++other) {
    time_row_bid(other);
  }
  row_.reset();
}

// Bids or times of one bank have changed.
void FirstReady::consider_bank(std::uint32_t bank) {
  const Bid& bid = bids_[bank];
  const auto earliest = [&](Command command) {
    return std::max(
        {now_, banks_.earliest_in_channel(command), banks_.earliest_in_bank(command, bank)});
  };
  if (column_ && column_->bank == bank) {
    column_.reset();
  } else if (column_) {
    for (const Command command : {Command::read, Command::write}) {
      if (const std::uint32_t hit = bid.hit[side(command)]; hit != kEnd) {
        consider(*column_, hit, earliest(command));
      }
    }
  }
  if (row_ && row_->bank == bank) {
    row_.reset();
  } else if (row_ && bid.miss != kEnd) {
    const bool closed = banks_.row(bank) == kClosed;
    consider(*row_, bid.miss, earliest(closed ? Command::activate : Command::precharge));
  }
}

void FirstReady::renew_bid(std::uint32_t bank) {
  const Queue& queue = queues_[bank];
  Bid bid;
  std::size_t wanted = (queue.size[0] > 0 ? 1U : 0U) + (queue.size[1] > 0 ? 1U : 0U);
  for (std::uint32_t at = queue.first; at != kEnd && wanted > 0; at = window_[at].next) {
    const Candidate& candidate = window_[at];
    std::uint32_t& hit = bid.hit[side(candidate.command)];
    if (candidate.row == banks_.row(bank) && hit == kEnd) {
      hit = at;
      --wanted;
    }
  }
  bid.miss = bid.hit[0] == kEnd && bid.hit[1] == kEnd ? queue.first : kEnd;
  bids_[bank] = bid;
  file_bid(bank);
}

void FirstReady::consider(Move& best, std::uint32_t candidate, std::uint64_t cycle) const {
  if (cycle > best.cycle) {
    return;
  }
  const std::uint64_t age = window_[candidate].age;
  if (cycle < best.cycle || age < best.age) {
    best.cycle = cycle;
    best.age = age;
    best.candidate = candidate;
    best.bank = window_[candidate].bank;
  }
}

FirstReady::Move FirstReady::find_column() const {
  Move best{.is_column = true};
  for (const Command command : {Command::read, Command::write}) {
    const std::uint64_t floor = std::max(now_, banks_.earliest_in_channel(command));
    hits_[side(command)].each([&](std::uint32_t bank) {
      consider(best, bids_[bank].hit[side(command)],
               std::max(floor, banks_.earliest_in_bank(command, bank)));
    });
  }
  return best;
}

FirstReady::Move FirstReady::find_row() const {
  Move best;
  for (const Command command : {Command::activate, Command::precharge}) {
    const std::uint64_t floor = std::max(now_, banks_.earliest_in_channel(command));
    const BankSet& bidders = command == Command::activate ? to_activate_ : to_precharge_;
    bidders.each([&](std::uint32_t bank) {
      const RowBid& bid = row_bids_[bank];
      const std::uint64_t cycle = std::max(floor, bid.earliest);
      if (cycle < best.cycle || (cycle == best.cycle && bid.age < best.age)) {
        best.cycle = cycle;
        best.age = bid.age;
        best.bank = bank;
      }
    });
  }
  best.candidate = best.bank == kEnd ? kEnd : bids_[best.bank].miss;
  return best;
}

const FirstReady::Move& FirstReady::next_column() {
  if (!column_ || column_->cycle < now_) {
    column_ = find_column();
  }
  return *column_;
}

const FirstReady::Move& FirstReady::next_row() {
  if (!row_ || row_->cycle < now_) {
    row_ = find_row();
  }
  return *row_;
}

// A column that may go at once goes whatever the rows do.
FirstReady::Move FirstReady::next_move() {
  const Move& column = next_column();
  if (column.cycle == now_) {
    return column;
  }
  const Move& row = next_row();
  return row.cycle < column.cycle ? row : column;
}

void FirstReady::issue_row(const Candidate& candidate, std::uint64_t cycle) {
  Counts& counts = tally(candidate.train).completion.counts;
  if (banks_.row(candidate.bank) == kClosed) {
    banks_.activate(candidate.bank, candidate.row, cycle);
    ++counts.activate;
  } else {
    banks_.precharge(candidate.bank, cycle);
    ++counts.precharge;
  }
  time_group(candidate.bank);
  renew_bid(candidate.bank);
}

void FirstReady::take(std::uint32_t candidate) {
  const std::uint32_t bank = window_[candidate].bank;
  Queue& queue = queues_[bank];
  std::uint32_t before = kEnd;
  for (std::uint32_t at = queue.first; at != candidate; at = window_[at].next) {
    before = at;
  }
  const std::uint32_t next = window_[candidate].next;
  (before == kEnd ? queue.first : window_[before].next) = next;
  if (queue.last == candidate) {
    queue.last = before;
  }
  --queue.size[side(window_[candidate].command)];
  free_.push_back(candidate);
  renew_bid(bank);
}

std::optional<Completion> FirstReady::issue_column(std::uint32_t at, std::uint64_t cycle) {
  const Candidate candidate = window_[at];
  banks_.column(candidate.command, candidate.bank, candidate.burst, cycle);
  last_column_ = cycle;
  column_.reset();
  if (timing_->columns_hold_other_banks()) {
    time_group(candidate.bank);
  }
  take(at);
  Tally& train = tally(candidate.train);
  Completion& done = train.completion;
  const bool reads = candidate.command == Command::read;
  ++(reads ? done.counts.read : done.counts.write);
  done.at = std::max(done.at, cycle + timing_->latency(reads ? Direction::read : Direction::write));
  if (--train.left > 0 || !train.is_whole) {
    return std::nullopt;
  }
  const Completion completion = done;
  while (!tallies_.empty() && tallies_.front().left == 0 && tallies_.front().is_whole) {
    tallies_.pop_front();
    ++first_tally_;
  }
  return completion;
}

std::optional<Completion> FirstReady::serve(const Horizon& horizon) {
  while (has_work() && last_column_ < horizon.columns) {
    fill();
    const Move move = next_move();
    check(move.cycle != kNever || next_entry() != kNever, "a train whose last request never came");
    const std::uint64_t next = std::min(move.cycle, next_entry());
    if (next >= banks_.due()) {
      if (banks_.due() > horizon.arrivals) {
        break;
      }
      settled_ = std::max(settled_, banks_.due());
      banks_.refresh();
      column_.reset();
      row_.reset();
      for (std::uint32_t bank = 0; bank < timing_->banks(); ++bank) {
        renew_bid(bank);
      }
      continue;
    }
    if (next >= horizon.arrivals) {
      break;
    }
    if (next_entry() <= move.cycle) {
      now_ = next_entry();
      continue;
    }
    now_ = move.cycle + 1;
    settled_ = std::max(settled_, now_);
    if (!move.is_column) {
      issue_row(window_[move.candidate], move.cycle);
      continue;
    }
    if (std::optional<Completion> done = issue_column(move.candidate, move.cycle)) {
      return done;
    }
  }
  return std::nullopt;
}

bool FirstReady::is_same_from(const FirstReady& other, std::uint64_t now) const {
  return !has_work() && !other.has_work() && banks_.is_same_from(other.banks_, now);
}

}  // namespace systole::dram
