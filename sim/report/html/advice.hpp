// SPDX-License-Identifier: Apache-2.0
// What should be changed, computed from the points and from the ledger of the one shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/html/data.hpp"

namespace systole::html {

// Savings on the result itself, largest first: as `run` prints them if the prices that it was
// computed with are at hand, otherwise what half the energy of a component would save, which needs
// the ledger alone.
[[nodiscard]] std::vector<Advice> advice_for(const Json& document,
                                             const std::optional<EnergyModel>& prices);

struct Recommendation {
  std::string change;                // "Run at batch 256, int4."
  std::string effect;                // "0.43 J/token, 14.7 ms a token."
  double saving;                     // Share of the energy; what the bar beside it shows.
  std::optional<std::size_t> point;  // Index of the point that does it.
};

// At most `most`, the strongest first.
[[nodiscard]] std::vector<Recommendation> recommendations(const ReportData& data, std::size_t most);

// One sentence, from the ledger: what takes most of the energy, and why.
[[nodiscard]] std::string why(const ReportData& data);

// The least and greatest energy that each swept key alone gives, with all others as in the point
// shown; greatest effect first.
struct KeyEffect {
  std::string key;
  std::string name;
  double least_j;
  double most_j;
  std::string least_value;
  std::string most_value;
};
[[nodiscard]] std::vector<KeyEffect> key_effects(const ReportData& data);

}  // namespace systole::html
