// SPDX-License-Identifier: Apache-2.0
// Why one result's energy differs from another's: every ledger line's change, split exactly.
//
//   n' p' - n p  =  (n' - n) p  +  n' (p' - p)   =   activity + price
//
// A line that only one result has counts 0 in the other, at the same price. Nothing is left over:
// the parts of all lines add up to the change of the energy.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "study/snapshot.hpp"

namespace systole {

// In joules per unit of work.
struct Parts {
  double before_j = 0;
  double after_j = 0;
  double activity_j = 0;
  double price_j = 0;

  [[nodiscard]] double moved_j() const;  // Both parts, signs left off: they may cancel.
};

struct LineChange {
  LedgerEntry before;  // Of a line that is new: count 0, the price of `after`.
  LedgerEntry after;   // Of a line that is gone likewise.
  Parts parts;

  [[nodiscard]] bool has_moved() const {
    return before.count != after.count || before.pj_each != after.pj_each;
  }
};

struct GroupChange {
  std::string name;
  Parts parts;
};

struct Comparison {
  bool per_token;  // The unit of work: an output token where both have them, else the whole run.
  Parts total;
  std::vector<LineChange> lines;  // As in the first ledger, then those that only the second has.
  std::vector<GroupChange> components;
  std::vector<GroupChange> operations;

  [[nodiscard]] std::size_t count_moved() const;  // Lines with another count or price.
};

[[nodiscard]] Comparison compare(const Snapshot& before, const Snapshot& after);

// Everything else in which two result documents differ.
struct ValueChange {
  std::string key;
  std::string unit;  // Empty: no number.
  nlohmann::ordered_json before;
  nlohmann::ordered_json after;
};

// Time, energy, rates, power, bound, utilisation: all of them, moved or not.
[[nodiscard]] std::vector<ValueChange> metric_changes(const nlohmann::ordered_json& before,
                                                      const nlohmann::ordered_json& after);

// Leaves of what was asked for that differ: the point and the chip, or whole configurations where
// both documents carry them.
[[nodiscard]] std::vector<ValueChange> input_changes(const nlohmann::ordered_json& before,
                                                     const nlohmann::ordered_json& after);

}  // namespace systole
