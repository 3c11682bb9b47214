// SPDX-License-Identifier: Apache-2.0
// A result for a person: the verdict first, then what would help. Plain ASCII, 100 columns.
#pragma once

#include <string>

#include "study/result.hpp"

namespace systole {

// A pure function of the result; ends with a newline.
[[nodiscard]] std::string console(const Result& result);

}  // namespace systole
