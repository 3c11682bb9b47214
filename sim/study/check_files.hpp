// SPDX-License-Identifier: Apache-2.0
// Is a file right, as far as can be told without simulating it?
#pragma once

#include <string>
#include <vector>

#include "config/document.hpp"

namespace systole {

// Every mistake of a file and of what it names. A run is lowered, too: then its degrees fit the
// pod and its data the memories. So is every point of a sweep; equal mistakes of points are one.
[[nodiscard]] std::vector<Diagnostic> mistakes_of(FileKind kind, const std::string& file);

}  // namespace systole
