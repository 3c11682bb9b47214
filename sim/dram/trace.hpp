// SPDX-License-Identifier: Apache-2.0
// What a channel did: its commands in the order of their cycles, for the checker and for tests.
#pragma once

#include <cstdint>
#include <vector>

#include "dram/device.hpp"

namespace systole::dram {

struct IssuedCommand {
  std::uint64_t cycle;
  Command command;
  std::uint32_t bank = 0;   // Of one bank's commands; as Location.
  std::uint32_t row = 0;    // Of activate, read and write: the row that is meant.
  std::uint64_t burst = 0;  // Of read and write: the number in the channel.
};

using CommandTrace = std::vector<IssuedCommand>;

// Whole numbers of commands; their prices are the energy model's. A precharge of all banks and one
// of a single bank count as one precharge each.
struct Counts {
  std::uint64_t activate = 0;
  std::uint64_t precharge = 0;
  std::uint64_t read = 0;
  std::uint64_t write = 0;
  std::uint64_t refresh = 0;
  std::uint64_t refresh_bank = 0;

  bool operator==(const Counts&) const = default;

  Counts& operator+=(const Counts& other);
  Counts& operator-=(const Counts& other);
  friend Counts operator+(Counts a, const Counts& b) { return a += b; }
  friend Counts operator-(Counts a, const Counts& b) { return a -= b; }
  friend Counts operator*(Counts a, std::uint64_t times);
};

inline Counts& Counts::operator+=(const Counts& other) {
  activate += other.activate;
  precharge += other.precharge;
  read += other.read;
  write += other.write;
  refresh += other.refresh;
  refresh_bank += other.refresh_bank;
  return *this;
}

inline Counts& Counts::operator-=(const Counts& other) {
  activate -= other.activate;
  precharge -= other.precharge;
  read -= other.read;
  write -= other.write;
  refresh -= other.refresh;
  refresh_bank -= other.refresh_bank;
  return *this;
}

inline Counts operator*(Counts a, std::uint64_t times) {
  return {a.activate * times, a.precharge * times, a.read * times,
          a.write * times,    a.refresh * times,   a.refresh_bank * times};
}

}  // namespace systole::dram
