// SPDX-License-Identifier: Apache-2.0
// Measured values of a tensor: a file of lines `value,count`. Empty lines and what follows # are
// skipped; a line of words in front names the columns, as spreadsheets write it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace systole {

inline constexpr std::size_t kHistogramBytes = 16'000'000;  // A longer file is refused.

struct Histogram {
  std::vector<double> values;
  std::vector<double> cumulative;  // Share of all counts up to this value and with it.

  // The value that a share `p` of all counts lies at or below, p in (0, 1).
  [[nodiscard]] double quantile(double p) const;
};

// Throws UserError with file, line and column for every line that is not a pair of finite numbers,
// for a negative count and for a file without a count above 0.
[[nodiscard]] Histogram read_histogram(const std::string& file);

}  // namespace systole
