// SPDX-License-Identifier: Apache-2.0
#include "bank_oracle.hpp"

#include <algorithm>

namespace systole {
namespace {

constexpr std::uint64_t kBuffer = 2;  // Entries for each port of each bank.

struct Walker {
  const BankStream* stream;
  std::uint64_t credit = 0;            // Accesses it may put in, times `at_best`.
  std::uint64_t put = 0;               // Accesses that went into the buffer so far,
  std::uint64_t served = 0;            // and out of it.
  std::vector<std::uint64_t> waiting;  // In the buffer, by bank.

  void fill(std::uint64_t ports) {
    const std::uint64_t banks = waiting.size();
    // What could not go in does not go in faster later.
    credit = std::min(credit + stream->accesses, stream->accesses + stream->at_best);
    while (put < stream->accesses && credit >= stream->at_best) {
      std::uint64_t& bank = waiting[(stream->first_bank + put) % banks];
      if (bank == kBuffer * ports) {
        return;
      }
      ++bank;
      ++put;
      credit -= stream->at_best;
    }
  }
};

}  // namespace

std::vector<std::uint64_t> serve_by_bank(std::uint64_t banks, std::uint64_t ports,
                                         const std::vector<BankStream>& streams) {
  std::vector<Walker> walkers;
  for (const BankStream& stream : streams) {
    walkers.push_back({.stream = &stream, .waiting = std::vector<std::uint64_t>(banks)});
  }
  std::vector<std::uint64_t> ends(streams.size());
  std::size_t running = streams.size();
  for (std::uint64_t cycle = 0; running > 0; ++cycle) {
    std::vector<std::uint64_t> free(banks, ports);
    for (std::size_t i = 0; i < walkers.size(); ++i) {
      Walker& walker = walkers[i];
      if (cycle < walker.stream->begin || walker.served == walker.stream->accesses) {
        continue;
      }
      walker.fill(ports);
      for (std::uint64_t bank = 0; bank < banks; ++bank) {
        const std::uint64_t now = std::min(free[bank], walker.waiting[bank]);
        free[bank] -= now;
        walker.waiting[bank] -= now;
        walker.served += now;
      }
      if (walker.served == walker.stream->accesses) {
        ends[i] = cycle + 1;
        --running;
      }
    }
  }
  return ends;
}

}  // namespace systole
