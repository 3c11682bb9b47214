// SPDX-License-Identifier: Apache-2.0
// A text that was read, and places in it.
//
// Columns count characters, not bytes, so that carets stand under what they mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace systole {

class Source {
 public:
  enum class Kind : std::uint8_t {
    file,
    fragment  // --set, or a document from elsewhere: places in it are not shown.
  };

  // `name` is the path as the user typed it; for a fragment, what stands behind the arrow.
  Source(std::string name, std::string text, Kind kind = Kind::file);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] std::size_t lines() const { return starts_.size(); }
  [[nodiscard]] std::string_view line(std::uint32_t number) const;  // From 1; no line end.

  // Of the first byte of a line in the text.
  [[nodiscard]] std::size_t offset(std::uint32_t number) const { return starts_.at(number - 1); }

  // From a count of bytes before a place in its line to a column.
  [[nodiscard]] std::uint32_t column(std::uint32_t line, std::size_t bytes) const;

 private:
  std::string name_;
  std::string text_;
  Kind kind_;
  std::vector<std::size_t> starts_;
};

// A stretch of one line. Line 0 means the source as a whole.
struct Span {
  const Source* source = nullptr;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t width = 1;
};

[[nodiscard]] Diagnostic diagnose(const Span& at, std::string message, std::string label = {},
                                  std::vector<std::string> notes = {});

// "chip.yaml:9:3".
[[nodiscard]] std::string place(const Span& at);

// The user's own words inside a message: cut when long, with nothing unprintable.
[[nodiscard]] std::string shown(std::string_view text);

// Characters (code points) of UTF-8 text.
[[nodiscard]] std::size_t characters(std::string_view text);

// First byte that is not UTF-8 or is a control character other than line end and tab; npos if none.
[[nodiscard]] std::size_t first_bad_byte(std::string_view text);

}  // namespace systole
