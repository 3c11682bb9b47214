// SPDX-License-Identifier: Apache-2.0
#include "config/settings.hpp"

#include <algorithm>
#include <array>

namespace systole {
namespace {

// A run file names these, some through another.
constexpr std::array kNamed{FileKind::pod, FileKind::chip, FileKind::memory,
                            FileKind::energy_model};

// The kind whose name stands before the first dot; the run has none.
FileKind kind_of(std::string_view key) {
  const std::string_view first = key.substr(0, key.find('.'));
  for (const FileKind kind : kNamed) {
    if (first == name(kind) && first.size() < key.size()) {
      return kind;
    }
  }
  return FileKind::run;
}

std::string_view without(FileKind kind, std::string_view key) {
  return kind == FileKind::run ? key : key.substr(name(kind).size() + 1);
}

bool is_single(const Row& row) { return row.type != Type::section; }

}  // namespace

std::string Setting::key() const {
  return kind == FileKind::run ? row->key : join(name(kind), row->key);
}

std::optional<Setting> find_setting(std::string_view key) {
  const FileKind kind = kind_of(key);
  const Row* row = find_row(kind, without(kind, key));
  return row != nullptr && is_single(*row) ? std::optional(Setting{kind, row}) : std::nullopt;
}

std::vector<Setting> settings() {
  std::vector<Setting> out;
  const auto add = [&](FileKind kind) {
    for (const Row& row : rows(kind)) {
      if (is_single(row)) {
        out.push_back({kind, &row});
      }
    }
  };
  add(FileKind::run);
  std::ranges::for_each(kNamed, add);
  return out;
}

std::vector<Override> overrides_of(FileKind kind, const std::vector<Override>& overrides) {
  std::vector<Override> out;
  for (const Override& set : overrides) {
    if (kind_of(set.key) == kind) {
      out.push_back(
          {.key = std::string(without(kind, set.key)), .value = set.value, .given = set.key});
    }
  }
  return out;
}

}  // namespace systole
