// SPDX-License-Identifier: Apache-2.0
// A sweep for a person: energy per token split by purpose, time, and what binds, a row a point.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "study/sweep.hpp"

namespace systole {

// ASCII, at most 120 columns: a table for each variant, then the variants side by side. Points that
// are not done show why. Ends with a newline.
[[nodiscard]] std::string sweep_table(const SweepConfig& sweep, const SweepEnd& end);

// At most three sentences that compare rows of the table, fewer where there is nothing to compare,
// and one on how far the fidelities are apart, if the sweep checks that.
[[nodiscard]] std::string sweep_findings(const SweepConfig& sweep, const SweepEnd& end);

// The points that no other beats in energy and in time, with the knee among them, and how strongly
// each swept key moves the answer. Empty where there is nothing to say.
[[nodiscard]] std::string sweep_front(const SweepConfig& sweep, const SweepEnd& end);

// Three significant digits without an exponent: 71200, 1.53, 0.0123. Below 1e-6, "0".
[[nodiscard]] std::string three_digits(double value);

}  // namespace systole
