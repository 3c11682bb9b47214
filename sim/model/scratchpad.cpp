// SPDX-License-Identifier: Apache-2.0
#include "model/scratchpad.hpp"

#include <algorithm>
#include <iterator>

#include "base/error.hpp"

namespace systole::model {
namespace {

constexpr unsigned kFraction = 20;  // Bits of a rate behind the point.
constexpr std::uint64_t kMostAccesses = std::uint64_t{1} << (63 - kFraction);

}  // namespace

Scratchpad::Scratchpad(const ChipConfig& chip)
    : slots_(chip.unit_slots() << kFraction), kept_{{Cycles{0}, 0}} {
  check(chip.scratchpad.slots() > chip.link_slots(), "links take all {} slots of a scratchpad",
        chip.scratchpad.slots());
}

Cycles Scratchpad::serve(Cycles now, const Stream& stream) {
  const Cycles best = stream.begin + stream.at_best;
  if (stream.accesses == 0) {
    return best;
  }
  check(stream.accesses < kMostAccesses, "a stream of {} accesses to a scratchpad",
        stream.accesses);
  forget(now);
  std::uint64_t left = stream.accesses << kFraction;
  const Rate wanted = stream.at_best == Cycles{0}
                          ? slots_
                          : std::min(slots_, ceil_div(left, stream.at_best.count()));
  for (auto stretch = cut(stream.begin);; ++stretch) {
    const Rate got = std::min(wanted, slots_ - stretch->second);
    if (got == 0) {
      continue;
    }
    const Cycles end = stretch->first + Cycles{ceil_div(left, got)};
    const auto next = std::next(stretch);
    if (next == kept_.end() || end <= next->first) {
      cut(end);
      take(stretch, got);
      return std::max(best, end);
    }
    left -= got * (next->first - stretch->first).count();
    stretch = take(stretch, got);
  }
}

// Drops stretches that are over.
void Scratchpad::forget(Cycles before) {
  for (auto next = std::next(kept_.begin()); next != kept_.end() && next->first <= before;
       next = std::next(kept_.begin())) {
    kept_.erase(kept_.begin());
  }
}

// The stretch that begins at that cycle, cut off from the one that runs into it.
Scratchpad::Stretches::iterator Scratchpad::cut(Cycles at) {
  const auto after = kept_.upper_bound(at);
  const auto before = std::prev(after);
  return before->first == at ? before : kept_.emplace_hint(after, at, before->second);
}

// Returns the stretch that holds it then: with the one before if both are full, or the way along
// what is full would grow with every stream.
Scratchpad::Stretches::iterator Scratchpad::take(Stretches::iterator stretch, Rate rate) {
  stretch->second += rate;
  if (stretch->second < slots_ || stretch == kept_.begin()) {
    return stretch;
  }
  const auto before = std::prev(stretch);
  if (before->second < slots_) {
    return stretch;
  }
  kept_.erase(stretch);
  return before;
}

}  // namespace systole::model
