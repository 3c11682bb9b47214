// SPDX-License-Identifier: Apache-2.0
// Each constraint of each shipped memory shortened by one cycle in the engine's device only: the
// checker, with the right list, names a violation. What cannot be seen is implied by the rest of
// the list, and that is computed here, not claimed.
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "dram/channel.hpp"
#include "dram/checker.hpp"
#include "streams.hpp"

namespace systole::dram {
namespace {

struct Stimulus {
  Service service;
  std::uint64_t refresh_interval;
  std::vector<Request> requests;
};

CommandTrace run(Device device, const Stimulus& stimulus) {
  device.refresh_interval = stimulus.refresh_interval;
  const Timing timing(device, stimulus.service);
  Channel channel(timing);
  CommandTrace out;
  channel.record(&out);
  for (std::size_t i = 0; i < stimulus.requests.size(); ++i) {
    channel.submit(stimulus.requests[i], i);
  }
  while (channel.serve()) {
  }
  std::ranges::stable_sort(out, {}, [](const IssuedCommand& c) {
    return std::pair(c.cycle, c.command == Command::read || c.command == Command::write);
  });
  return out;
}

const Constraint* find(const Device& device, Scope scope, Command from, Command to,
                       std::uint32_t window = 1) {
  for (const Constraint& c : device.constraints) {
    if (c.scope == scope && c.window == window && c.from.front() == from && c.to.front() == to) {
      return &c;
    }
  }
  return nullptr;
}

std::uint64_t cycles(const Device& device, Scope scope, Command from, Command to) {
  const Constraint* found = find(device, scope, from, to);
  return found == nullptr ? 0 : found->cycles;
}

// Refreshes as close as they can be while bursts still get through.
std::uint64_t shortest_interval(const Device& device, Refresh refresh, std::uint64_t slack) {
  const bool single = refresh == Refresh::bank;
  const Command command = single ? Command::refresh_bank : Command::refresh;
  const std::uint64_t busy =
      cycles(device, single ? Scope::bank : Scope::channel, command, Command::activate) +
      cycles(device, Scope::bank, Command::precharge, Command::activate) +
      cycles(device, Scope::bank, Command::activate, Command::read);
  return (busy + slack) * (single ? std::uint64_t{device.groups} * device.banks : 1);
}

// Single bursts of many rows, by policy `window`, which prepares rows until the refresh is due: in
// some banks, or all in one.
std::vector<Stimulus> scattered(const Device& device, Random& random) {
  const std::uint64_t row = std::uint64_t{device.groups} * device.banks * device.columns;
  const bool has_single =
      find(device, Scope::bank, Command::refresh_bank, Command::activate) != nullptr;
  std::vector<Stimulus> out;
  for (int i = 0; i < 120; ++i) {
    const bool one_bank = i % 3 == 0;
    const Refresh refresh = !one_bank && has_single ? Refresh::bank : Refresh::all;
    std::vector<Request> requests;
    for (std::uint64_t n = 0, at = 0; n < 400; ++n, at += between(random, 0, one_bank ? 90 : 8)) {
      // One bank; the first bank of each group, so that most refreshes find a closed one; all
      // banks.
      const std::uint64_t first =
          row * between(random, 0, 7) + (i % 3 == 0   ? 0
                                         : i % 3 == 1 ? between(random, 0, device.groups - 1)
                                                      : between(random, 0, row - 1));
      requests.push_back(
          {.stream = 0, .direction = Direction::read, .first = first, .count = 1, .arrival = at});
    }
    out.push_back(
        {.service = {.policy = Policy::window, .refresh = refresh},
         .refresh_interval = shortest_interval(device, refresh, between(random, 100, 200)),
         .requests = std::move(requests)});
  }
  return out;
}

// Both policies, refreshes of all banks and of single ones, near to each other; traffic from single
// bursts in one bank to long streams in all, at once or late.
std::vector<Stimulus> stimuli(const Device& device) {
  Random random(7);
  std::vector<Stimulus> out;
  for (int i = 0; i < 40; ++i) {
    const Policy policy = i % 4 < 2 ? Policy::batched : Policy::window;
    const bool single = i % 2 == 1 && find(device, Scope::bank, Command::refresh_bank,
                                           Command::activate) != nullptr;
    const Refresh refresh = single ? Refresh::bank : Refresh::all;
    out.push_back({.service = mixed_service(random, policy, refresh),
                   .refresh_interval = shortest_interval(
                       device, refresh, between(random, 100, i % 3 == 0 ? 140 : 500)),
                   .requests = mixed_requests(random, device, 600)});
  }
  std::ranges::move(scattered(device, random), std::back_inserter(out));
  return out;
}

// The first rule that the checker finds broken; "" if none is.
std::string seen(const Device& right, const Device& wrong, const std::vector<Stimulus>& all) {
  for (const Stimulus& stimulus : all) {
    Device device = right;
    device.refresh_interval = stimulus.refresh_interval;
    if (const auto violation =
            first_violation(device, run(wrong, stimulus), stimulus.service.refresh)) {
      return violation->rule;
    }
  }
  return "";
}

Device shortened(Device device, std::size_t constraint) {
  --device.constraints[constraint].cycles;
  return device;
}

// What other rules force between two commands, for those that no shortening can show: a row has to
// be closed before its bank is opened again or refreshed, and activates are apart already.
std::uint64_t forced(const Device& device, const Constraint& constraint) {
  using enum Command;
  const auto link = [&](Scope scope, Command from, Command to) {
    return std::uint64_t{cycles(device, scope, from, to)};
  };
  const Command from = constraint.from.front();
  const Command to = constraint.to.front();
  if (from == precharge_all && to == activate) {  // A refresh stands between.
    return link(Scope::channel, precharge_all, refresh) + link(Scope::channel, refresh, activate);
  }
  if (from != activate ||
      (constraint.scope == Scope::channel && to != refresh && constraint.window == 1)) {
    return 0;
  }
  if (to == read || to == write || to == precharge) {
    return 0;
  }
  if (constraint.scope == Scope::bank || to == refresh) {  // tRAS + tRP
    return link(Scope::bank, activate, precharge) + link(Scope::bank, precharge, activate);
  }
  // A window of activates, each tRRD_S after the one before it.
  return link(Scope::channel, activate, activate) * (constraint.window - 1) +
         link(Scope::channel, activate, to);
}

// Between two refreshes of this kind: their interval, less what the first may be late by (a row
// that was just opened or written, and then closed).
std::uint64_t between_refreshes(const Device& device, const Constraint& constraint) {
  using enum Command;
  const std::uint64_t open = std::max(cycles(device, Scope::bank, activate, precharge),
                                      cycles(device, Scope::bank, write, precharge));
  const std::uint64_t late = open + cycles(device, Scope::bank, precharge, activate);
  const std::uint64_t banks = std::uint64_t{device.groups} * device.banks;
  const bool is_next_bank =
      constraint.from.front() == refresh_bank && constraint.scope == Scope::channel;
  return device.refresh_interval / (is_next_bank ? banks : 1) - late;
}

bool is_implied(const Device& device, const Constraint& constraint) {
  using enum Command;
  const Command from = constraint.from.front();
  const bool is_refresh = from == refresh || from == refresh_bank;
  const std::uint64_t least = is_refresh && from == constraint.to.front()
                                  ? between_refreshes(device, constraint)
                                  : forced(device, constraint);
  return least >= constraint.cycles;
}

class Mutation : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(Mutation, OfAnyConstraintIsCaughtOrImpliedByTheOthers) {
  const auto& [name, preset] = GetParam();
  const Device right = shipped_device(name, preset);
  const std::vector<Stimulus> all = stimuli(right);
  EXPECT_EQ(seen(right, right, all), "");
  const bool is_full = std::getenv("SYSTOLE_FULL") != nullptr;
  std::vector<std::string> implied;
  for (std::size_t i = 0; i < right.constraints.size(); ++i) {
    const Constraint& constraint = right.constraints[i];
    if (is_implied(right, constraint)) {
      implied.push_back(constraint.name);
      // That it cannot be seen takes long to try.
      EXPECT_TRUE(!is_full || seen(right, shortened(right, i), all).empty()) << constraint.name;
    } else {
      EXPECT_EQ(seen(right, shortened(right, i), all), constraint.name);
    }
  }
  EXPECT_LE(implied.size(), 11U);
  RecordProperty("constraints", static_cast<int>(right.constraints.size()));
  RecordProperty("implied", fmt::format("{}", fmt::join(implied, "; ")));
}

using P = std::pair<std::string, std::string>;
INSTANTIATE_TEST_SUITE_P(Shipped, Mutation,
                         testing::Values(P{"hbm2", "jedec"}, P{"hbm2", "gem5"}, P{"hbm2e", "jedec"},
                                         P{"hbm3", "jedec"}, P{"hbm3", "gem5"}, P{"hbm3e", "jedec"},
                                         P{"hbm3e", "gem5"}, P{"ddr3", "jedec"}),
                         [](const auto& device) {
                           return device.param.first + "_" + device.param.second;
                         });

}  // namespace
}  // namespace systole::dram
