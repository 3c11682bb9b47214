// SPDX-License-Identifier: Apache-2.0
// Completion for bash, with or without the package bash-completion.
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/vocabulary.hpp"

namespace systole {
namespace {

// What _systole_offer() makes of it.
std::string what(Holds holds, const std::vector<std::string>& choices) {
  if (!choices.empty()) {
    return fmt::format("words {}", fmt::join(choices, " "));
  }
  switch (holds) {
    case Holds::word: return "none";
    case Holds::file: return "file";
    case Holds::folder: return "folder";
    case Holds::yaml: return "yaml";
    case Holds::json: return "json";
    case Holds::setting: return "setting";
    case Holds::command: return "command";
    case Holds::topic: return "topic";
    case Holds::preset: return "preset";
  }
  return "none";
}

std::string options_of(const Command& command) {
  std::string out = "--help";
  for (const Option& option : command.options) {
    out += " --" + option.name;
    out += option.letter == 0 ? "" : fmt::format(" -{}", option.letter);
  }
  return out;
}

// Lines of a `case "$command $place"`: a place is an option that takes a value, or the number of an
// operand.
std::string places_of(const Command& command) {
  std::string out;
  for (const Option& option : command.options) {
    if (!option.value.empty()) {
      const std::string letter =
          option.letter == 0 ? "" : fmt::format(" | '{} -{}'", command.name, option.letter);
      out += fmt::format("    '{} --{}'{}) what='{}' ;;\n", command.name, option.name, letter,
                         what(option.holds, option.choices));
    }
  }
  for (std::size_t i = 0; i < command.operands.size(); ++i) {
    const Positional& operand = command.operands[i];
    const std::string more = operand.repeats ? fmt::format(" | '{} '[1-9]*", command.name) : "";
    out += fmt::format("    '{} {}'{}) what='{}' ;;\n", command.name, i + 1, more,
                       what(operand.holds, operand.choices));
  }
  return out;
}

std::string tables(const Vocabulary& words) {
  std::string out = "_systole_options() {\n  case $1 in\n";
  for (const Command& command : words.commands) {
    out += fmt::format("    {}) echo '{}' ;;\n", command.name, options_of(command));
  }
  out +=
      "  esac\n}\n\n# What an option's value or the n-th operand is: sets `what`.\n"
      "_systole_what() {\n  what=\n  case \"$1 $2\" in\n";
  for (const Command& command : words.commands) {
    out += places_of(command);
  }
  out += "  esac\n}\n\n_systole_values() {\n  case $1 in\n";
  for (const SettingKey& key : words.keys) {
    if (key.is_path || !key.choices.empty()) {
      out += fmt::format("    {}) what='{}' ;;\n", key.key,
                         what(key.is_path ? Holds::file : Holds::word, key.choices));
    }
  }
  out += "  esac\n}\n\n_systole_presets() {\n  case $1 in\n";
  for (const auto& [kind, names] : words.presets) {
    out += fmt::format("    {}) echo '{}' ;;\n", kind, fmt::join(names, " "));
  }
  return out + "  esac\n}\n\n";
}

std::string words_of(const Vocabulary& words) {
  std::string out = "_systole_commands='--help --version";
  for (const Command& command : words.commands) {
    out += " " + command.name;
  }
  out += "'\n_systole_topics='" + fmt::format("{}", fmt::join(words.topics, "\n")) + "'\n";
  out += "_systole_keys='";
  for (const SettingKey& key : words.keys) {
    out += key.key + "=\n";
  }
  out.pop_back();
  return out + "'\n\n";
}

constexpr std::string_view kLogic =
    R"bash(# Fills COMPREPLY with what begins with $2; $3 stands before it in the same word.
_systole_offer() {
  local IFS=$' \t\n' line
  local -a found=()
  case $1 in
    words*) mapfile -t found < <(compgen -W "${1#words }" -- "$2") ;;
    command) mapfile -t found < <(compgen -W "$_systole_commands" -- "$2") ;;
    topic) mapfile -t found < <(compgen -W "$_systole_topics" -- "$2") ;;
    preset) mapfile -t found < <(compgen -W "$(_systole_presets "$_systole_first")" -- "$2") ;;
    folder) mapfile -t found < <(compgen -d -- "$2") ;;
    file) mapfile -t found < <(compgen -f -- "$2") ;;
    yaml | json) mapfile -t found < <(compgen -f -X "!*.$1" -- "$2"; compgen -d -- "$2") ;;
  esac
  case $1 in
    folder | file | yaml | json) compopt -o filenames 2> /dev/null ;;
  esac
  for line in "${found[@]}"; do
    COMPREPLY+=("$3$line")
  done
}

_systole() {
  local word cur command='' place what _systole_first=''
  local -a words=()
  local -i i operands=0
  COMPREPLY=()
  # Bash splits words at `=`: put them together again.
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    word=${COMP_WORDS[i]}
    if ((${#words[@]} > 0)) && [[ $word == '='* || (-n $word && ${words[-1]} == *'=') ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
  done
  cur=${words[-1]}
  unset 'words[-1]'
  if ((${#words[@]} == 0)); then
    _systole_offer command "$cur" ''
    return
  fi
  command=${words[0]}

  # What stands at the end: an option's value, an option, or which operand.
  place=
  for word in "${words[@]:1}"; do
    if [[ -n $place ]]; then
      place=
    elif [[ $word == -* ]]; then
      _systole_what "$command" "$word"
      if [[ -n $what ]]; then
        place=$word
      fi
    else
      operands+=1
      if ((operands == 1)); then
        _systole_first=$word
      fi
    fi
  done
  local before=''
  if [[ -z $place && $cur == --*=* ]]; then
    place=${cur%%=*} before=${cur%%=*}= cur=${cur#*=}
  elif [[ -z $place && $cur == -* ]]; then
    _systole_offer "words $(_systole_options "$command")" "$cur" ''
    return
  fi
  _systole_what "$command" "${place:-$((operands + 1))}"

  if [[ $what == setting && $cur == *=* ]]; then
    what=none
    _systole_values "${cur%%=*}"
    before+=${cur%%=*}= cur=${cur#*=}
  elif [[ $what == setting ]]; then
    what="words $_systole_keys"
    compopt -o nospace 2> /dev/null
  fi
  # Readline replaces what stands behind the last `=` only, if it breaks words there.
  if [[ $COMP_WORDBREAKS == *=* ]]; then
    before=
  fi
  _systole_offer "$what" "$cur" "$before"
}

complete -F _systole systole
)bash";

}  // namespace

std::string bash_completion(const Vocabulary& words) {
  return "# SPDX-License-Identifier: Apache-2.0\n"
         "# bash completion of systole; written by `systole completion bash`.\n"
         "# shellcheck shell=bash\n\n" +
         words_of(words) + tables(words) + std::string(kLogic);
}

}  // namespace systole
