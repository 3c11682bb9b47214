// SPDX-License-Identifier: Apache-2.0
// Two results side by side: what moved, how much of it is activity and how much price, and which
// ledger lines it comes from.
#pragma once

#include <string>
#include <vector>

#include "study/compare.hpp"

namespace systole {

// All that `systole compare` knows of two documents.
struct Compared {
  Comparison energy;
  std::vector<ValueChange> metrics;
  std::vector<ValueChange> inputs;

  [[nodiscard]] bool is_identical() const;  // Counts, prices, metrics and inputs.
};

[[nodiscard]] Compared compare_documents(const nlohmann::ordered_json& before,
                                         const nlohmann::ordered_json& after);

// `all`: no ledger line, group or input is folded into "others".
[[nodiscard]] std::string compare_table(const Compared& compared, bool all);

}  // namespace systole
