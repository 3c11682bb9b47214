// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <fstream>
#include <system_error>

#include "trace/text.hpp"

namespace systole {

SourcedTrace read_sourced_trace(const std::string& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  // One byte more than allowed: enough for the parser to refuse, also where a file has no end.
  std::string text(kTraceBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad() || (in.fail() && !in.eof())) {
    fail("cannot read the trace {}: {}", file, std::generic_category().message(errno));
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_sourced_trace(text, file);
}

Trace read_trace(const std::string& file) { return read_sourced_trace(file).trace; }

}  // namespace systole
