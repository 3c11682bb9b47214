// SPDX-License-Identifier: Apache-2.0
// A copy of a file that means the same in another folder: its comments and values stay, its paths
// are written anew.
#pragma once

#include <functional>
#include <string>

#include "config/document.hpp"

namespace systole {

// The text of `file` with each path in it replaced by what `rewrite` makes of the file that it
// names (as this program would open it), `extends:` included. Throws UserError.
[[nodiscard]] std::string relocated(FileKind kind, const std::string& file,
                                    const std::function<std::string(const std::string&)>& rewrite);

}  // namespace systole
