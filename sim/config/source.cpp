// SPDX-License-Identifier: Apache-2.0
#include "config/source.hpp"

#include <algorithm>

namespace systole {
namespace {

constexpr std::size_t kLongestLine = 200;  // A longer one is shown up to here.
constexpr std::size_t kMostBytesShown = 4 * (kLongestLine + 1);  // A character has at most four.

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) {
      return 0;
    }
  }
  // Overlong forms, surrogates, and what lies beyond Unicode.
  const unsigned char second = byte(1);
  const bool bad = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                   (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
  return bad ? 0 : length;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

// One column for each character, whatever the bytes are.
std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  std::size_t count = 0;
  while (!text.empty()) {
    if (count == limit) {
      return out + "...";
    }
    const std::size_t length = sequence_length(text);
    if (length == 0 || is_control(text[0])) {
      out += '?';
    } else if (text[0] == '\t' || text[0] == '\n' || text[0] == '\r') {
      out += ' ';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(1, length));
    ++count;
  }
  return out;
}

}  // namespace

Source::Source(std::string name, std::string text, Kind kind)
    : name_(std::move(name)), text_(std::move(text)), kind_(kind), starts_{0} {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') {
      starts_.push_back(i + 1);
    }
  }
}

std::string_view Source::line(std::uint32_t number) const {
  if (number == 0 || number > starts_.size()) {
    return {};
  }
  const std::size_t begin = starts_[number - 1];
  const std::size_t end = number < starts_.size() ? starts_[number] - 1 : text_.size();
  std::string_view out = std::string_view(text_).substr(begin, end - begin);
  if (out.ends_with('\r')) {
    out.remove_suffix(1);
  }
  return out;
}

std::uint32_t Source::column(std::uint32_t number, std::size_t bytes) const {
  return static_cast<std::uint32_t>(characters(line(number).substr(0, bytes))) + 1;
}

Diagnostic diagnose(const Span& at, std::string message, std::string label,
                    std::vector<std::string> notes) {
  Diagnostic out{.message = std::move(message),
                 .at = {},
                 .source = {},
                 .width = 1,
                 .label = std::move(label),
                 .notes = std::move(notes),
                 .also = {}};
  if (at.source == nullptr) {
    return out;
  }
  out.at.file = at.source->name();
  if (at.source->kind() == Source::Kind::fragment || at.line == 0) {
    return out;
  }
  out.at.line = at.line;
  out.at.column = std::max(1U, at.column);
  const std::string_view line = at.source->line(at.line);
  const std::size_t length = characters(line.substr(0, kMostBytesShown));
  if (at.column <= kLongestLine && at.column <= length) {
    out.source = printable(line, kLongestLine);
    const auto room =
        static_cast<std::uint32_t>(std::min(length, kLongestLine) + 1 - out.at.column);
    out.width = std::clamp(at.width, 1U, std::max(1U, room));
  } else if (at.column == length + 1 && length < kLongestLine) {
    out.source = printable(line, kLongestLine);  // Just behind the end: something is missing there.
  }
  return out;
}

std::string place(const Span& at) {
  if (at.source == nullptr) {
    return {};
  }
  if (at.source->kind() == Source::Kind::fragment || at.line == 0) {
    return at.source->name();
  }
  return fmt::format("{}:{}:{}", at.source->name(), at.line, at.column);
}

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  return printable(text, kLongest);
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(std::max<std::size_t>(1, sequence_length(text)));
    ++count;
  }
  return count;
}

std::size_t first_bad_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_length(text.substr(at));
    if (length == 0 || is_control(text[at])) {
      return at;
    }
    at += length;
  }
  return std::string_view::npos;
}

}  // namespace systole
