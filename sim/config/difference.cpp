// SPDX-License-Identifier: Apache-2.0
#include "config/difference.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "config/document_impl.hpp"
#include "config/files.hpp"

namespace systole {
namespace {

using Sides = std::map<std::string, Difference::Side>;

// A measured number as one side for each of its parts; `keys` keeps the order.
Sides sides_of(const std::vector<ListedValue>& settings, std::vector<std::string>& keys) {
  Sides out;
  const auto add = [&](const std::string& key, std::string text, const std::string& origin) {
    if (out.emplace(key, Difference::Side{.text = std::move(text), .origin = origin}).second &&
        std::ranges::find(keys, key) == keys.end()) {
      keys.push_back(key);
    }
  };
  for (const ListedValue& setting : settings) {
    for (const auto& [part, text] : setting.parts) {
      add(setting.key() + "." + part, text, setting.origin);
    }
    if (setting.parts.empty()) {
      add(setting.key(),
          setting.items.empty() ? setting.text
                                : fmt::format("[{}]", fmt::join(setting.items, ", ")),
          setting.origin);
    }
  }
  return out;
}

// The keys under which a path stands whose file is compared by content.
std::vector<std::string> path_keys(const std::vector<ListedValue>& settings) {
  std::vector<std::string> out;
  for (const ListedValue& setting : settings) {
    if (setting.row->type == Type::path) {
      out.push_back(setting.key());
    }
  }
  return out;
}

// What yaml_text() made of a path, undone.
std::string unquoted(std::string_view text) {
  if (!text.starts_with('"')) {
    return std::string(text);
  }
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    i += text[i] == '\\' ? 1 : 0;
    out += text[i];
  }
  return out;
}

bool same_content(const std::string& a, const std::string& b) {
  return read_text(unquoted(a), kMostBytes) == read_text(unquoted(b), kMostBytes);
}

}  // namespace

std::vector<Difference> difference(const std::vector<ListedValue>& a,
                                   const std::vector<ListedValue>& b) {
  std::vector<std::string> keys;
  const Sides left = sides_of(a, keys);
  const Sides right = sides_of(b, keys);
  const std::vector<std::string> paths = path_keys(a);
  std::vector<Difference> out;
  for (const std::string& key : keys) {
    const auto l = left.find(key);
    const auto r = right.find(key);
    const bool both = l != left.end() && r != right.end();
    if (both &&
        (l->second.text == r->second.text || (std::ranges::find(paths, key) != paths.end() &&
                                              same_content(l->second.text, r->second.text)))) {
      continue;
    }
    out.push_back({.key = key,
                   .a = l == left.end() ? Difference::Side{} : l->second,
                   .b = r == right.end() ? Difference::Side{} : r->second});
  }
  return out;
}

}  // namespace systole
