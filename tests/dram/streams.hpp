// SPDX-License-Identifier: Apache-2.0
// Random traffic for one channel: what makes rows conflict, directions turn and refreshes
// interfere.
#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "dram/channel.hpp"
#include "dram/standard.hpp"

namespace systole::dram {

using Random = std::mt19937_64;

inline std::uint64_t between(Random& random, std::uint64_t least, std::uint64_t most) {
  return std::uniform_int_distribution<std::uint64_t>(least, most)(random);
}

inline Device shipped_device(const std::string& name, const std::string& preset = "jedec",
                             const std::string& mapping = "stream") {
  const MemoryConfig memory = read_memory(SYSTOLE_SOURCE_DIR "/configs/memories/" + name + ".yaml");
  return resolve(memory, preset, mapping, memory.cycle);
}

// A shipped device with every constraint moved by up to a third and another interval of refreshes.
inline Device shaken_device(Random& random) {
  static const std::vector<std::string> kNames{"hbm2", "hbm2e", "hbm3", "hbm3e", "ddr3"};
  static const std::vector<std::string> kMappings{"stream", "page", "stream_xor"};
  Device out = shipped_device(kNames[between(random, 0, kNames.size() - 1)], "jedec",
                              kMappings[between(random, 0, kMappings.size() - 1)]);
  for (Constraint& constraint : out.constraints) {
    const std::uint32_t third = constraint.cycles / 3;
    constraint.cycles =
        constraint.cycles - third + static_cast<std::uint32_t>(between(random, 0, 2 * third));
  }
  out.refresh_interval = between(random, 1400, 3200);  // Above the longest refresh.
  return out;
}

// Requests of several streams: sequential or scattered, early or late. Within a stream they are in
// the order of their arrival.
inline std::vector<Request> mixed_requests(Random& random, const Device& device,
                                           std::uint64_t bursts) {
  const std::uint64_t streams = between(random, 1, 4);
  const std::uint64_t rows_apart = std::uint64_t{device.groups} * device.banks * device.columns;
  const std::uint64_t spread = rows_apart * between(random, 1, 4);
  const std::uint64_t pause = between(random, 0, 3) == 0 ? between(random, 1, 400) : 0;
  std::vector<std::uint64_t> at(streams, 0);
  std::vector<Request> out;
  for (std::uint64_t left = bursts; left > 0;) {
    const std::uint64_t stream = between(random, 0, streams - 1);
    const std::uint64_t count = std::min(left, between(random, 1, between(random, 1, 48)));
    at[stream] += pause == 0 ? 0 : between(random, 0, pause);
    out.push_back({.stream = static_cast<std::uint32_t>(stream),
                   .direction = between(random, 0, 2) == 0 ? Direction::write : Direction::read,
                   .first = between(random, 0, spread),
                   .count = count,
                   .arrival = at[stream]});
    left -= count;
  }
  return out;
}

inline Service mixed_service(Random& random, Policy policy, Refresh refresh) {
  return {.policy = policy,
          .refresh = refresh,
          .batch = static_cast<std::uint32_t>(between(random, 1, 64)),
          .lookahead = static_cast<std::uint32_t>(between(random, 1, 64)),
          .window = static_cast<std::uint32_t>(between(random, 1, 64))};
}

}  // namespace systole::dram
