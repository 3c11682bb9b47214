// SPDX-License-Identifier: Apache-2.0
// From values to pixels, and the round numbers that an axis shows.
#pragma once

#include <cstddef>
#include <vector>

namespace systole::html {

struct Span {
  double low;
  double high;
};

// Maps a span of values onto pixels, evenly or by their logarithm. A logarithmic scale needs a
// span above zero.
class Scale {
 public:
  enum class Kind { linear, log };

  Scale(Kind kind, Span values, Span pixels) : kind_(kind), values_(values), pixels_(pixels) {}

  [[nodiscard]] double operator()(double value) const;
  [[nodiscard]] const Span& values() const { return values_; }

  // Linear: about `wanted` multiples of 1, 2 or 5 times a power of ten. Log: powers of ten, with 2
  // and 5 between them while there are fewer than `wanted`; fewer powers where there are more.
  [[nodiscard]] std::vector<double> ticks(std::size_t wanted) const;

 private:
  Kind kind_;
  Span values_;
  Span pixels_;
};

// The span of all positive values, widened by the factor on both sides; {1, 10} if there is none.
[[nodiscard]] Span log_span(const std::vector<double>& values, double factor);

}  // namespace systole::html
