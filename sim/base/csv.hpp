// SPDX-License-Identifier: Apache-2.0
// One line of a CSV file into its fields (RFC 4180, by libcsv); a field does not span lines.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace systole {

// None if a quote is not closed or stands inside an unquoted field.
[[nodiscard]] std::optional<std::vector<std::string>> csv_fields(std::string_view line);

}  // namespace systole
