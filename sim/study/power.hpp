// SPDX-License-Identifier: Apache-2.0
// Watts of one chip over time, by component, and what its units could burn at most.
//
// A window's power is its counts at the bill's own prices. What time alone causes is spread evenly.
// Counts stand where a unit begins a piece of work (a step of a matmul, a train, a chunk), so a
// window much shorter than such a piece shows it as a spike.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "config/chip.hpp"
#include "ledger/ledger.hpp"
#include "ledger/price.hpp"

namespace systole {

// By [action][tensor]: a price does not depend on the operation.
[[nodiscard]] std::array<double, kActions * kTensors> prices_of(const Bill& bill);

struct PowerProfile {
  double window_s;                                          // The last one may be shorter.
  std::array<std::vector<double>, kComponents> components;  // W per chip by window.

  [[nodiscard]] double total(std::size_t window) const;  // W per chip, all components.
  [[nodiscard]] double peak() const;                     // Of the window that burns most; 0: none.
};

[[nodiscard]] PowerProfile power_profile(const Windows& windows, const Bill& bill,
                                         std::uint64_t chips, double seconds);

// W of one chip, averaged over a run.
struct PowerLimits {
  double all_busy;                  // All units at their full rate: no run burns more.
  std::optional<double> workloads;  // The most that a real workload was published to burn.
};

// All busy: arrays on the dearest product of the bill, loading a tile behind every pass, memories
// and links at peak bandwidth, all lanes on their dearest operation, static power beside it.
[[nodiscard]] PowerLimits power_limits(const ChipConfig& chip, const EnergyModel& model,
                                       const Bill& bill);

}  // namespace systole
