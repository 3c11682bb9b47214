// SPDX-License-Identifier: Apache-2.0
// Paths of shipped files, and sums over a bill.
#pragma once

#include <string>

#include "study/point.hpp"

namespace systole {

inline std::string shipped(const std::string& path) {
  return std::string(SYSTOLE_SOURCE_DIR) + "/" + path;
}

// Joules of the lines that `is_chosen` picks.
template <class Chosen>
double energy_of(const Result& result, Chosen is_chosen) {
  double sum = 0.0;
  for (const BillLine& line : result.bill.lines) {
    sum += is_chosen(line.line) ? line.energy_j : 0.0;
  }
  return sum;
}

inline bool is_product(const LedgerLine& line) {
  for (const Multiplier multiplier : kMultipliers) {
    if (line.action == mac_action(multiplier)) {
      return true;
    }
  }
  return false;
}

}  // namespace systole
