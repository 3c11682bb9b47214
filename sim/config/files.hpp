// SPDX-License-Identifier: Apache-2.0
// Paths as the user typed them, and files of bounded size.
#pragma once

#include <optional>
#include <string>

#include "config/source.hpp"

namespace systole {

// A path that `source` gives, made relative to where the source stands. What --set gives stays
// relative to the working folder.
[[nodiscard]] std::string resolve(const Source& source, const std::string& path);

// Why a path cannot be read as a file, in words: "no such file"; none if it can.
[[nodiscard]] std::optional<std::string> why_unreadable(const std::string& path);

// The file of a similar name in the same folder.
[[nodiscard]] std::optional<std::string> similar_file(const std::string& path);

// Throws UserError if the file cannot be read or holds more than `most` bytes.
[[nodiscard]] std::string read_text(const std::string& path, std::size_t most);

// The same for every way to name one file.
[[nodiscard]] std::string identity(const std::string& path);

}  // namespace systole
