// SPDX-License-Identifier: Apache-2.0
#include "dram/batched.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "dram/epochs.hpp"

namespace systole::dram {

Batched::Batched(const Timing& timing)
    : timing_(&timing), banks_(timing), slots_(timing.service().lookahead, 0) {}

void Batched::submit(const Share& share) {
  check(share.request.count > 0, "a request of no bursts");
  const std::uint32_t number = share.request.stream;
  check(share.request.arrival >= settled_ || has_backlog(number),
        "a request of cycle {} comes late: {} is decided", share.request.arrival, settled_);
  auto at = std::lower_bound(streams_.begin(), streams_.end(), number,
                             [](const Stream& s, std::uint32_t n) { return s.number < n; });
  if (at == streams_.end() || at->number != number) {
    const auto place = static_cast<std::size_t>(at - streams_.begin());
    at = streams_.insert(at, Stream{.number = number, .counts = {}, .queue = {}});
    if (current_ != kNone && current_ >= place) {
      ++current_;
    }
  }
  at->queue.push_back(share);
  ++waiting_;
  if (at->left == 0) {
    load_head(*at);
  }
}

// A stream that has none left had work until now if the latest choice took its last burst.
bool Batched::has_backlog(std::uint32_t stream) const {
  const auto found = std::ranges::find(streams_, stream, &Stream::number);
  return found != streams_.end() &&
         (found->left > 0 ||
          (!has_idled_ && static_cast<std::size_t>(found - streams_.begin()) == current_));
}

void Batched::load_head(Stream& stream) {
  if (2 * stream.head >= stream.queue.size()) {  // Copies take along what was served: not for long.
    stream.queue.erase(stream.queue.begin(),
                       stream.queue.begin() + static_cast<std::ptrdiff_t>(stream.head));
    stream.head = 0;
  }
  if (stream.queue.empty()) {
    stream.left = 0;
    return;
  }
  const Request& request = stream.queue[stream.head].request;
  stream.next = request.first;
  stream.left = request.count;
  stream.arrival = request.arrival;
  stream.command = request.direction == Direction::read ? Command::read : Command::write;
}

void Batched::idle_until(std::uint64_t cycle) {
  if (waiting_ == 0) {
    banks_.refresh_until(cycle);
    settled_ = std::max(settled_, cycle);
    has_idled_ = true;
  }
}

std::uint64_t Batched::next_arrival() const {
  std::uint64_t earliest = kNever;
  for (const Stream& stream : streams_) {
    if (stream.left > 0) {
      earliest = std::min(earliest, stream.arrival);
    }
  }
  return earliest;
}

Batched::Choice Batched::choose() const {
  const std::uint64_t opens = slot();
  const bool may_go_on = current_ != kNone && batch_ < timing_->service().batch;
  if (may_go_on && streams_[current_].left > 0 && streams_[current_].arrival <= opens) {
    return {current_, opens};
  }
  const std::uint64_t by = std::max(opens, next_arrival());
  const auto is_backlogged = [&](const Stream& s) { return s.left > 0 && s.arrival <= by; };
  if (may_go_on && is_backlogged(streams_[current_])) {
    return {current_, by};
  }
  std::size_t candidate = current_ == kNone ? streams_.size() - 1 : current_;
  do {
    candidate = candidate + 1 == streams_.size() ? 0 : candidate + 1;
  } while (!is_backlogged(streams_[candidate]));
  return {candidate, by};
}

// Nothing is issued yet: the column command may turn out to come after the refresh.
Batched::Plan Batched::plan(const Stream& stream, Place place) const {
  const Command column = stream.command;
  const std::uint64_t ready = std::max(stream.arrival, banks_.earliest_column(column, place.bank));
  const std::uint32_t open = banks_.row(place.bank);
  if (open == place.row) {
    return {true, false, 0, 0, ready};
  }
  const std::uint64_t begin = std::max(slot(), stream.arrival);
  Plan plan{false, open != kClosed, 0, 0, 0};
  plan.activate = std::max(begin, banks_.earliest(Command::activate, place.bank));
  plan.column = ready;
  if (plan.precharges) {
    plan.precharge = std::max(begin, banks_.earliest(Command::precharge, place.bank));
    plan.activate = std::max(plan.activate,
                             plan.precharge + timing_->gap(Command::precharge, Command::activate));
    plan.column = std::max(plan.column, plan.precharge + timing_->gap(Command::precharge, column));
  }
  plan.column = std::max(plan.column, plan.activate + timing_->gap(Command::activate, column));
  return plan;
}

void Batched::issue(Stream& stream, Place place, const Plan& plan) {
  if (!plan.hit) {
    if (plan.precharges) {
      banks_.precharge(place.bank, plan.precharge);
      ++stream.counts.precharge;
    }
    banks_.activate(place.bank, place.row, plan.activate);
    ++stream.counts.activate;
  }
  banks_.column(stream.command, place.bank, stream.next, plan.column);
}

void Batched::take_turn(std::size_t chosen) {
  const bool goes_on = chosen == current_ && batch_ < timing_->service().batch;
  batch_ = goes_on ? batch_ + 1 : 1;
  has_idled_ = false;
  if (chosen != current_) {
    rhythm_ = {};
    current_ = chosen;
  }
}

std::optional<Completion> Batched::finish_burst(Stream& stream, std::uint64_t column) {
  last_column_ = column;
  push_slot(column);
  ++(stream.command == Command::read ? stream.counts.read : stream.counts.write);
  ++stream.next;
  if (--stream.left > 0) {
    return std::nullopt;
  }
  const Share share = stream.queue[stream.head++];
  ++shares_done_;
  --waiting_;
  rhythm_ = {};
  load_head(stream);
  if (!share.last) {
    return std::nullopt;
  }
  const Completion done{share.train, column + timing_->latency(share.request.direction),
                        stream.counts};
  stream.counts = {};
  return done;
}

std::optional<Completion> Batched::serve(const Horizon& horizon, Pace pace, EpochMemo* memo) {
  EpochWalk walk(*this, horizon, banks_.is_recording() ? nullptr : memo);
  const bool skips = pace == Pace::visits && !banks_.is_recording() &&
                     timing_->map().block_bits() > timing_->map().visit_bits();
  while (waiting_ > 0 && last_column_ < horizon.columns) {
    const Choice choice = choose();
    if (choice.by >= horizon.arrivals) {
      break;
    }
    settled_ = std::max(settled_, choice.by + 1);
    Stream& stream = streams_[choice.stream];
    if (stream.arrival >= banks_.due()) {
      banks_.refresh_until(stream.arrival);
      rhythm_ = {};
      walk.lose_track();
    }
    const Place place = timing_->map().place(stream.next);
    const Plan plan = this->plan(stream, place);
    if (plan.column >= banks_.due()) {
      banks_.refresh();
      rhythm_ = {};
      walk.refreshed();
      continue;
    }
    issue(stream, place, plan);
    take_turn(choice.stream);
    const bool ends = stream.left == 1;
    if (std::optional<Completion> done = finish_burst(stream, plan.column)) {
      return done;
    }
    if (skips && !ends) {
      keep_rhythm(plan.column);
      run_on(stream, horizon);
    }
  }
  return std::nullopt;
}

// Bursts are regular if each of the latest visit came `step` after the one before it in the same
// place of the visit.
void Batched::keep_rhythm(std::uint64_t column) {
  const Stream& stream = streams_[current_];
  const std::uint64_t block = std::uint64_t{1} << timing_->map().block_bits();
  if ((stream.next & (block - 1)) == 0) {
    rhythm_ = {};
    return;
  }
  const std::uint64_t visit = std::uint64_t{1} << timing_->map().visit_bits();
  if (++rhythm_.bursts <= visit || visit >= slots_.size()) {
    return;
  }
  const std::uint64_t step = column - column_before(visit + 1);
  rhythm_.steady = step == rhythm_.step ? rhythm_.steady + 1 : 1;
  rhythm_.step = step;
}

// A whole visit that repeats the one before it `step` later does so until something else happens:
// times that do not move with the visits were met by the first and bind later ones even less, and
// those that do move keep their distance. So rows, refresh, batch, request and horizon bound it.
void Batched::run_on(Stream& stream, const Horizon& horizon) {
  const std::uint64_t visit = std::uint64_t{1} << timing_->map().visit_bits();
  if (rhythm_.steady < visit) {
    return;
  }
  const std::uint64_t block = std::uint64_t{1} << timing_->map().block_bits();
  const std::uint64_t end = std::min({banks_.due(), horizon.columns, horizon.arrivals - 1});
  if (end <= last_column_) {
    return;
  }
  const std::uint64_t bursts = std::min(
      {block - (stream.next & (block - 1)), stream.left - 1, timing_->service().batch - batch_});
  const std::uint64_t visits = std::min(bursts / visit, (end - 1 - last_column_) / rhythm_.step);
  if (visits == 0) {
    return;
  }
  const std::uint64_t count = visits * visit;
  for (std::uint64_t i = 0; i < count; ++i) {
    settled_ = std::max(settled_, slot() + 1);
    push_slot(column_before(visit) + rhythm_.step);
  }
  Counts& totals = banks_.totals();
  (stream.command == Command::read ? totals.read : totals.write) += count - visit;
  (stream.command == Command::read ? stream.counts.read : stream.counts.write) += count;
  stream.next += count;
  stream.left -= count;
  batch_ += count;
  for (std::uint64_t i = visit; i > 0; --i) {
    const std::uint64_t burst = stream.next - i;
    banks_.column(stream.command, timing_->map().place(burst).bank, burst, column_before(i));
  }
  last_column_ = column_before(1);
  rhythm_ = {};
}

bool Batched::is_same_from(const Batched& other, std::uint64_t now) const {
  const auto same = [&](std::uint64_t a, std::uint64_t b) {
    return a == b || (a <= now && b <= now);
  };
  if (waiting_ != 0 || other.waiting_ != 0 || batch_ != other.batch_ ||
      (current_ == kNone) != (other.current_ == kNone) ||
      (current_ != kNone && streams_[current_].number != other.streams_[other.current_].number)) {
    return false;
  }
  const std::size_t size = slots_.size();
  for (std::size_t i = 0; i < size; ++i) {
    if (!same(slots_[(slot_ + i) % size], other.slots_[(other.slot_ + i) % size])) {
      return false;
    }
  }
  return banks_.is_same_from(other.banks_, now);
}

}  // namespace systole::dram
