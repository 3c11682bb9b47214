// SPDX-License-Identifier: Apache-2.0
// Collectives written out by hand against the closed forms of a torus. In flits and cycles: a chip
// holds v flits, a hop takes a cycles, N chips, a link carries one flit a cycle.
#include "network/transfers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "base/error.hpp"
#include "network/pod_network.hpp"
#include "traffic.hpp"

namespace systole::network::testing {
namespace {

using ::testing::HasSubstr;

constexpr Bytes kFlit{64};
constexpr std::uint32_t kHop = 20;  // a

// Buffers for a credit's round, a local port for each link.
FlitConfig pod_like(std::vector<Axis> axes) {
  FlitConfig config = plain(std::move(axes));
  config.packet_flits = 16;
  config.router_cycles = 1;
  config.link_cycles = kHop - 1;
  config.buffer_flits = 1 + 2 * config.link_cycles;
  config.arbitration = Arbitration::oldest;
  config.local_ports = static_cast<std::uint32_t>(2 * config.axes.size());
  return config;
}

Bytes flits(std::uint64_t n) { return Bytes{n * kFlit.count()}; }

TransferTimes run(const FlitConfig& config, const std::vector<Transfer>& transfers) {
  FlitNetwork network(config);
  return run_transfers(network, kFlit, transfers);
}

// An all-gather of `shard` flits a chip around one ring of even length, both ways at once; the
// shard of the chip opposite comes half from each side. `chips` are the ring's, upwards; `after`
// what each chip waits for. Appends the transfers and returns, by position, what each receives.
std::vector<std::vector<std::uint32_t>> gather(
    std::vector<Transfer>& out, const std::vector<Chip>& chips, std::uint64_t shard,
    const std::vector<std::vector<std::uint32_t>>& after) {
  const std::size_t k = chips.size();
  std::vector<std::vector<std::uint32_t>> received(k);
  for (std::size_t origin = 0; origin < k; ++origin) {
    for (const std::size_t step : {std::size_t{1}, k - 1}) {  // Up, down.
      std::size_t at = origin;
      std::vector<std::uint32_t> before = after[origin];
      for (std::size_t s = 1; s <= k / 2; ++s) {
        const std::size_t to = (at + step) % k;
        out.push_back({chips[at], chips[to], flits(s == k / 2 ? shard / 2 : shard), before});
        before = {static_cast<std::uint32_t>(out.size() - 1)};
        received[to].push_back(before[0]);
        at = to;
      }
    }
  }
  return received;
}

TEST(Transfers, AnAllGatherAroundARingTakesItsStepsAndItsVolume) {
  // T = floor(N / 2) a + v (N - 1) / 2.
  for (const std::uint32_t n : {4U, 8U, 16U}) {
    const std::uint64_t v = 4096;
    std::vector<Chip> chips;
    for (Chip chip = 0; chip < n; ++chip) {
      chips.push_back(chip);
    }
    std::vector<Transfer> transfers;
    gather(transfers, chips, v, std::vector<std::vector<std::uint32_t>>(n));
    const TransferTimes times = run(pod_like(torus({n})), transfers);
    const std::uint64_t bound = v * (n - 1) / 2;
    EXPECT_EQ(times.end, bound + n / 2 * kHop) << n << " chips";
    EXPECT_LT(static_cast<double>(times.end), 1.05 * static_cast<double>(bound));
  }
}

// Half the data along x first, the other along y first, on a k x k torus. `one_ring(chips, phase,
// after)` adds the transfers of one ring and returns what each chip receives in them.
template <class OneRing>
void for_both_rotations(std::uint32_t k, OneRing&& one_ring) {
  for (const bool x_first : {true, false}) {
    std::vector<std::vector<std::uint32_t>> received(k * k);
    for (std::uint32_t phase = 0; phase < 2; ++phase) {
      const std::vector<std::vector<std::uint32_t>> before = received;
      const bool is_along_x = x_first == (phase == 0);
      for (std::uint32_t ring = 0; ring < k; ++ring) {
        std::vector<Chip> chips;
        std::vector<std::vector<std::uint32_t>> after;
        for (std::uint32_t i = 0; i < k; ++i) {
          chips.push_back(is_along_x ? i + ring * k : ring + i * k);
          after.push_back(before[chips.back()]);
        }
        const auto got = one_ring(chips, phase, after);
        for (std::uint32_t i = 0; i < k; ++i) {
          received[chips[i]] = got[i];
        }
      }
    }
  }
}

TEST(Transfers, ARotatedAllGatherUsesBothAxesAtOnce) {
  // T = v (N - 1) / 4 + 2 floor(k / 2) a.
  for (const std::uint32_t k : {4U, 8U}) {
    const std::uint64_t v = 1024;
    std::vector<Transfer> transfers;
    for_both_rotations(k, [&](const std::vector<Chip>& chips, std::uint32_t phase,
                              const std::vector<std::vector<std::uint32_t>>& after) {
      return gather(transfers, chips, v / 2 * (phase == 0 ? 1 : k), after);
    });
    const TransferTimes times = run(pod_like(torus({k, k})), transfers);
    const std::uint64_t bound = v * (k * k - 1) / 4;
    EXPECT_EQ(times.end, bound + 2 * (k / 2) * kHop) << k << " x " << k;
    EXPECT_LT(static_cast<double>(times.end), 1.05 * static_cast<double>(bound));
  }
}

// All to all among `chips`, `m` flits for each of the others. Returns what each receives.
std::vector<std::vector<std::uint32_t>> exchange(
    std::vector<Transfer>& out, const std::vector<Chip>& chips, std::uint64_t m,
    const std::vector<std::vector<std::uint32_t>>& after) {
  const std::size_t k = chips.size();
  std::vector<std::vector<std::uint32_t>> received(k);
  for (std::size_t offset = 1; offset < k; ++offset) {
    for (std::size_t from = 0; from < k; ++from) {
      const std::size_t to = (from + offset) % k;
      received[to].push_back(static_cast<std::uint32_t>(out.size()));
      out.push_back({chips[from], chips[to], flits(m), after[from]});
    }
  }
  return received;
}

void expect_close(const FlitConfig& config, const std::vector<Transfer>& transfers,
                  std::uint64_t bound) {
  const TransferTimes times = run(config, transfers);
  EXPECT_EQ(times.deadlock, std::nullopt);
  EXPECT_GE(times.end, bound);
  EXPECT_LE(static_cast<double>(times.end), 1.05 * static_cast<double>(bound));
}

TEST(Transfers, AllToAllOnOneAxisIsAtTheBoundOfItsBusiestLink) {
  // A ring: v k / 8, v (k^2 - 1) / (8 k) for odd k; a line double; v = k m.
  const std::uint64_t m = 1024;
  for (const auto& [axes, bound] : std::vector<std::pair<std::vector<Axis>, std::uint64_t>>{
           {torus({4}), 2 * m}, {torus({8}), 8 * m}, {torus({5}), 3 * m}, {mesh({8}), 16 * m}}) {
    SCOPED_TRACE(axes[0].length);
    std::vector<Chip> chips;
    for (Chip chip = 0; chip < axes[0].length; ++chip) {
      chips.push_back(chip);
    }
    std::vector<Transfer> transfers;
    exchange(transfers, chips, m, std::vector<std::vector<std::uint32_t>>(chips.size()));
    expect_close(pod_like(axes), transfers, bound);
  }
}

TEST(Transfers, ARotatedAllToAllUsesBothAxesAtOnce) {
  // Half the data turns from x to y in each chip's memory, half from y to x: T = v k / 8, v = N m.
  const std::uint32_t k = 4;
  const std::uint64_t m = 1024;
  std::vector<Transfer> transfers;
  for_both_rotations(k, [&](const std::vector<Chip>& chips, std::uint32_t,
                            const std::vector<std::vector<std::uint32_t>>& after) {
    return exchange(transfers, chips, k * m / 2, after);
  });
  expect_close(pod_like(torus({k, k})), transfers, k * k * m * k / 8);
}

TEST(Transfers, WaitForAllThatComesBefore) {
  FlitNetwork network(pod_like(torus({4})));
  const std::vector<Transfer> transfers = {{0, 1, flits(100), {}},
                                           {3, 2, Bytes{1}, {}},
                                           {1, 2, flits(10), {0, 1}},
                                           {2, 2, Bytes{0}, {2}},
                                           {2, 3, Bytes{65}, {3}}};
  const TransferTimes times = run_transfers(network, kFlit, transfers);
  EXPECT_THAT(times.finish, ::testing::ElementsAre(kHop + 100, kHop + 1, 2 * kHop + 110,
                                                   2 * kHop + 110, 3 * kHop + 112));
  EXPECT_EQ(times.end, 3 * kHop + 112);
}

TEST(Transfers, BeginWhereTheNetworkStands) {
  FlitNetwork network(pod_like(torus({4})));
  network.inject({0, 1, 1}, 1000);
  ASSERT_EQ(network.run(), std::nullopt);
  const std::uint64_t start = 1000 + kHop + 1;
  ASSERT_EQ(network.now(), start);
  EXPECT_EQ(run_transfers(network, kFlit, {{2, 3, flits(7), {}}}).end, start + kHop + 7);
}

TEST(Transfers, SayWhatTheyCannotWaitFor) {
  FlitNetwork network(pod_like(torus({4})));
  const auto message = [&](const std::vector<Transfer>& transfers) -> std::string {
    try {
      static_cast<void>(run_transfers(network, kFlit, transfers));
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message({{0, 1, Bytes{1}, {7}}}), HasSubstr("transfer 0 waits for transfer 7"));
  EXPECT_THAT(message({{0, 1, Bytes{1}, {}}, {0, 1, Bytes{1}, {2}}, {0, 1, Bytes{1}, {1}}}),
              HasSubstr("transfer 1 waits for itself in a circle"));
}

TEST(Transfers, ReportADeadlock) {
  FlitConfig config = plain(torus({5}));
  config.virtual_channels = 1;
  config.buffer_flits = 1;
  config.freedom = DeadlockFreedom::none;
  std::vector<Transfer> transfers;
  for (Chip chip = 0; chip < 5; ++chip) {
    transfers.push_back({chip, (chip + 2) % 5, kFlit, {}});
  }
  EXPECT_TRUE(run(config, transfers).deadlock.has_value());
}

PodConfig pod(std::vector<Axis> axes) {
  PodConfig out{};
  out.chip.name = "x";
  out.axes = std::move(axes);
  out.chip.ici = IciConfig{.links = 6,
                           .bandwidth = BytesPerSecond{45e9},
                           .hop_latency = Seconds{0.2e-6},
                           .collective_start = Seconds{0},
                           .collective_step = Seconds{0}};
  return out;
}

TEST(PodNetwork, ALinkCarriesItsBandwidthAndAHopTakesItsLatency) {
  // 256 B at 45 GB/s: 5.6889 ns, rounded up; 200 ns are 35.2 cycles, so 36.
  const PodNetwork made = pod_network(pod(torus({8})));
  EXPECT_EQ(made.cycle.count(), 5'688'889U);
  EXPECT_EQ(made.config.router_cycles + made.config.link_cycles, 36U);
  FlitNetwork network(made.config);
  const Bytes megabyte{1 << 20};
  const TransferTimes times = run_transfers(network, made.flit, {{0, 1, megabyte, {}}});
  const double seconds = to_seconds(made.time(times.end)).count();
  const double exact = (1 << 20) / 45e9 + 0.2e-6;
  EXPECT_GE(seconds, exact);
  EXPECT_LE(seconds, exact + 6e-9);
}

TEST(PodNetwork, NeedsLinksAndAtMost256Chips) {
  PodConfig none = pod(torus({4}));
  none.chip.ici.reset();
  EXPECT_THROW(static_cast<void>(pod_network(none)), UserError);
  EXPECT_NO_THROW(FlitNetwork{pod_network(pod(torus({16, 16}))).config});
  EXPECT_THROW(FlitNetwork{pod_network(pod(torus({8, 8, 8}))).config}, UserError);
}

}  // namespace
}  // namespace systole::network::testing
