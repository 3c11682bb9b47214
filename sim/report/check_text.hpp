// SPDX-License-Identifier: Apache-2.0
// The sentences about a checked point, which every output of `check` shows in its own dress.
#pragma once

#include <string>
#include <vector>

#include "study/check.hpp"

namespace systole {

// "1.33 J -> 1.39 J"; with all digits where three do not tell the two apart.
[[nodiscard]] std::string from_to(double before, double after, const std::string& unit);

// "(+4.86%)" of a count or price; "new" and "gone" where one side is zero.
[[nodiscard]] std::string relative(double before, double after);

[[nodiscard]] std::string unit_of(Metric metric);  // "J", "s", "tokens/s", "W".

// "energy_per_output_token 1.33 J -> 1.39 J (+4.86%, budget +0.5%)"
[[nodiscard]] std::string breach_text(const Breach& breach);

// One part of one ledger line's change.
struct MovedPart {
  bool is_price;
  double joules;     // Per output token.
  std::string text;  // "hbm layer.qkv weight hbm_read: 4096 -> 8192 (+100%)"
};

// Largest first. A count that nothing is charged for is a part of 0 J.
[[nodiscard]] std::vector<MovedPart> moved_parts(const Comparison& change);

// The parts as lines "activity  +66.0 mJ  ...", at most `most` and what the others add up to.
[[nodiscard]] std::vector<std::string> attribution(const Comparison& change, std::size_t most);

// "energy model n7 44d0 -> 51ee"; empty if it is the same one.
[[nodiscard]] std::string energy_model_change(const Snapshot& before, const Snapshot& after);

// The command line that runs the point.
[[nodiscard]] std::string run_line(const BaselinePoint& point);

// What CI shows for a point that is not ok: breaches, attribution, energy model; or the message.
[[nodiscard]] std::vector<std::string> findings(const PointCheck& check);

}  // namespace systole
