// SPDX-License-Identifier: Apache-2.0
// One pseudo-channel, command by command: what README.md calls the service of one channel.
#pragma once

#include <cstdint>

#include "dram/device.hpp"
#include "dram/trace.hpp"

namespace systole::dram {

enum class Policy : std::uint8_t { batched, window };
enum class Refresh : std::uint8_t { all, bank, off };

struct Service {
  Policy policy = Policy::batched;
  Refresh refresh = Refresh::all;
  std::uint32_t batch = 128;     // Bursts of one stream before the next has its turn.
  std::uint32_t lookahead = 64;  // Bursts ahead of the column command whose rows are prepared.
  std::uint32_t window = 64;     // Candidates of policy `window`.
};

enum class Direction : std::uint8_t { read, write };

// Consecutive bursts of this channel, by their number in the channel.
struct Request {
  std::uint32_t stream;
  Direction direction;
  std::uint64_t first;
  std::uint64_t count;
  std::uint64_t arrival;  // Cycle from which the channel knows of it.
};

}  // namespace systole::dram
