// SPDX-License-Identifier: Apache-2.0
// `systole list`: shipped files with the numbers by which one tells them apart.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "study/catalogue.hpp"

namespace systole {

[[nodiscard]] std::string catalogue_table(const Shelf& shelf, const std::string& folder,
                                          const std::vector<Preset>& presets);

// `systole.list/1`.
[[nodiscard]] nlohmann::ordered_json catalogue_json(const Shelf& shelf,
                                                    const std::vector<Preset>& presets);

}  // namespace systole
