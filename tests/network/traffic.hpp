// SPDX-License-Identifier: Apache-2.0
// Networks and synthetic traffic: every chip always has a packet ready.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "network/flit_network.hpp"

namespace systole::network::testing {

// A 64-bit generator small enough to read: splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(((*this)() >> 32) * n >> 32);
  }

 private:
  std::uint64_t state_;
};

inline std::vector<Axis> torus(std::vector<std::uint32_t> lengths) {
  std::vector<Axis> axes;
  for (const std::uint32_t length : lengths) {
    axes.push_back({.length = length, .wraps = length > 1});
  }
  return axes;
}

inline std::vector<Axis> mesh(std::vector<std::uint32_t> lengths) {
  std::vector<Axis> axes;
  for (const std::uint32_t length : lengths) {
    axes.push_back({.length = length, .wraps = false});
  }
  return axes;
}

// One-flit packets, one local port, a hop of two cycles.
inline FlitConfig plain(std::vector<Axis> axes) {
  return {.axes = std::move(axes),
          .virtual_channels = 4,
          .buffer_flits = 8,
          .packet_flits = 1,
          .router_cycles = 1,
          .link_cycles = 1,
          .local_ports = 1,
          .freedom = DeadlockFreedom::dateline,
          .arbitration = Arbitration::round_robin,
          .watchdog_cycles = 1000};
}

enum class Pattern : std::uint8_t { uniform, tornado };

// The chip (k - 1) / 2 further up on every axis: with ties excluded, the furthest one way.
inline Chip tornado(const Torus& torus, Chip chip) {
  std::uint32_t stride = 1;
  Chip to = 0;
  for (std::size_t axis = 0; axis < torus.axes().size(); ++axis) {
    const std::uint32_t length = torus.axes()[axis].length;
    to += (torus.coordinate(chip, axis) + (length - 1) / 2) % length * stride;
    stride *= length;
  }
  return to;
}

// Runs to `end` while every chip has a packet waiting behind its injection buffers.
inline std::optional<Deadlock> saturate(FlitNetwork& network, Pattern pattern, Random& random,
                                        std::uint64_t end) {
  const Torus& torus = network.torus();
  while (network.now() < end) {
    for (Chip chip = 0; chip < torus.chips(); ++chip) {
      while (network.backlog(chip) == 0) {
        const Chip to =
            pattern == Pattern::tornado ? tornado(torus, chip) : random.below(torus.chips());
        network.inject({chip, to, network.config().packet_flits}, network.now());
      }
    }
    if (network.now() % 1024 == 0) {
      static_cast<void>(network.take_delivered());
    }
    if (std::optional<Deadlock> deadlock = network.run_until(network.now() + 1)) {
      return deadlock;
    }
  }
  return std::nullopt;
}

}  // namespace systole::network::testing
