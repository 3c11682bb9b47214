// SPDX-License-Identifier: Apache-2.0
// Numbers for people: SI prefixes and a fixed number of digits, decided in this one place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace systole {

// Three significant digits with an SI prefix: si(0.00132, "J") is "1.32 mJ". Below 1e-15 and for
// zero without one: "0 J".
[[nodiscard]] std::string si(double value, std::string_view unit);

// The same with a noun behind: "8.62 k tokens/s", "135 tokens/s".
[[nodiscard]] std::string si_of(double value, std::string_view noun);

// One decimal: percent(0.125) is "12.5%".
[[nodiscard]] std::string percent(double share);

// A change, always with its sign: "+66.0 mJ", "-2.04%" (three digits), "0 J".
[[nodiscard]] std::string signed_si(double value, std::string_view unit);
[[nodiscard]] std::string signed_percent(double share);

// A bar of up to `width` characters; a share that is not zero but too small for one has none.
[[nodiscard]] std::string bar(double share, std::size_t width);

// `text` cut at words into lines of `width` characters, each after `indent` spaces but the first,
// which stands behind `head` (at most `indent` characters). Ends with a newline.
[[nodiscard]] std::string paragraph(std::string_view head, std::string_view text,
                                    std::size_t indent, std::size_t width);

}  // namespace systole
