// SPDX-License-Identifier: Apache-2.0
// What kind of file a file is, from the keys at its top: no file says so itself.
#pragma once

#include <string>

#include "config/document.hpp"

namespace systole {

// The kind whose table knows most of the keys at the top of the file and of those it extends.
// Throws UserError where the text is broken, no kind knows any key, or two know as many.
[[nodiscard]] FileKind kind_of(const std::string& file);

}  // namespace systole
