// SPDX-License-Identifier: Apache-2.0
// Any bytes are either a trace or a UserError; a trace that was read is written and read back as
// the same text.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "trace/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string text;
  try {
    text = systole::write(systole::parse_trace(input, "input.trace"));
  } catch (const systole::UserError&) {
    return 0;
  }
  const std::string again = systole::write(systole::parse_trace(text, "written.trace"));
  systole::check(again == text, "a written trace reads back as another one");
  return 0;
}
