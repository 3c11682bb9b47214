// SPDX-License-Identifier: Apache-2.0
// What the engine does against formulas that need none: HBM2 at 2 Gb/s a pin, 2-cycle bursts.
#include <gtest/gtest.h>

#include <cmath>

#include "dram/channel.hpp"
#include "random_device.hpp"

namespace systole::dram {
namespace {

struct Result {
  std::uint64_t cycles;
  Counts counts;
  // Share of the data bus's time that carried data.
  [[nodiscard]] double utilisation() const {
    return 2.0 * static_cast<double>(counts.read + counts.write) / static_cast<double>(cycles);
  }
};

Result run(const Device& device, const Service& service, const std::vector<Request>& requests) {
  const Timing timing(device, service);
  Channel channel(timing);
  for (const Request& request : requests) {
    channel.submit(request);
  }
  std::uint64_t end = 0;
  while (const auto done = channel.serve()) {
    end = std::max(end, done->at);
  }
  return {end, channel.totals()};
}

Request read(std::uint64_t first, std::uint64_t count) {
  return {.stream = 0, .direction = Direction::read, .first = first, .count = count, .arrival = 0};
}

// Every `stride`-th burst.
std::vector<Request> strided(std::uint64_t stride, std::uint64_t count) {
  std::vector<Request> requests;
  for (std::uint64_t i = 0; i < count; ++i) {
    requests.push_back(read(i * stride, 1));
  }
  return requests;
}

constexpr Service kNoRefresh{.refresh = Refresh::off};

// One burst is an activate, tRCD, the latency and its data: 14 + 14 + 2.
TEST(ClosedForm, OneBurstTakesActivateLatencyAndData) {
  const Result one = run(make_device({}, Layout::stream), {}, {read(0, 1)});
  EXPECT_EQ(one.cycles, 14U + 14U + 2U);
  EXPECT_EQ(one.counts, (Counts{.activate = 1, .read = 1}));
}

// Without refresh only the ramp and the last latency are lost: the fourth bank group's activate is
// three tRRD_S late, and from its burst on the bus is full. Each row is opened once.
TEST(ClosedForm, AStreamWithoutRefreshKeepsTheBusBusy) {
  const Result stream = run(make_device({}, Layout::stream), kNoRefresh, {read(0, 1'024'000)});
  EXPECT_EQ(stream.cycles, 3U * 4U + 14U + 2U * (1'023'999U - 3U) + 14U + 2U);
  EXPECT_EQ(stream.counts.activate, 1'024'000U / 32U);
}

// 1 - (tRP + tRFC + tRCD + d) / tREFI, drain and ramp d of 9 to 17 cycles.
TEST(ClosedForm, RefreshTakesItsShareOfAStream) {
  const Result stream = run(make_device({}, Layout::stream), {}, {read(0, 4'000'000)});
  EXPECT_LE(stream.utilisation(), 1.0 - (14.0 + 260.0 + 14.0 + 9.0) / 3900.0 + 1e-4);
  EXPECT_GE(stream.utilisation(), 1.0 - (14.0 + 260.0 + 14.0 + 17.0) / 3900.0);
}

// A burst a row, bank after bank: burst i in group i % 4, bank i / 4 % 4, row i / 16. Four
// activates fit in tFAW = 15 (tRRD = 3 and tRC = 48 leave that the bound): 4 * 2 / 15.
TEST(ClosedForm, OneBurstARowIsBoundedByFourActivates) {
  std::vector<Request> requests;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    requests.push_back(read(i % 4 + ((i / 4 % 4) << 7U) + (i / 16 << 9U), 1));
  }
  const Device device = make_device({.rrd_short = 3, .rrd_long = 3}, Layout::stream);
  Service service = kNoRefresh;
  service.policy = Policy::window;
  const Result rows = run(device, service, requests);
  EXPECT_EQ(rows.counts.activate, 100'000U);
  EXPECT_NEAR(rows.utilisation(), 4.0 * 2.0 / 15.0, 1e-3);
}

// In order a precharge follows the activate of the burst before: a burst every tRP + 1.
TEST(ClosedForm, OneBurstARowInOrderIsBoundedByPrecharges) {
  const Result rows = run(make_device({}, Layout::stream), kNoRefresh, strided(512 + 1, 100'000));
  EXPECT_EQ(rows.counts.precharge, 100'000U - 16U);
  EXPECT_NEAR(rows.utilisation(), 2.0 / 15.0, 1e-3);
}

// Another row of the same bank every time: tRC apart.
TEST(ClosedForm, OneBankGivesABurstEveryRowCycle) {
  const Result bank = run(make_device({}, Layout::stream), kNoRefresh, strided(512, 10'000));
  EXPECT_NEAR(bank.utilisation(), 2.0 / 48.0, 1e-4);
}

// A row's 32 bursts stay in one bank group: tCCD_L = 4 apart, and tCCD_S = 2 to the next row's.
TEST(ClosedForm, PagesInOrderAreBoundedByTheLongColumnDistance) {
  const Result pages = run(make_device({}, Layout::page), kNoRefresh, {read(0, 1'024'000)});
  EXPECT_NEAR(pages.utilisation(), 32.0 * 2.0 / (31.0 * 4.0 + 2.0), 1e-4);
}

// A refresh of one bank leaves the others to be used: 16 a tREFI cost less than one of all banks.
TEST(ClosedForm, RefreshBankByBankDelaysAStreamLess) {
  const Device device = make_device({}, Layout::stream);
  const Result banks = run(device, {.refresh = Refresh::bank}, {read(0, 1'000'000)});
  const Result all = run(device, {}, {read(0, 1'000'000)});
  EXPECT_LT(all.utilisation(), banks.utilisation());
  EXPECT_NEAR(static_cast<double>(banks.counts.refresh_bank),
              static_cast<double>(banks.cycles) / (3900 / 16), 2.0);
  EXPECT_EQ(banks.counts.refresh, 0U);
}

// The window prefers open rows: random single bursts of few rows become hits, in any order.
TEST(ClosedForm, FirstReadyKeepsTheBusBusyOverTwoPagesAtOnce) {
  const Device device = make_device({}, Layout::page);
  Service service = kNoRefresh;
  service.policy = Policy::window;
  service.window = 64;
  std::vector<Request> requests;  // Two pages of different groups take turns, 16 bursts each.
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    requests.push_back(read(i * 16, 16));
  }
  EXPECT_GT(run(device, service, requests).utilisation(), 0.9);
}

// Nothing to do for a second: refreshes are issued as they fall due, and the first of them closes
// the row that was open.
TEST(ClosedForm, AnIdleChannelIsRefreshedWhenDue) {
  const Device device = make_device({}, Layout::stream);
  const Timing timing(device, {});
  Channel channel(timing);
  channel.submit(read(0, 1));
  (void)channel.serve();
  channel.idle_until(1'000'000'000);
  EXPECT_EQ(channel.totals().refresh, 1'000'000'000U / 3900U);
  EXPECT_EQ(channel.totals().precharge, 1U);
}

}  // namespace
}  // namespace systole::dram
