// SPDX-License-Identifier: Apache-2.0
// The swept keys of a sweep as columns: what names them, and which of them group or order points.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/sweep.hpp"

namespace systole {

struct SweepColumn {
  std::string key;                  // "variant", "workload.batch".
  std::string name;                 // "batch", or the key where that would be ambiguous.
  std::vector<std::string> values;  // Distinct, in the order of the points.

  [[nodiscard]] bool is_variant() const { return key == "variant"; }
};

// One for each swept key, in the order of the file.
[[nodiscard]] std::vector<SweepColumn> sweep_columns(const SweepConfig& sweep);

// The last column with two or more values that are all numbers: what a plot has along x.
[[nodiscard]] std::optional<std::size_t> number_axis(const std::vector<SweepColumn>& columns);

// The point with these values, one for each column.
[[nodiscard]] std::optional<std::size_t> find_point(const SweepConfig& sweep,
                                                    const std::vector<std::string>& values);

// A value as tables and file names show it: of a path the file's name without its ending.
[[nodiscard]] std::string short_value(const std::string& value);

// "007-tensor-8-x-data-8-bf16-1": the name of a point's file, unique by its number.
[[nodiscard]] std::string point_slug(const SweepConfig& sweep, std::size_t index);

}  // namespace systole
