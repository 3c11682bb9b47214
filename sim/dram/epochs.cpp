// SPDX-License-Identifier: Apache-2.0
#include "dram/epochs.hpp"

#include <algorithm>
#include <string_view>

#include "base/hash.hpp"

namespace systole::dram {
namespace {

constexpr std::size_t kMostEpochs = std::size_t{1} << 16U;

}  // namespace

std::size_t EpochMemo::Hash::operator()(const std::vector<std::uint64_t>& key) const {
  return content_number(std::string_view(reinterpret_cast<const char*>(key.data()),
                                         key.size() * sizeof(std::uint64_t)));
}

EpochWalk::EpochWalk(Batched& channel, const Horizon& horizon, EpochMemo* memo)
    : channel_(channel),
      horizon_(horizon),
      memo_(memo != nullptr && memo->trusts(*channel.timing_) ? memo : nullptr) {}

void EpochWalk::refreshed() {
  if (memo_ == nullptr) {
    return;
  }
  if (from_ != nullptr) {
    keep_epoch();
  }
  Epoch* before = from_;
  from_ = nullptr;
  while (find_streams()) {
    if (before != nullptr && (!before->leads_on || before->advances.size() != turns_.size())) {
      before = nullptr;  // What comes next is not its doing alone.
    }
    Epoch* here = before != nullptr ? before->next : nullptr;
    if (here == nullptr) {
      if (memo_->epochs_.size() >= kMostEpochs) {
        memo_->epochs_.clear();
        before = nullptr;
      }
      here = &look_up();
      if (before != nullptr) {
        before->next = here;
      }
    }
    if (!here->is_known) {
      begin(*here);
      return;
    }
    if (!fits(*here)) {
      return;
    }
    jump(*here);
    before = here;
  }
}

// False if an arrival lies so that some of the coming choices see it and others do not.
bool EpochWalk::find_streams() {
  const std::uint64_t now = channel_.banks_.last_refresh();
  const std::size_t size = channel_.streams_.size();
  turns_.clear();
  next_arrival_ = kNever;
  const std::size_t first = channel_.current_ == Batched::kNone ? 0 : channel_.current_;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = (first + i) % size;
    const Batched::Stream& stream = channel_.streams_[at];
    if (stream.left == 0) {
      continue;
    }
    if (stream.arrival <= channel_.slot()) {
      turns_.push_back(at);
    } else if (stream.arrival >= now) {
      next_arrival_ = std::min(next_arrival_, stream.arrival);
    } else {
      return false;
    }
  }
  return !turns_.empty();
}

void EpochWalk::add(KeyPart part, std::uint64_t word) {
  if (memo_->keeps(part)) {
    key_.push_back(word);
  }
}

Epoch& EpochWalk::look_up() {
  const bool goes_on = turns_.front() == channel_.current_;
  const std::uint32_t bits = channel_.timing_->map().period_bits();
  const std::uint64_t mask = bits < 64 ? (std::uint64_t{1} << bits) - 1 : ~std::uint64_t{0};
  const auto period = [&](std::uint64_t burst) { return bits < 64 ? burst >> bits : 0; };
  key_.assign(1, turns_.size());
  add(KeyPart::slack, channel_.banks_.due() - channel_.banks_.last_refresh());
  add(KeyPart::turn, goes_on ? channel_.batch_ : 0);
  bool meet = false;
  for (std::size_t i = 0; i < turns_.size(); ++i) {
    const Batched::Stream& stream = channel_.streams_[turns_[i]];
    add(KeyPart::phase, stream.next & mask);
    add(KeyPart::direction, index(stream.command));
    for (std::size_t j = 0; j < i; ++j) {
      const Batched::Stream& other = channel_.streams_[turns_[j]];
      if (period(stream.next) <= period(other.next + other.left - 1) &&
          period(other.next) <= period(stream.next + stream.left - 1)) {
        meet = true;
        add(KeyPart::rows, i << 32U | j);
        add(KeyPart::rows, period(stream.next) - period(other.next));
      }
    }
  }
  Epoch& epoch = memo_->epochs_[key_];
  epoch.leads_on = !meet;  // Streams that never meet go on not meeting.
  return epoch;
}

void EpochWalk::begin(Epoch& epoch) {
  from_ = &epoch;
  start_ = channel_.banks_.last_refresh();
  shares_done_ = channel_.shares_done_;
  totals_ = channel_.banks_.totals();
  marks_.clear();
  for (const std::size_t at : turns_) {
    marks_.push_back({channel_.streams_[at].next, channel_.streams_[at].counts});
  }
}

void EpochWalk::keep_epoch() {
  const std::uint64_t end = channel_.banks_.last_refresh();
  if (channel_.shares_done_ != shares_done_ || next_arrival_ < end) {
    from_ = nullptr;
    return;
  }
  Epoch& epoch = *from_;
  epoch.is_known = true;
  epoch.cycles = end - start_;
  epoch.last_column = channel_.last_column_ > start_ ? channel_.last_column_ - start_ : 0;
  epoch.batch = channel_.batch_;
  epoch.totals = channel_.banks_.totals() - totals_;
  epoch.advances.clear();
  epoch.current = Batched::kNone;
  std::uint64_t bursts = 0;
  for (std::size_t i = 0; i < turns_.size(); ++i) {
    const Batched::Stream& stream = channel_.streams_[turns_[i]];
    epoch.advances.push_back({stream.next - marks_[i].next, stream.counts - marks_[i].counts});
    bursts += epoch.advances.back().bursts;
    if (turns_[i] == channel_.current_) {
      epoch.current = i;
    }
  }
  epoch.columns.clear();
  for (std::uint64_t i = std::min<std::uint64_t>(bursts, channel_.slots_.size()); i > 0; --i) {
    epoch.columns.push_back(channel_.column_before(i) - start_);
  }
}

bool EpochWalk::fits(const Epoch& epoch) const {
  const std::uint64_t end = channel_.banks_.last_refresh() + epoch.cycles;
  if (end > next_arrival_ || end > horizon_.arrivals || end > horizon_.columns ||
      epoch.advances.size() != turns_.size()) {
    return false;
  }
  for (std::size_t i = 0; i < turns_.size(); ++i) {
    if (channel_.streams_[turns_[i]].left <= epoch.advances[i].bursts) {
      return false;
    }
  }
  return true;
}

void EpochWalk::jump(const Epoch& epoch) {
  const std::uint64_t start = channel_.banks_.last_refresh();
  const std::uint64_t end = start + epoch.cycles;
  for (std::size_t i = 0; i < turns_.size(); ++i) {
    Batched::Stream& stream = channel_.streams_[turns_[i]];
    stream.next += epoch.advances[i].bursts;
    stream.left -= epoch.advances[i].bursts;
    stream.counts += epoch.advances[i].counts;
  }
  if (epoch.current != Batched::kNone) {
    channel_.current_ = turns_[epoch.current];
    channel_.batch_ = epoch.batch;
  }
  if (epoch.last_column != 0) {
    channel_.last_column_ = start + epoch.last_column;
  }
  channel_.banks_.totals() += epoch.totals;
  channel_.banks_.regenerate(end, channel_.banks_.due() + channel_.timing_->refresh_interval());
  for (const std::uint64_t column : epoch.columns) {
    channel_.push_slot(start + column);
  }
  channel_.settled_ = std::max(channel_.settled_, end);
  ++memo_->jumps_;
}

}  // namespace systole::dram
