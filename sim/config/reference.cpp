// SPDX-License-Identifier: Apache-2.0
#include "config/reference.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "config/source.hpp"
#include "config/table.hpp"

namespace systole {
namespace {

constexpr std::size_t kWidth = 80;

// Words in lines of at most kWidth columns, each line behind `indent` spaces.
std::string wrap(std::string_view text, std::size_t indent) {
  const std::string margin(indent, ' ');
  std::string out;
  std::string line = margin;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (line.size() > indent && line.size() + 1 + word.size() > kWidth) {
      out += line + "\n";
      line = margin;
    }
    line += line.size() > indent ? " " : "";
    line += word;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out + line + "\n";
}

std::string presence(const Row& row) {
  if (!row.fallback.empty()) {
    return fmt::format("default {}", row.fallback);
  }
  return row.required ? "must be given" : "optional";
}

std::string list(FileKind kind, std::string_view section) {
  std::size_t width = 0;
  const std::vector<const Row*> here = rows_in(kind, section);
  for (const Row* row : here) {
    width = std::max(width, row->leaf().size());
  }
  std::string out;
  for (const Row* row : here) {
    const std::string what = fmt::format("{}; {}", describe(*row), presence(*row));
    out += fmt::format("  {:<{}}  {}\n", row->leaf(), width, what);
  }
  return out;
}

std::string one(FileKind kind, const Row& row) {
  std::string out = fmt::format("{}  ({} file)\n{}", row.key, name(kind), wrap(row.doc, 2));
  if (row.type == Type::section) {
    return out + wrap(presence(row) + "; keys:", 2) + list(kind, row.key);
  }
  out += wrap(fmt::format("{}; {}", describe(row), presence(row)), 2);
  if (row.dimension != Dimension::none) {
    std::vector<std::string> symbols;
    for (const Unit& unit : units(row.dimension)) {
      symbols.push_back(unit.symbol);
    }
    out += wrap(fmt::format("units: {}", fmt::join(symbols, " ")), 2);
  }
  return out + fmt::format("  example: {}: {}\n", row.leaf(), row.example);
}

bool ends_with_key(std::string_view full, std::string_view end) {
  return full == end || (full.size() > end.size() && full.ends_with(end) &&
                         full[full.size() - end.size() - 1] == '.');
}

using Found = std::vector<std::pair<FileKind, const Row*>>;

template <class Matches>
Found find(Matches matches) {
  Found out;
  for (const FileKind kind : kFileKinds) {
    for (const Row& row : rows(kind)) {
      if (matches(kind, row)) {
        out.emplace_back(kind, &row);
      }
    }
  }
  return out;
}

Found find_key(std::string_view key) {
  Found found = find([&](FileKind kind, const Row& row) {
    return row.key == key || join(name(kind), row.key) == key;
  });
  if (found.empty()) {
    found = find([&](FileKind, const Row& row) { return ends_with_key(row.key, key); });
  }
  return found;
}

[[noreturn]] void unknown(std::string_view key) {
  std::vector<std::string> candidates;
  for (const FileKind kind : kFileKinds) {
    candidates.emplace_back(name(kind));
    for (const Row& row : rows(kind)) {
      candidates.push_back(row.key);
      candidates.emplace_back(row.leaf());
    }
  }
  const auto near = suggest(key, candidates);
  fail("no file has a key '{}'{}", shown(key),
       near ? fmt::format("; did you mean '{}'?", *near)
            : "; kinds of files are chip, pod, run, sweep, energy_model, memory and baseline");
}

}  // namespace

std::string help_text(std::string_view key) {
  std::string out;
  if (const auto kind = file_kind(key)) {
    out = fmt::format("{} file\n", key) + list(*kind, "");
  }
  for (const auto& [kind, row] : find_key(key)) {
    out += (out.empty() ? "" : "\n") + one(kind, *row);
  }
  if (out.empty()) {
    unknown(key);
  }
  return out;
}

std::string help_of_all_keys() {
  std::string out;
  for (const FileKind kind : kFileKinds) {
    const std::string title = fmt::format("{} file", name(kind));
    out +=
        fmt::format("{}{}\n{}\n", out.empty() ? "" : "\n", title, std::string(title.size(), '='));
    for (const Row& row : rows(kind)) {
      out += "\n" + one(kind, row);
    }
  }
  return out;
}

}  // namespace systole
