// SPDX-License-Identifier: Apache-2.0
#include "dram/channel.hpp"

#include <algorithm>

namespace systole::dram {
namespace {

std::variant<Batched, FirstReady> make(const Timing& timing) {
  if (timing.service().policy == Policy::window) {
    return FirstReady(timing);
  }
  return Batched(timing);
}

}  // namespace

Channel::Channel(const Timing& timing) : timing_(&timing), policy_(make(timing)) {}

const Banks& Channel::banks() const {
  return std::visit([](const auto& policy) -> const Banks& { return policy.banks(); }, policy_);
}

Banks& Channel::banks() {
  return std::visit([](auto& policy) -> Banks& { return policy.banks(); }, policy_);
}

void Channel::submit(const Request& request, std::uint64_t train, bool last) {
  std::visit([&](auto& policy) { policy.submit({request, train, last}); }, policy_);
}

std::optional<Completion> Channel::serve(const Horizon& horizon, EpochMemo* memo, Pace pace) {
  if (auto* batched = std::get_if<Batched>(&policy_)) {
    return batched->serve(horizon, pace, memo);
  }
  return std::get<FirstReady>(policy_).serve(horizon);
}

void Channel::idle_until(std::uint64_t cycle) {
  std::visit([&](auto& policy) { policy.idle_until(cycle); }, policy_);
}

bool Channel::has_work() const {
  return std::visit([](const auto& policy) { return policy.has_work(); }, policy_);
}

std::uint64_t Channel::settled() const {
  return std::visit([](const auto& policy) { return policy.settled(); }, policy_);
}

bool Channel::has_backlog(std::uint32_t stream) const {
  const auto* batched = std::get_if<Batched>(&policy_);
  return batched != nullptr && batched->has_backlog(stream);
}

std::uint64_t Channel::next_completion() const {
  const std::uint64_t column = std::visit(
      [](const auto& policy) { return std::max(policy.last_column() + 1, policy.next_arrival()); },
      policy_);
  return column == kNever ? kNever : column + timing_->least_latency();
}

const Counts& Channel::totals() const { return banks().totals(); }

bool Channel::is_same_from(const Channel& other, std::uint64_t now) const {
  return std::visit(
      [&](const auto& policy) {
        return policy.is_same_from(std::get<std::decay_t<decltype(policy)>>(other.policy_), now);
      },
      policy_);
}

void Channel::record(CommandTrace* sink) { banks().record(sink); }

}  // namespace systole::dram
