// SPDX-License-Identifier: Apache-2.0
// What a sweep has to compute, each point named by what it consists of.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "config/sweep.hpp"

namespace systole {

// A point, or a check of one.
struct SweepTask {
  std::size_t point;  // Index.
  bool is_check;      // By the other fidelity.
  std::vector<Override> overrides;
  std::string key{};      // Hash of its resolved configuration; empty if that cannot be read.
  std::string message{};  // Then, why.
};

// The points, then the checks. Every configuration is read, in worker processes, and nothing is
// simulated. Empty if it was interrupted.
[[nodiscard]] std::vector<SweepTask> plan_sweep(const SweepConfig& sweep, std::size_t workers);

// Of n shards the i-th, from 1: every n-th point, with its checks. The numbers of points stay.
[[nodiscard]] SweepConfig shard_of(const SweepConfig& sweep, std::size_t i, std::size_t n);

// A sweep and its plan as {"schema": "systole.plan/1", ...}, for whoever puts the parts together.
struct PlannedSweep {
  SweepConfig sweep;
  std::vector<SweepTask> plan;
};
[[nodiscard]] nlohmann::ordered_json to_json(const PlannedSweep& planned);

// Throws UserError for what is not a plan; `file` is what mistakes blame.
[[nodiscard]] PlannedSweep planned_sweep(const nlohmann::ordered_json& json,
                                         const std::string& file);

// Of a results folder. Throws UserError if it is none.
[[nodiscard]] PlannedSweep read_plan(const std::string& folder);

}  // namespace systole
