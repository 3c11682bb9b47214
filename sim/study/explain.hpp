// SPDX-License-Identifier: Apache-2.0
// What would change a result: every number that it rests on, halved and doubled, one at a time.
//
// Configuration is run again, prices are applied again to the same counts; both are exact.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace systole {

// Against the result as it is.
struct Effect {
  double energy;  // Per output token, as a ratio.
  double time;    // Per output token of a user, or, of a prefill, the whole: as a ratio.
  std::string binding;
};

struct Change {
  std::string value;             // As --set takes it; empty if there is none.
  std::optional<Effect> effect;  // None: such a machine cannot do it.
  std::string why_not{};
};

struct WhatIf {
  std::string key;     // As --set takes it.
  std::string before;  // In the unit of the changes.
  bool is_price;
  Change halved;
  Change doubled;

  [[nodiscard]] double strength() const;  // The largest factor on energy or time, at least 1.
};

// Of a systole.result/1 document of `run`; strongest first. Number formats count as numbers: halved
// is the next narrower one. Empty if it was interrupted. Throws UserError.
[[nodiscard]] std::vector<WhatIf> what_if(const nlohmann::ordered_json& result,
                                          std::size_t workers);

}  // namespace systole
