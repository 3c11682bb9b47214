// SPDX-License-Identifier: Apache-2.0
// The engine equals the reference in every command and cycle, and its traces pass the checker.
// SYSTOLE_FULL=1 tries ten times as many cases.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "dram/channel.hpp"
#include "dram/checker.hpp"
#include "reference.hpp"
#include "streams.hpp"

namespace systole::dram {
namespace {

int cases(int count) { return std::getenv("SYSTOLE_FULL") != nullptr ? 10 * count : count; }

bool is_column(const IssuedCommand& command) {
  return command.command == Command::read || command.command == Command::write;
}

struct Served {
  CommandTrace trace;                    // To the last column command, rows first in a cycle.
  std::vector<std::uint64_t> completed;  // By request.
};

// Refreshes behind the last column command are nobody's business here.
CommandTrace to_last_column(CommandTrace trace) {
  std::ranges::stable_sort(trace, {},
                           [](const IssuedCommand& c) { return std::pair(c.cycle, is_column(c)); });
  while (!trace.empty() && !is_column(trace.back())) {
    trace.pop_back();
  }
  return trace;
}

Served engine(const Device& device, const Service& service, const std::vector<Request>& requests) {
  const Timing timing(device, service);
  Channel channel(timing);
  Served out{.trace = {}, .completed = std::vector<std::uint64_t>(requests.size())};
  channel.record(&out.trace);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    channel.submit(requests[i], i);
  }
  while (const std::optional<Completion> done = channel.serve()) {
    out.completed[done->train] = done->at;
  }
  out.trace = to_last_column(std::move(out.trace));
  return out;
}

std::string text(const IssuedCommand& c) {
  const bool has_row = is_column(c) || c.command == Command::activate;
  const bool has_bank = c.command != Command::refresh && c.command != Command::precharge_all;
  return fmt::format("{} {} bank {} row {} burst {}", c.cycle, name(c.command),
                     has_bank ? c.bank : 0, has_row ? c.row : 0, is_column(c) ? c.burst : 0);
}

// The first difference; "" if there is none.
std::string difference(const CommandTrace& a, const CommandTrace& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (text(a[i]) != text(b[i])) {
      return fmt::format("command {}: {} | {}", i, text(a[i]), text(b[i]));
    }
  }
  return a.size() == b.size() ? "" : fmt::format("{} and {} commands", a.size(), b.size());
}

void expect_equal(const Device& device, const Service& service,
                  const std::vector<Request>& requests) {
  const Served fast = engine(device, service, requests);
  const ReferenceResult slow = reference(device, service, requests);
  EXPECT_EQ(difference(fast.trace, to_last_column(slow.trace)), "");
  EXPECT_EQ(fast.completed, slow.completed);
  const auto violation = first_violation(device, fast.trace, service.refresh);
  EXPECT_FALSE(violation) << describe(*violation);
}

std::uint64_t longest(const Device& device) {
  return std::ranges::max_element(device.constraints, {}, &Constraint::cycles)->cycles;
}

void try_random(std::uint64_t seed, Policy policy, Refresh refresh, int count,
                std::uint64_t bursts) {
  Random random(seed);
  for (int i = 0; i < cases(count) && !testing::Test::HasFailure(); ++i) {
    Device device = shaken_device(random);
    if (refresh == Refresh::bank) {  // The same bank again after all others.
      device.refresh_interval = std::uint64_t{device.groups} * device.banks *
                                (longest(device) + between(random, 100, 200));
    }
    SCOPED_TRACE(fmt::format("{} case {}", device.name, i));
    expect_equal(device, mixed_service(random, policy, refresh),
                 mixed_requests(random, device, bursts));
  }
}

TEST(Equality, BatchedWithRefreshOfAllBanks) {
  try_random(11, Policy::batched, Refresh::all, 40, 250);
}
TEST(Equality, BatchedWithRefreshOfSingleBanks) {
  try_random(12, Policy::batched, Refresh::bank, 40, 250);
}
TEST(Equality, BatchedWithoutRefresh) { try_random(13, Policy::batched, Refresh::off, 20, 250); }
TEST(Equality, WindowWithRefreshOfAllBanks) {
  try_random(14, Policy::window, Refresh::all, 40, 250);
}
TEST(Equality, WindowWithRefreshOfSingleBanks) {
  try_random(15, Policy::window, Refresh::bank, 40, 250);
}

}  // namespace
}  // namespace systole::dram
