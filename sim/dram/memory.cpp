// SPDX-License-Identifier: Apache-2.0
#include "dram/memory.hpp"

#include <algorithm>
#include <numeric>

#include "base/error.hpp"

namespace systole::dram {

Memory::Memory(const Device& device, const Service& service, std::uint32_t channels,
               Options options)
    : options_(options),
      channels_(channels),
      burst_(device.burst.count()),
      burst_cycles_(device.burst_cycles),
      timing_(std::make_unique<Timing>(device, service)) {
  check(channels > 0, "a memory of no channels");
  const State fresh{Channel(*timing_), {}};
  const bool folds = options.folding == Folding::fold;
  for (std::uint32_t channel = 0; channel < (folds ? 1 : channels); ++channel) {
    lanes_.push_back({{channel}, fresh, fresh});
  }
  if (folds) {
    lanes_[0].members.resize(channels);
    std::iota(lanes_[0].members.begin(), lanes_[0].members.end(), 0U);
  }
}

// Until one share is complete or the horizon is reached.
void Memory::serve(State& state, const Horizon& horizon) {
  if (std::optional<Completion> done =
          state.channel.serve(horizon, options_.epochs ? &memo_ : nullptr, options_.pace)) {
    state.done.push_back(*done);
  }
}

// Makes true what an arrival at `now` cannot change any more.
void Memory::commit(Lane& lane, std::uint64_t now) {
  if (lane.is_planned && lane.planned.channel.settled() <= now) {
    std::swap(lane.committed, lane.planned);
    lane.is_planned = false;
    return;
  }
  lane.is_planned = false;
  State& state = lane.committed;
  while (state.channel.has_work()) {
    const std::size_t before = state.done.size();
    serve(state, {.arrivals = now});
    if (state.done.size() == before) {
      break;
    }
    const std::uint64_t train = state.done.back().train;
    if (std::none_of(open_.begin(), open_.end(),
                     [&](const Open& open) { return open.train == train; })) {
      state.done.pop_back();  // It was planned, came true and was popped.
    }
  }
}

void Memory::pass(std::uint64_t now) {
  check(now >= now_, "time goes back from cycle {} to {}", now_, now);
  now_ = now;
}

void Memory::commit_all(std::uint64_t now) {
  pass(now);
  for (Lane& lane : lanes_) {
    commit(lane, now);
  }
  is_planned_ = false;
}

// Idle channels that an unaligned train set apart become equal again, mostly at a refresh.
void Memory::merge(std::uint64_t now) {
  for (Lane& lane : lanes_) {
    lane.committed.channel.idle_until(now);
  }
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    for (std::size_t j = lanes_.size() - 1; j > i; --j) {
      State& kept = lanes_[i].committed;
      State& other = lanes_[j].committed;
      if (!kept.channel.is_same_from(other.channel, now) || kept.done != other.done) {
        continue;
      }
      const std::uint64_t size = lanes_[j].members.size();
      merged_ += (other.channel.totals() - kept.channel.totals()) * size;
      lanes_[i].members.insert(lanes_[i].members.end(), lanes_[j].members.begin(),
                               lanes_[j].members.end());
      lanes_.erase(lanes_.begin() + static_cast<std::ptrdiff_t>(j));
    }
  }
}

// Neighbouring pieces become one.
Memory::Pieces Memory::share(const Train& train, std::uint32_t channel) const {
  const AddressMap& map = timing_->map();
  const std::uint64_t piece = ceil_div(train.bytes.count(), train.segments);
  Pieces pieces;
  for (std::uint64_t i = 0; i < train.segments; ++i) {
    const std::uint64_t base = train.base.count() + i * train.stride.count();
    const std::uint64_t first = map.share(base / burst_, channel, channels_);
    const std::uint64_t end = map.share(ceil_div(base + piece, burst_), channel, channels_);
    if (first == end) {
      continue;
    }
    if (!pieces.empty() && pieces.back().first + pieces.back().count == first) {
      pieces.back().count += end - first;
    } else {
      pieces.push_back({first, end - first});
    }
  }
  return pieces;
}

// Whether each piece is whole rounds over all channels.
bool Memory::is_even(const Train& train) const {
  const std::uint64_t round = timing_->map().granule() * channels_ * burst_;
  const std::uint64_t piece = ceil_div(train.bytes.count(), train.segments);
  return train.base.count() % round == 0 && piece % round == 0 &&
         (train.segments == 1 || train.stride.count() % round == 0);
}

// Whether what is planned stays true when the train comes: it only makes queues longer that had no
// end for all that was decided. So what is committed may lag behind, as long as no lanes may merge.
bool Memory::keeps_plans(const Train& train) const {
  const bool may_merge = lanes_.size() > 1 && options_.folding == Folding::fold;
  return !may_merge && is_even(train) && std::ranges::all_of(lanes_, [&](const Lane& lane) {
    return lane.is_planned && lane.planned.channel.has_backlog(train.stream);
  });
}

void Memory::enter(State& state, const Pieces& pieces, const Train& train, std::uint64_t now) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    state.channel.submit({train.stream, train.direction, pieces[i].first, pieces[i].count, now},
                         trains_, i + 1 == pieces.size());
  }
}

// A lane whose members get different shares becomes one lane for each.
void Memory::split(const Train& train, std::uint64_t now) {
  std::uint32_t busy = 0;
  for (std::size_t i = 0, size = lanes_.size(); i < size; ++i) {
    std::vector<std::pair<Pieces, std::vector<std::uint32_t>>> parts;
    for (const std::uint32_t channel : lanes_[i].members) {
      Pieces pieces = share(train, channel);
      busy += pieces.empty() ? 0 : 1;
      const auto part = std::find_if(parts.begin(), parts.end(),
                                     [&](const auto& p) { return p.first == pieces; });
      if (part == parts.end()) {
        parts.emplace_back(std::move(pieces), std::vector{channel});
      } else {
        part->second.push_back(channel);
      }
    }
    for (std::size_t part = 1; part < parts.size(); ++part) {
      lanes_.push_back({parts[part].second, lanes_[i].committed, lanes_[i].committed});
      enter(lanes_.back().committed, parts[part].first, train, now);
    }
    lanes_[i].members = std::move(parts[0].second);
    enter(lanes_[i].committed, parts[0].first, train, now);
  }
  open_.push_back({trains_, busy});
}

std::uint64_t Memory::submit(const Train& train, std::uint64_t now) {
  check(train.bytes.count() > 0 && train.segments > 0, "a train of no bytes");
  if (keeps_plans(train)) {
    pass(now);
    is_planned_ = false;  // It may be the first to complete.
    const Pieces pieces = share(train, 0);
    for (Lane& lane : lanes_) {
      enter(lane.committed, pieces, train, now);
      enter(lane.planned, pieces, train, now);
    }
    open_.push_back({trains_, channels_});
    return trains_++;
  }
  commit_all(now);
  if (lanes_.size() > 1 && options_.folding == Folding::fold) {
    merge(now);
  }
  if (is_even(train)) {
    const Pieces pieces = share(train, 0);
    for (Lane& lane : lanes_) {
      enter(lane.committed, pieces, train, now);
    }
    open_.push_back({trains_, channels_});
  } else {
    split(train, now);
  }
  return trains_++;
}

std::optional<Completion> Memory::first_complete() const {
  std::optional<Completion> first;
  for (const Open& open : open_) {
    Completion sum{open.train, 0, {}};
    std::size_t channels = 0;
    for (const Lane& lane : lanes_) {
      for (const Completion& done : lane.planned.done) {
        if (done.train == open.train) {
          channels += lane.members.size();
          sum.at = std::max(sum.at, done.at);
          sum.counts += done.counts * lane.members.size();
        }
      }
    }
    if (channels == open.channels && (!first || sum.at < first->at)) {
      first = sum;
    }
  }
  return first;
}

// The lane that is least far goes on, until no lane can complete anything sooner.
void Memory::plan() {
  for (Lane& lane : lanes_) {
    if (!lane.is_planned) {
      lane.planned = lane.committed;
      lane.is_planned = true;
    } else if (lane.planned.channel.settled() <= now_) {
      lane.committed = lane.planned;  // The less there is to serve anew.
    }
  }
  next_ = first_complete();
  while (true) {
    const auto behind =
        std::min_element(lanes_.begin(), lanes_.end(), [](const Lane& a, const Lane& b) {
          return a.planned.channel.next_completion() < b.planned.channel.next_completion();
        });
    Channel& channel = behind->planned.channel;
    const std::uint64_t bound = channel.next_completion();
    if (bound == kNever || (next_ && bound > next_->at)) {
      break;
    }
    const std::size_t before = behind->planned.done.size();
    serve(behind->planned,
          next_ ? Horizon{.columns = next_->at + 1 - timing_->least_latency()} : Horizon{});
    if (behind->planned.done.size() > before) {
      next_ = first_complete();
    }
  }
  is_planned_ = true;
}

const std::optional<Completion>& Memory::next() {
  if (!is_planned_) {
    plan();
  }
  return next_;
}

void Memory::pop() {
  check(next().has_value(), "no train is to complete");
  const std::uint64_t train = next_->train;
  now_ = std::max(now_, next_->at);
  std::erase_if(open_, [&](const Open& open) { return open.train == train; });
  const auto is_it = [&](const Completion& done) { return done.train == train; };
  for (Lane& lane : lanes_) {
    std::erase_if(lane.committed.done, is_it);
    std::erase_if(lane.planned.done, is_it);
  }
  is_planned_ = false;
}

Counts Memory::totals(std::uint64_t now) {
  commit_all(now);
  Counts sum = merged_;
  for (Lane& lane : lanes_) {
    lane.committed.channel.idle_until(now);
    sum += lane.committed.channel.totals() * lane.members.size();
  }
  return sum;
}

}  // namespace systole::dram
