// SPDX-License-Identifier: Apache-2.0
#include "cli/vocabulary.hpp"

#include <algorithm>
#include <array>

#include "cli/commands.hpp"
#include "cli/data_files.hpp"
#include "config/settings.hpp"
#include "study/catalogue.hpp"

namespace systole {
namespace {

std::string first_sentence(const std::string& text) {
  const std::size_t end = text.find(". ");
  std::string out = text.substr(0, end);
  if (end == std::string::npos && out.ends_with('.')) {
    out.pop_back();
  }
  return out;
}

std::vector<SettingKey> setting_keys() {
  std::vector<SettingKey> out;
  for (const Setting& setting : settings()) {
    const Row& row = *setting.row;
    out.push_back({.key = setting.key(),
                   .doc = first_sentence(row.doc),
                   .choices = row.choices,
                   .is_path = row.type == Type::path});
  }
  return out;
}

std::vector<std::string> help_topics(const std::vector<Command>& commands) {
  std::vector<std::string> out{"all"};
  std::ranges::transform(commands, std::back_inserter(out), &Command::name);
  for (const FileKind kind : kFileKinds) {
    out.emplace_back(name(kind));
    for (const Row& row : rows(kind)) {
      out.push_back(join(name(kind), row.key));
    }
  }
  std::ranges::sort(out);                                     // `run` is a command and a kind.
  out.erase(std::unique(out.begin(), out.end()), out.end());  // Clang 14 refuses ranges::unique.
  return out;
}

}  // namespace

Vocabulary vocabulary() {
  Vocabulary out{.commands = commands(), .keys = setting_keys(), .topics = {}};
  out.topics = help_topics(out.commands);
  for (const Shelf& shelf : kShelves) {
    std::vector<std::string> names;
    std::ranges::transform(presets(data_folder(shelf.folder)), std::back_inserter(names),
                           &Preset::name);
    out.presets.emplace_back(shelf.kind, std::move(names));
  }
  return out;
}

std::string shell_word(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return out + "'";
}

}  // namespace systole
