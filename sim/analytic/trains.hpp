// SPDX-License-Identifier: Apache-2.0
// What an operation moves between stores. Every move reads one store and writes another, so it is a
// pair of trains whichever operation causes it; counts and bus time both follow from this list.
#pragma once

#include <cstdint>
#include <vector>

#include "config/chip.hpp"
#include "ledger/ledger.hpp"
#include "trace/trace.hpp"

namespace systole {

// Equal trains of one store.
struct Trains {
  Place store;
  bool writes;
  Bytes bytes;  // Of one train, all its segments.
  std::uint64_t segments;
  std::uint64_t elements;  // Numbers in one train.
  Tensor tensor;
  std::uint64_t count;

  [[nodiscard]] std::uint64_t piece() const { return ceil_div(bytes.count(), segments); }
};

[[nodiscard]] Tensor tensor_of(Stationary stationary);

// Of one chip and one repeat; the order says nothing.
[[nodiscard]] std::vector<Trains> trains(const Work& work);

// Bursts of one train, and how long it holds the bus.
[[nodiscard]] std::uint64_t bursts(const Trains& trains, const HbmConfig& hbm);
[[nodiscard]] Femtoseconds bus_time(const Trains& trains, const HbmConfig& hbm);

// How long a refresh keeps a stream from the bus, as a rule: rows closed and opened, drain, ramp.
[[nodiscard]] Femtoseconds refresh_stop(const HbmConfig& hbm);

// The earliest end of `bus` time on the bus when nothing moves in the refresh windows.
[[nodiscard]] Femtoseconds with_refresh(Femtoseconds bus, const HbmConfig& hbm);

}  // namespace systole
