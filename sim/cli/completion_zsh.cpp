// SPDX-License-Identifier: Apache-2.0
// Completion for zsh: one call of _arguments for each command.
#include <fmt/ranges.h>

#include "cli/vocabulary.hpp"

namespace systole {
namespace {

// Inside a specification of _arguments or _describe a colon ends a part, a bracket the explanation.
std::string part(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == ':' || c == '[' || c == ']' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  }
  return out;
}

std::string action(Holds holds, const std::vector<std::string>& choices) {
  if (!choices.empty()) {
    return fmt::format("({})", fmt::join(choices, " "));
  }
  switch (holds) {
    case Holds::word: return " ";
    case Holds::file: return "_files";
    case Holds::folder: return "_files -/";
    case Holds::yaml: return "_files -g \"*.yaml\"";
    case Holds::json: return "_files -g \"*.json\"";
    case Holds::setting: return "_systole_setting";
    case Holds::command: return "_systole_command";
    case Holds::topic: return "_systole_topic";
    case Holds::preset: return "_systole_preset";
  }
  return " ";
}

std::string option_spec(const Option& option) {
  const std::string star = option.repeats ? "*" : "";
  const std::string text = "[" + part(option.help) + "]";
  const std::string value =
      option.value.empty()
          ? ""
          : fmt::format(":{}:{}", part(option.value), action(option.holds, option.choices));
  const std::string equals = option.value.empty() ? "" : "=";
  std::string out = " \\\n        " +
                    shell_word(fmt::format("{}--{}{}{}{}", star, option.name, equals, text, value));
  if (option.letter != 0) {
    out += " \\\n        " + shell_word(fmt::format("{}-{}{}{}", star, option.letter, text, value));
  }
  return out;
}

std::string command_case(const Command& command) {
  std::string out = "    " + command.name +
                    ")\n      _arguments -s : \\\n        "
                    "'(-h --help)'{-h,--help}'[a summary of the command]'";
  for (const Option& option : command.options) {
    out += option_spec(option);
  }
  for (const Positional& operand : command.operands) {
    const std::string place = operand.repeats ? "*" : operand.required ? "" : ":";
    out += " \\\n        " + shell_word(fmt::format("{}:{}:{}", place, part(operand.name),
                                                    action(operand.holds, operand.choices)));
  }
  return out + "\n      ;;\n";
}

std::string setting_function(const Vocabulary& words) {
  std::string out =
      "_systole_setting() {\n  local -a keys\n  local key=${PREFIX%%=*}\n"
      "  if [[ $PREFIX != *=* ]]; then\n    keys=(\n";
  for (const SettingKey& key : words.keys) {
    out += "      " + shell_word(key.key + ":" + part(key.doc)) + "\n";
  }
  out +=
      "    )\n    _describe -t keys 'key of the run' keys -S = -q\n    return\n  fi\n"
      "  compset -P '*='\n  case $key in\n";
  for (const SettingKey& key : words.keys) {
    if (key.is_path) {
      out += fmt::format("    {}) _files ;;\n", key.key);
    } else if (!key.choices.empty()) {
      out += fmt::format("    {}) compadd {} ;;\n", key.key, fmt::join(key.choices, " "));
    }
  }
  return out + "  esac\n}\n\n";
}

std::string word_functions(const Vocabulary& words) {
  std::string out = "_systole_command() {\n  local -a commands=(\n";
  for (const Command& command : words.commands) {
    out += "    " + shell_word(command.name + ":" + part(command.summary)) + "\n";
  }
  out += "  )\n  _describe -t commands command commands\n}\n\n";
  out += "_systole_topic() {\n  compadd " + fmt::format("{}", fmt::join(words.topics, " ")) +
         "\n}\n\n_systole_preset() {\n  case $line[1] in\n";
  for (const auto& [kind, names] : words.presets) {
    if (!names.empty()) {
      out += fmt::format("    {}) compadd {} ;;\n", kind, fmt::join(names, " "));
    }
  }
  return out + "  esac\n}\n\n";
}

}  // namespace

std::string zsh_completion(const Vocabulary& words) {
  std::string out =
      "#compdef systole\n# SPDX-License-Identifier: Apache-2.0\n"
      "# zsh completion of systole; written by `systole completion zsh`.\n\n" +
      setting_function(words) + word_functions(words) +
      "_systole() {\n  local context state state_descr line\n  typeset -A opt_args\n"
      "  if (( CURRENT == 2 )); then\n    _systole_command\n"
      "    compadd -- --help --version\n    return\n  fi\n"
      "  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n";
  for (const Command& command : words.commands) {
    out += command_case(command);
  }
  return out +
         "  esac\n}\n\n"
         "# Autoloaded from fpath this file is the body of _systole; sourced, it registers it.\n"
         "if [[ $funcstack[1] == _systole ]]; then\n  _systole \"$@\"\nelse\n"
         "  compdef _systole systole\nfi\n";
}

}  // namespace systole
