// SPDX-License-Identifier: Apache-2.0
// Values of configuration files as people read them; what config_yaml() writes loads again.
#pragma once

#include <string>
#include <vector>

#include "config/difference.hpp"

namespace systole {

// YAML, with `# file:line` behind each value if origins are wanted.
[[nodiscard]] std::string config_yaml(const std::vector<ListedValue>& settings, bool with_origins);

// Both values of each key that differs, each with its origin; `a` and `b` name the files.
[[nodiscard]] std::string config_difference(const std::vector<Difference>& differences,
                                            const std::string& a, const std::string& b);

}  // namespace systole
