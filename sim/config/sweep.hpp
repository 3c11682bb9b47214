// SPDX-License-Identifier: Apache-2.0
// Many points: a run file and the keys that vary.
//
// Points are all variants x all lists that move together x all combinations of the grid, in the
// order of the file, the last grid key fastest, without those that are left out. A point is a list
// of overrides, so a sweep can do nothing that --set cannot.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/sweep_space.hpp"

namespace systole {

// Points that both fidelities compute.
struct SweepCheck {
  std::vector<std::size_t> points;   // Indices, rising.
  std::optional<double> fail_above;  // Part of the event engine's time.
};

struct SweepConfig {
  std::string name;
  std::string base;  // Resolved path of the run file.
  std::optional<std::uint32_t> jobs;
  std::vector<SweepPoint> points;
  std::optional<SweepCheck> check{};
  std::string teaches{};     // One sentence; may be empty.
  std::size_t excluded = 0;  // Points left out.
  std::size_t in_all = 0;    // Points of the whole sweep, of which this may be a shard.
};

[[nodiscard]] SweepConfig read_sweep(const std::string& file);
[[nodiscard]] SweepConfig sweep_config(const Document& document);

}  // namespace systole
