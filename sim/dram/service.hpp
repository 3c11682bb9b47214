// SPDX-License-Identifier: Apache-2.0
// How a channel is to serve, and what it is asked for: the words of README.md.
#pragma once

#include <cstdint>

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

  bool operator==(const Request&) const = default;
};

// A request as it waits: several may be parts of one train, whose last one ends it.
struct Share {
  Request request;
  std::uint64_t train = 0;
  bool last = true;

  bool operator==(const Share&) const = default;
};

// A train's share of this channel is done: its data have passed at `at`. The counts are those of
// its own bursts; refreshes and the precharges before them are nobody's.
struct Completion {
  std::uint64_t train;
  std::uint64_t at;
  Counts counts;

  bool operator==(const Completion&) const = default;
};

// How far to serve: no decision that an arrival at `arrivals` or later could have changed, and no
// further once a column command has come at `columns` or later.
struct Horizon {
  std::uint64_t arrivals = ~std::uint64_t{0};
  std::uint64_t columns = ~std::uint64_t{0};
};

// What is computed command by command; results are the same.
enum class Pace : std::uint8_t {
  commands,  // Every command.
  visits,    // Regular runs of row hits in one go.
};

}  // namespace systole::dram
