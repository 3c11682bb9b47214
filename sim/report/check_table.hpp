// SPDX-License-Identifier: Apache-2.0
// `systole check` on the console: what broke its budget and which ledger lines did it.
#pragma once

#include <string>

#include "study/check.hpp"

namespace systole {

[[nodiscard]] std::string check_table(const CheckEnd& end);

// What accepting the new values changes, against the record that stood there before.
[[nodiscard]] std::string update_table(const CheckEnd& end, const BaselineRecord& before);

}  // namespace systole
