// SPDX-License-Identifier: Apache-2.0
// Completion for fish: one `complete` line for each option and operand.
#include <fmt/ranges.h>

#include "cli/vocabulary.hpp"

namespace systole {
namespace {

// One word of fish: inside '...' a backslash guards itself and the quotation mark.
std::string fish_word(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  }
  return out + "'";
}

// The arguments of `complete` that say what comes.
std::string offer(Holds holds, const std::vector<std::string>& choices) {
  if (!choices.empty()) {
    return "-x -a " + fish_word(fmt::format("{}", fmt::join(choices, " ")));
  }
  switch (holds) {
    case Holds::word: return "-x";
    case Holds::file: return "-r -F";
    case Holds::folder: return "-x -a '(__fish_complete_directories)'";
    case Holds::yaml: return "-x -k -a '(__fish_complete_suffix .yaml)'";
    case Holds::json: return "-x -k -a '(__fish_complete_suffix .json)'";
    case Holds::setting: return "-x -a '(__systole_settings)'";
    case Holds::command: return "-x -a '(__systole_commands)'";
    case Holds::topic: return "-x -a '(__systole_topics)'";
    case Holds::preset: return "-x -a '(__systole_presets)'";
  }
  return "-x";
}

std::string option_line(const Command& command, const Option& option) {
  std::string out =
      fmt::format("complete -c systole -n '__systole_is {}' -l {}", command.name, option.name);
  out += option.letter == 0 ? "" : fmt::format(" -s {}", option.letter);
  out += option.value.empty() ? "" : " " + offer(option.holds, option.choices);
  return out + " -d " + fish_word(option.help) + "\n";
}

std::string operand_line(const Command& command, std::size_t number, const Positional& operand) {
  return fmt::format("complete -c systole -n '__systole_is {} {}{}' {}\n", command.name, number,
                     operand.repeats ? " more" : "", offer(operand.holds, operand.choices));
}

// Which words take a value, so that what follows them is no operand.
std::string value_options(const Vocabulary& words) {
  std::string out =
      "function __systole_takes_value\n    switch \"$argv[1] $argv[2]\"\n        case";
  for (const Command& command : words.commands) {
    for (const Option& option : command.options) {
      if (!option.value.empty()) {
        out += fmt::format(" '{} --{}'", command.name, option.name);
        out += option.letter == 0 ? "" : fmt::format(" '{} -{}'", command.name, option.letter);
      }
    }
  }
  return out + "\n            return 0\n    end\n    return 1\nend\n\n";
}

std::string settings_function(const Vocabulary& words) {
  std::string out =
      "# KEY=VALUE: keys first, then what the key takes.\nfunction __systole_settings\n"
      "    set -l token (string replace -r '^--set=' '' -- (commandline -ct))\n"
      "    switch $token\n";
  for (const SettingKey& key : words.keys) {
    if (!key.choices.empty() || key.is_path) {
      out += fmt::format("        case {0}\n            printf '{1}=%s\\n' {2}\n",
                         fish_word(key.key + "=*"), key.key,
                         key.is_path
                             ? "(__fish_complete_path (string replace -r '^[^=]*=' '' -- $token))"
                             : fmt::format("{}", fmt::join(key.choices, " ")));
    }
  }
  out += "        case '*=*'\n        case '*'\n            printf '%s=\\t%s\\n'";
  for (const SettingKey& key : words.keys) {
    out += " \\\n                " + key.key + " " + fish_word(key.doc);
  }
  return out + "\n    end\nend\n\n";
}

std::string list_functions(const Vocabulary& words) {
  std::string out = "function __systole_commands\n    printf '%s\\t%s\\n'";
  for (const Command& command : words.commands) {
    out += " \\\n        " + command.name + " " + fish_word(command.summary);
  }
  out += "\nend\n\nfunction __systole_topics\n    printf '%s\\n' " +
         fmt::format("{}", fmt::join(words.topics, " ")) +
         "\nend\n\nfunction __systole_presets\n    switch (__systole_operands)[1]\n";
  for (const auto& [kind, names] : words.presets) {
    if (!names.empty()) {
      out += fmt::format("        case {}\n            printf '%s\\n' {}\n", kind,
                         fmt::join(names, " "));
    }
  }
  return out + "    end\nend\n\n";
}

constexpr std::string_view kLogic =
    R"fish(# The operands that stand before the cursor's word, command aside.
function __systole_operands
    set -l words (commandline -opc)
    set -l command $words[2]
    set -l is_value 0
    for word in $words[3..-1]
        if test $is_value = 1
            set is_value 0
        else if string match -q -- '-*' $word
            __systole_takes_value $command $word; and set is_value 1
        else
            echo $word
        end
    end
end

# Is this the command (and the cursor at its n-th operand, or behind it if `more` may come)?
function __systole_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]; or return 1
    test (count $argv) = 1; and return 0
    set -l number (math 1 + (count (__systole_operands)))
    test $number = $argv[2]; and return 0
    test (count $argv) = 3; and test $number -gt $argv[2]
end

function __systole_is_first
    test (count (commandline -opc)) = 1
end

complete -c systole -f
complete -c systole -n __systole_is_first -a '(__systole_commands)'
complete -c systole -n __systole_is_first -l version -d 'the version'
complete -c systole -s h -l help -d 'a summary'
)fish";

}  // namespace

std::string fish_completion(const Vocabulary& words) {
  std::string out =
      "# SPDX-License-Identifier: Apache-2.0\n"
      "# fish completion of systole; written by `systole completion fish`.\n\n" +
      value_options(words) + settings_function(words) + list_functions(words) + std::string(kLogic);
  for (const Command& command : words.commands) {
    for (std::size_t i = 0; i < command.operands.size(); ++i) {
      out += operand_line(command, i + 1, command.operands[i]);
    }
    for (const Option& option : command.options) {
      out += option_line(command, option);
    }
  }
  return out;
}

}  // namespace systole
