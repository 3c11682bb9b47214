// SPDX-License-Identifier: Apache-2.0
// Flit-hops (flits times links crossed) a CPU second, under uniform traffic as dense as it gets.
// Generating the traffic is part of the time.
#include <benchmark/benchmark.h>

#include <utility>

#include "network/traffic.hpp"

namespace {

using namespace systole::network;
using namespace systole::network::testing;

void run(benchmark::State& state, std::vector<systole::Axis> axes, std::uint32_t packet_flits,
         Arbitration arbitration) {
  FlitConfig config = plain(std::move(axes));
  config.packet_flits = packet_flits;
  config.arbitration = arbitration;
  FlitNetwork network(config);
  Random random(1);
  bool is_locked = saturate(network, Pattern::uniform, random, 1000).has_value();
  const std::uint64_t before = network.counters().flit_hops;
  for (auto _ : state) {
    is_locked |= saturate(network, Pattern::uniform, random, network.now() + 1000).has_value();
  }
  if (is_locked) {
    state.SkipWithError("deadlock");
  }
  state.counters["flit_hops"] = benchmark::Counter(
      static_cast<double>(network.counters().flit_hops - before), benchmark::Counter::kIsRate);
}

constexpr Arbitration kTurns = Arbitration::round_robin;
BENCHMARK_CAPTURE(run, torus_8x8_packets_of_1, torus({8, 8}), 1, kTurns);
BENCHMARK_CAPTURE(run, torus_8x8_packets_of_16, torus({8, 8}), 16, kTurns);
BENCHMARK_CAPTURE(run, mesh_8x8_packets_of_1, mesh({8, 8}), 1, kTurns);
BENCHMARK_CAPTURE(run, torus_4x4x4_packets_of_16, torus({4, 4, 4}), 16, kTurns);
BENCHMARK_CAPTURE(run, torus_16x16_packets_of_16, torus({16, 16}), 16, kTurns);
BENCHMARK_CAPTURE(run, torus_16x16_oldest_first, torus({16, 16}), 16, Arbitration::oldest);

}  // namespace
