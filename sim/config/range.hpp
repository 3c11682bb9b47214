// SPDX-License-Identifier: Apache-2.0
// Values of a key that are given by their ends: {from: 1, to: 1024, scale: powers_of_two}.
#pragma once

#include <string>
#include <vector>

#include "config/document_impl.hpp"

namespace systole {

// In the unit of `from`, as --set would take them; none after a mistake.
[[nodiscard]] std::vector<std::string> range_values(const Row& row, const Node& node,
                                                    std::vector<Diagnostic>& mistakes);

}  // namespace systole
