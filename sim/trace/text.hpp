// SPDX-License-Identifier: Apache-2.0
// The trace's file form: text, one operation a line, `systole.trace/1` on the first line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trace/trace.hpp"

namespace systole {

// Canonical text: the same trace gives the same bytes, and parse(write(t)) == t.
[[nodiscard]] std::string write(const Trace& trace);

// Throws UserError with every mistake, each with line and column in `file`.
[[nodiscard]] Trace parse_trace(std::string_view text, const std::string& file);

// Reads and parses a file, with a limit on its size.
[[nodiscard]] Trace read_trace(const std::string& file);

}  // namespace systole
