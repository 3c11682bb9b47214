// SPDX-License-Identifier: Apache-2.0
// All words that a command line can hold, for the shells' completion: from the command table, the
// tables of keys and the files that come with the program.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/command.hpp"

namespace systole {

// A key after --set. Keys of the files that a run names have the kind of file in front:
// "chip.matrix_unit.rows".
struct SettingKey {
  std::string key;
  std::string doc;                   // One sentence.
  std::vector<std::string> choices;  // Empty: any text.
  bool is_path;
};

struct Vocabulary {
  std::vector<Command> commands;
  std::vector<SettingKey> keys;
  std::vector<std::string> topics;                                          // Of `systole help`.
  std::vector<std::pair<std::string, std::vector<std::string>>> presets{};  // By kind.
};

[[nodiscard]] Vocabulary vocabulary();

// The scripts that shells read.
[[nodiscard]] std::string bash_completion(const Vocabulary& words);
[[nodiscard]] std::string zsh_completion(const Vocabulary& words);
[[nodiscard]] std::string fish_completion(const Vocabulary& words);

// One word of bash or zsh: 'it'\''s'.
[[nodiscard]] std::string shell_word(std::string_view text);

}  // namespace systole
