// SPDX-License-Identifier: Apache-2.0
// A comparison as a systole.compare/1 document. Energies are joules per unit of work.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "report/compare_table.hpp"

namespace systole {

[[nodiscard]] nlohmann::ordered_json compare_json(const Compared& compared);

}  // namespace systole
