// SPDX-License-Identifier: Apache-2.0
#include "trace/source.hpp"

#include <algorithm>

namespace systole {
namespace {

constexpr std::size_t kShownColumns = 400;  // Of a line, under a mistake.
constexpr std::size_t kQuoted = 64;
constexpr std::size_t kNameLength = 64;
constexpr std::size_t kHashLength = 128;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '\t') {
      c = ' ';
    } else if (c < ' ' || c > '~') {
      c = '?';
    }
  }
  return out;
}

bool consists_of(std::string_view text, std::size_t longest, std::string_view extra) {
  const auto allowed = [extra](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           extra.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

Word Word::part(std::size_t offset, std::size_t length) const {
  return {text.substr(offset, length), line, column + static_cast<std::uint32_t>(offset)};
}

SourceText::SourceText(std::string_view text, std::string file)
    : text_(text), file_(std::move(file)) {
  for (std::size_t start = 0; start < text_.size();) {
    starts_.push_back(start);
    const std::size_t newline = text_.find('\n', start);
    start = newline == std::string::npos ? text_.size() : newline + 1;
  }
}

std::string_view SourceText::line(std::uint32_t number) const {
  const std::size_t start = starts_.at(number - 1);
  const std::size_t end = number < starts_.size() ? starts_[number] : text_.size();
  std::string_view line = std::string_view(text_).substr(start, end - start);
  if (line.ends_with('\n')) {
    line.remove_suffix(1);
  }
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

void SourceText::words(std::uint32_t number, std::vector<Word>& out) const {
  out.clear();
  std::string_view text = line(number);
  text = text.substr(0, text.find('#'));
  for (std::size_t i = 0; i < text.size();) {
    if (is_blank(text[i])) {
      ++i;
      continue;
    }
    const std::size_t end = std::min(text.find_first_of(" \t", i), text.size());
    out.push_back({text.substr(i, end - i), number, static_cast<std::uint32_t>(i + 1)});
    i = end;
  }
}

Diagnostic SourceText::mistake(const Word& at, std::string message, std::string label) const {
  Diagnostic out;
  out.message = std::move(message);
  out.at = {file_, at.line, at.column};
  out.label = std::move(label);
  if (at.line != 0 && at.column <= kShownColumns) {
    std::string_view shown = line(at.line);
    const bool is_cut = shown.size() > kShownColumns;
    shown = shown.substr(0, kShownColumns);
    const std::size_t room = kShownColumns + 1 - at.column;
    out.source = printable(shown) + (is_cut ? " ..." : "");
    out.width = static_cast<std::uint32_t>(std::clamp<std::size_t>(at.text.size(), 1, room));
  }
  return out;
}

void Mistakes::throw_if_any() && {
  if (!found_.empty()) {
    throw UserError(std::move(found_));
  }
}

std::string quoted(std::string_view text) {
  const bool is_cut = text.size() > kQuoted;
  return "'" + printable(text.substr(0, kQuoted)) + (is_cut ? "...'" : "'");
}

bool is_name(std::string_view text) { return consists_of(text, kNameLength, "_-"); }

bool is_hash(std::string_view text) { return consists_of(text, kHashLength, "_-.:"); }

}  // namespace systole
