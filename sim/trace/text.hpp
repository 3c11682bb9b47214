// SPDX-License-Identifier: Apache-2.0
// The trace's file form: text, one operation a line, `systole.trace/1` on the first line.
//
// sim/trace/README.md has the grammar with an example. A trace that verify() accepts goes through
// the text unchanged.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "trace/source.hpp"
#include "trace/trace.hpp"

namespace systole {

inline constexpr std::string_view kTraceFormat = "systole.trace/1";  // The first line.

// Hostile files end in an error at once.
inline constexpr std::size_t kTraceBytes = std::size_t{16} << 20;
inline constexpr std::size_t kTraceLineBytes = std::size_t{64} << 10;
inline constexpr std::size_t kTraceOperations = 1'000'000;

// Canonical text: the same trace gives the same bytes, and parse(write(t)) == t.
[[nodiscard]] std::string write(const Trace& trace);

// Throws UserError with every mistake, each with line and column in `file`.
[[nodiscard]] Trace parse_trace(std::string_view text, const std::string& file);

// Reads and parses a file, with a limit on its size.
[[nodiscard]] Trace read_trace(const std::string& file);

// The same, with the text and its lines, so that verify() can point at them.
struct SourcedTrace {
  Trace trace;
  TraceSource source;
};
[[nodiscard]] SourcedTrace parse_sourced_trace(std::string_view text, const std::string& file);
[[nodiscard]] SourcedTrace read_sourced_trace(const std::string& file);

}  // namespace systole
