// SPDX-License-Identifier: Apache-2.0
// Runs whose numbers are kept, and how far they may move before somebody must look.
//
// People write this file; what the runs gave is recorded beside it and never edited by hand.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.hpp"

namespace systole {

// Of a whole run. Each has a budget of its name.
enum class Metric : std::uint8_t { energy_per_output_token, time, tokens_per_s, power_w_per_chip };
inline constexpr std::size_t kMetrics = 4;
[[nodiscard]] std::string_view name(Metric metric);

struct Budgets {
  std::array<Budget, kMetrics> metrics{};  // By Metric.
  Budget counts{};                         // Of each ledger line.
};

struct BaselinePoint {
  std::string name;
  std::string run;                  // Path.
  std::vector<Override> overrides;  // As --set wants them.
  Budgets budgets;
  std::uint32_t line;  // Of the point in its file.
};

struct BaselineConfig {
  std::string name;
  std::string file;
  std::vector<BaselinePoint> points;

  [[nodiscard]] std::string record() const;  // Path of the recorded values: FILE.yaml, FILE.json.
};

[[nodiscard]] BaselineConfig read_baseline(const std::string& file);
[[nodiscard]] BaselineConfig baseline_config(const Document& document);  // Without `file`.

}  // namespace systole
