// SPDX-License-Identifier: Apache-2.0
#include "workload/json_text.hpp"

#include <algorithm>
#include <utility>

namespace systole {
namespace {

// What is shown of a hostile file is plain ASCII, one column a byte, and not too long.
std::string printable(std::string_view line) {
  constexpr std::size_t kShown = 160;
  std::string shown{line.substr(0, kShown)};
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

// Behind the closing quote of the string that starts at `begin`; the text is known to be JSON.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
  std::size_t i = begin + 1;
  while (text[i] != '"') {
    i += text[i] == '\\' ? 2 : 1;
  }
  return i + 1;
}

}  // namespace

JsonText::JsonText(std::string text, std::string file)
    : text_(std::move(text)), file_(std::move(file)) {
  try {
    object_ = nlohmann::json::parse(text_);
  } catch (const nlohmann::json::parse_error& e) {
    const std::size_t offset = e.byte == 0 ? 0 : e.byte - 1;
    throw UserError({at(std::min(offset, text_.size()), 1, "this is not JSON")});
  }
  if (!object_.is_object()) {
    throw UserError({at(0, 1, "expected one JSON object, as in a Hugging Face config.json")});
  }
  locate_keys();
  if (!repeated_.empty()) {
    throw UserError(repeated_);
  }
}

Diagnostic JsonText::at(std::size_t offset, std::size_t width, std::string message) const {
  const std::string_view before{text_.data(), offset};
  const std::size_t newline = before.rfind('\n');
  const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
  const std::string_view line{text_.data() + begin,
                              std::min(text_.find('\n', begin), text_.size()) - begin};
  Diagnostic diagnostic{};
  diagnostic.message = std::move(message);
  diagnostic.at = {
      .file = file_,
      .line = static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n')),
      .column = static_cast<std::uint32_t>(offset - begin + 1)};
  diagnostic.source = printable(line);
  diagnostic.width = static_cast<std::uint32_t>(std::min<std::size_t>(width, 60));
  return diagnostic;
}

Diagnostic JsonText::mistake(const std::string& key, std::string message) const {
  const auto found = keys_.find(key);
  if (found != keys_.end()) {
    return at(found->second.begin, found->second.end - found->second.begin, std::move(message));
  }
  Diagnostic diagnostic{};
  diagnostic.message = std::move(message);
  diagnostic.at.file = file_;
  return diagnostic;
}

// One walk over text that is known to be a JSON object: at depth 1 every string before a ':' is a
// key, and its value runs to the next ',' or '}' at that depth.
void JsonText::locate_keys() {
  constexpr std::string_view kSpace = " \t\r\n";
  std::size_t depth = 0;
  std::size_t i = 0;
  Span* open = nullptr;
  while (i < text_.size()) {
    const char c = text_[i];
    if (depth == 1 && (c == ',' || c == '}') && open != nullptr) {
      open->end = text_.find_last_not_of(kSpace, i - 1) + 1;
      open = nullptr;
    }
    if (c == '"') {
      const std::size_t end = end_of_string(text_, i);
      const std::size_t colon = text_.find_first_not_of(kSpace, end);
      if (open == nullptr && text_[colon] == ':') {
        const std::string key = text_.substr(i + 1, end - i - 2);
        const std::size_t value = text_.find_first_not_of(kSpace, colon + 1);
        const auto [entry, is_new] = keys_.insert({key, {value, value}});
        if (!is_new) {
          repeated_.push_back(
              at(i, end - i, fmt::format("key '{}' is given twice", printable(key))));
        }
        open = &entry->second;
        i = value;
        continue;
      }
      i = end;
      continue;
    }
    depth += c == '{' || c == '[' ? 1 : 0;
    depth -= c == '}' || c == ']' ? 1 : 0;
    ++i;
  }
}

}  // namespace systole
