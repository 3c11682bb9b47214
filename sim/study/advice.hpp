// SPDX-License-Identifier: Apache-2.0
// What would help most: each answer is computed for this very result, either by pricing its ledger
// again or by a closed form that says what it holds fixed.
#pragma once

#include <vector>

#include "ledger/energy_model.hpp"
#include "study/result.hpp"

namespace systole {

// Largest saving first; changes that save nothing are left out.
[[nodiscard]] std::vector<Advice> advise(const Result& result, const EnergyModel& model);

}  // namespace systole
