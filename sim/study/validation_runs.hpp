// SPDX-License-Identifier: Apache-2.0
// The runs that measurements are held against, each as a trace for the chip that was measured.
//
// A kind of run has parameters and metrics; a metric is a number of the finished run in the unit of
// the measurement. What was measured from outside starts with a launch, as a kernel does.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/pod.hpp"
#include "study/measurements.hpp"

namespace systole {

struct MetricKind {
  std::string name;  // "time", "products", ...
  std::string unit;  // "us", "TFLOP/s", ...
  // Time and rates: seconds = measured x `scale` for a time; for a rate, work / (measured x scale).
  double scale;
};

struct RunKind {
  std::string name;
  std::vector<std::string> parameters;
  bool can_be_part;  // part=half: one of two equal halves of the chip.
  std::vector<MetricKind> numbers;

  [[nodiscard]] bool has(std::string_view metric, std::string_view unit) const;
  [[nodiscard]] std::vector<std::string> metrics() const;  // "time (us)".
  // What the value of a parameter must be, in words, if it is not.
  [[nodiscard]] std::optional<std::string> why_wrong(const std::string& key,
                                                     const std::string& value) const;
};

[[nodiscard]] const RunKind* run_kind(std::string_view name);  // Null: there is none.
[[nodiscard]] std::vector<std::string> run_kinds();

// What a run gave.
struct RunOutcome {
  double seconds = 0.0;
  std::map<std::string, double> work;    // By metric that is a rate: what is done in those seconds.
  std::map<std::string, double> values;  // By metric that is neither time nor rate.
};

// `root` is the folder that configs/ and energy_models/ stand in. Throws UserError, DoesNotFit.
[[nodiscard]] RunOutcome run_measured(const Measurement& row, const ChipConfig& chip,
                                      const std::string& root);

}  // namespace systole
