// SPDX-License-Identifier: Apache-2.0
// The points of a baseline, run as `systole run` would, and held against their record.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "study/baseline.hpp"
#include "study/result.hpp"

namespace systole {

struct PointRun {
  std::optional<Snapshot> now;
  std::string message;  // Why there is none: it failed, or it was not its turn.
};

struct CheckHooks {
  std::function<nlohmann::ordered_json(const Result&)> document;  // In the worker.
  std::function<void(bool has_failed)> ended;                     // Here, as each point ends.
};

// In the order of the points; nothing if it was interrupted.
[[nodiscard]] std::optional<std::vector<PointRun>> run_baseline(const BaselineConfig& baseline,
                                                                std::size_t workers,
                                                                const CheckHooks& hooks);

struct PointCheck {
  BaselinePoint point;
  PointRun run;
  std::optional<Snapshot> before{};    // Where the record has it.
  std::optional<Comparison> change{};  // With both.
  std::vector<Breach> breaches{};

  [[nodiscard]] bool has_failed() const { return !run.now; }
  [[nodiscard]] bool has_moved() const;  // A count, a price or a metric, however little.
};

struct CheckEnd {
  BaselineConfig baseline;
  std::vector<PointCheck> points;

  [[nodiscard]] std::size_t broken() const;  // Points beyond a budget.
  [[nodiscard]] std::size_t failed() const;
};

[[nodiscard]] CheckEnd held_against(const BaselineConfig& baseline, const BaselineRecord& record,
                                    std::vector<PointRun> runs);

}  // namespace systole
