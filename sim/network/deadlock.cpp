// SPDX-License-Identifier: Apache-2.0
// Who waits for whom once nothing moves.
#include <algorithm>
#include <bit>

#include "base/error.hpp"
#include "network/flit_network.hpp"

namespace systole::network {

// The buffer whose first flit must go before this one's first can. Every virtual channel that it
// may take is full or taken by a packet that is stuck behind a full one; any of them will do.
std::uint32_t FlitNetwork::waits_for(std::uint32_t input) const {
  const Input& waiting = inputs_[input];
  const Chip chip = input / channels_ / ports_;
  check(waiting.output < directions_, "ejection at chip {} does not drain", chip);
  const std::uint32_t next = downstream_[chip * directions_ + waiting.output] * channels_;
  std::uint32_t choices = waiting.taken != kNone ? 1U << waiting.taken : waiting.choices;
  for (; choices != 0; choices &= choices - 1) {
    const std::uint32_t id = next + static_cast<std::uint32_t>(std::countr_zero(choices));
    if (inputs_[id].count != 0) {
      return id;
    }
  }
  throw Bug(fmt::format("chip {} waits for a link with room", chip));
}

Deadlock FlitNetwork::find_deadlock() const {
  std::vector<std::uint32_t> way;
  std::uint32_t at = 0;
  while (inputs_[at].count == 0) {
    ++at;
  }
  auto seen = way.end();
  while ((seen = std::find(way.begin(), way.end(), at)) == way.end()) {
    way.push_back(at);
    at = waits_for(at);
  }
  Deadlock deadlock{now_, {}};
  for (; seen != way.end(); ++seen) {
    deadlock.waiting.push_back({*seen / channels_ / ports_, *seen / channels_ % ports_,
                                *seen % channels_, packets_[first_packet(*seen)].number});
  }
  return deadlock;
}

std::string Deadlock::text() const {
  std::string out = fmt::format("deadlock seen in cycle {}:", cycle);
  for (const Channel& channel : waiting) {
    out += fmt::format("\n  packet {} at chip {}, arrived by {} on virtual channel {}, waits for",
                       channel.packet, channel.chip, Torus::name(channel.from),
                       channel.virtual_channel);
  }
  return out + "\n  the first of these";
}

}  // namespace systole::network
