// SPDX-License-Identifier: Apache-2.0
// What a sweep varies: axes, and what is left out of their product. The product itself may be far
// too large to list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/document.hpp"

namespace systole {

// What a table shows for a point: {"variant", "tensor 64"}, {"workload.batch", "8"}.
struct SweepLabel {
  std::string key;
  std::string value;
};

struct SweepPoint {
  std::vector<Override> overrides;  // Paths are relative to the working folder, as --set wants.
  std::vector<SweepLabel> labels;
  std::size_t number = 0;  // From 1, in the whole sweep.
};

// One thing that varies: its values, each with the overrides and labels that it stands for.
using SweepAxis = std::vector<SweepPoint>;

// Points that have one of the values of each of these keys are left out.
struct KeyValues {
  std::string key;
  std::vector<std::string> values;
};
using SweepExclusion = std::vector<KeyValues>;

struct SweepSpace {
  std::string name;
  std::string base;  // Resolved path of the run file.
  std::optional<std::uint32_t> jobs{};
  std::string teaches{};          // One sentence; may be empty.
  std::vector<SweepAxis> axes{};  // In the order of the file, the last one varies fastest.
  std::vector<SweepExclusion> exclusions{};

  // Points of the product, as far as a double counts.
  [[nodiscard]] double size() const;

  // The point with the given value of each axis, by index; it has no number.
  [[nodiscard]] SweepPoint at(const std::vector<std::size_t>& place) const;

  [[nodiscard]] bool leaves_out(const SweepPoint& point) const;
};

[[nodiscard]] SweepSpace read_sweep_space(const std::string& file);
[[nodiscard]] SweepSpace sweep_space(const Document& document);

}  // namespace systole
