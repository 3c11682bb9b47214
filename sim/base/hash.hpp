// SPDX-License-Identifier: Apache-2.0
// Names for content: equal bytes, equal hash. Not for secrets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace systole {

// XXH3-128 in its canonical order, 32 lower-case hexadecimal digits.
[[nodiscard]] std::string content_hash(std::string_view content);

// XXH3-64.
[[nodiscard]] std::uint64_t content_number(std::string_view content);

}  // namespace systole
