// SPDX-License-Identifier: Apache-2.0
// "Did you mean ...?": the nearest of the words that would have been right.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace systole {

// Fewest insertions, deletions, substitutions and swaps of neighbours that make one into the other.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The nearest candidate, the first of equals; none if nothing is within a third of the word, or if
// the word is so short that everything is near. Upper and lower case count as equal.
[[nodiscard]] std::optional<std::string> suggest(std::string_view word,
                                                 const std::vector<std::string>& candidates);

}  // namespace systole
