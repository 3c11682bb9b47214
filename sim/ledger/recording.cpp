// SPDX-License-Identifier: Apache-2.0
#include "ledger/recording.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "ledger/chip_totals.hpp"

namespace systole {
namespace {

constexpr Femtoseconds kShortest{1'000'000};   // 1 ns.
constexpr Femtoseconds kUsual{1'000'000'000};  // 1 us, doubled as a run gets longer.
constexpr std::size_t kMostWindows = 256;
constexpr std::size_t kMostNumbers = std::size_t{1} << 23;  // In all samples together: 64 MiB.

constexpr std::size_t index(auto enumerator) { return static_cast<std::size_t>(enumerator); }

// Of a stretch that is known, as many windows as there may be, in whole nanoseconds.
Femtoseconds first_width(const RecordingLimits& limits) {
  if (limits.to == RecordingLimits::kEver) {
    return kUsual;
  }
  const std::uint64_t each = ceil_div((limits.to - limits.from).count(), kMostWindows);
  return kShortest * std::max<std::uint64_t>(1, ceil_div(each, kShortest.count()));
}

}  // namespace

void Track::end(Femtoseconds now) {
  const RecordingLimits& limits = recording_.limits();
  const Slice slice{.begin = std::max(since_, limits.from),
                    .end = std::min(now, limits.to),
                    .piece = piece_,
                    .state = state_};
  if (state_ != State::idle && slice.begin < slice.end && recording_.keep(slice)) {
    slices_.push_back(slice);
  }
}

Recording::Recording(RecordingLimits limits)
    : limits_(std::move(limits)), width_(first_width(limits_)) {
  check(limits_.from < limits_.to, "a recording from {} to {} fs", limits_.from.count(),
        limits_.to.count());
}

void Recording::add_chip(std::vector<std::uint32_t> coordinates, std::uint64_t copies) {
  chips_.push_back(std::move(coordinates));
  copies_ = copies;
}

Track* Recording::open(std::string path) {
  return path.starts_with(limits_.only) ? &tracks_.emplace_back(*this, std::move(path)) : nullptr;
}

bool Recording::keep(const Slice& slice) {
  if (slices_ < limits_.slices) {
    ++slices_;
    return true;
  }
  full_since_ = std::min(full_since_.value_or(slice.begin), slice.begin);
  return false;
}

std::size_t Recording::most_windows() const {
  const std::size_t fit = kMostNumbers / (std::max<std::size_t>(1, chips_.size()) * kChipTotals);
  return std::clamp<std::size_t>(fit / 2 * 2, 8, kMostWindows);
}

Femtoseconds Recording::next_sample() const {
  if (!begun_) {
    return limits_.from;
  }
  if (!ends_.empty() && ends_.back() >= limits_.to) {
    return RecordingLimits::kEver;
  }
  return std::min((ends_.empty() ? limits_.from : ends_.back()) + width_, limits_.to);
}

void Recording::sample(const Ledger& ledger, Femtoseconds now) {
  if (!begun_) {
    begun_ = true;
    before_ = totals(ledger);
    return;
  }
  ends_.push_back(now);
  samples_.push_back(totals(ledger));
  if (samples_.size() >= most_windows()) {
    for (std::size_t i = 0; i < samples_.size() / 2; ++i) {
      samples_[i] = std::move(samples_[2 * i + 1]);
      ends_[i] = ends_[2 * i + 1];
    }
    samples_.resize(samples_.size() / 2);
    ends_.resize(samples_.size());
    width_ += width_;
  }
}

void Recording::finish(const Ledger& ledger, Femtoseconds elapsed) {
  operations_ = ledger.operations();
  elapsed_ = elapsed;
  while (!ends_.empty() && ends_.back() >= elapsed) {
    ends_.pop_back();
    samples_.pop_back();
  }
  if (elapsed <= limits_.to) {
    ends_.push_back(elapsed);
    samples_.push_back(totals(ledger));
  }
}

Recording::Totals Recording::totals(const Ledger& ledger) const {
  return chip_totals(ledger, chips_.size());
}

std::uint64_t Recording::count(std::size_t window, std::size_t chip, Tensor tensor,
                               Action action) const {
  const std::size_t i = chip * kChipTotals + index(tensor) * kActions + index(action);
  return samples_[window][i] - (window == 0 ? before_ : samples_[window - 1])[i];
}

std::size_t chip_of(std::string_view path) {
  constexpr std::string_view kChip = "chip";
  std::size_t chip = 0;
  const auto [end, error] = std::from_chars(path.data() + std::min(kChip.size(), path.size()),
                                            path.data() + path.size(), chip);
  check(path.starts_with(kChip) && error == std::errc{}, "'{}' belongs to no chip", path);
  return chip;
}

}  // namespace systole
