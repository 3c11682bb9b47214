// SPDX-License-Identifier: Apache-2.0
#include "cli/command_help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/exit_codes.hpp"

namespace systole {
namespace {

std::string usage(const Command& command) {
  std::string out = "systole " + command.name;
  for (const Positional& operand : command.operands) {
    out += operand.required ? " " + operand.name : " [" + operand.name + "]";
    out += operand.repeats ? "..." : "";
  }
  for (const Option& option : command.options) {
    if (option.required) {
      out += fmt::format(" --{} {}", option.name, option.value);
    }
  }
  out += command.options.empty() ? "" : " [options]";
  return out + (command.rest.empty() ? "" : " [-- " + command.rest + "]");
}

// "-j, --jobs N".
std::string left(const Option& option) {
  const std::string letter = option.letter == 0 ? "    " : fmt::format("-{}, ", option.letter);
  return letter + "--" + option.name + (option.value.empty() ? "" : " " + option.value);
}

// "exit: 0 ok, 2 wrong input, ...", in lines of at most 88 columns.
std::string exit_line() {
  constexpr std::size_t kWidth = 88;
  std::string out = "exit:";
  std::size_t column = out.size();
  for (const ExitCode& exit : kExitCodes) {
    const std::string word =
        fmt::format("{} {}{}", exit.code, exit.meaning, &exit == &kExitCodes.back() ? "" : ",");
    const bool fits = column + 1 + word.size() <= kWidth;
    out += (fits ? " " : "\n") + word;
    column = fits ? column + 1 + word.size() : word.size();
  }
  return out + "\n";
}

std::string right(const Option& option) {
  return option.fallback.empty() ? option.help
                                 : fmt::format("{} [{}]", option.help, option.fallback);
}

}  // namespace

std::string help_of(const Command& command) {
  std::string out = fmt::format("systole {}: {}\n\n", command.name, command.summary);
  for (const std::string& example : command.examples) {
    out += "  " + example + "\n";
  }
  out += fmt::format("\nusage: {}\n", usage(command));

  std::vector<std::pair<std::string, std::string>> lines;
  for (const Positional& operand : command.operands) {
    lines.emplace_back(operand.name, operand.help);
  }
  for (const Option& option : command.options) {
    lines.emplace_back(left(option), right(option));
  }
  lines.emplace_back("-h, --help", "this text");
  std::size_t width = 0;
  for (const auto& [name, text] : lines) {
    width = std::max(width, name.size());
  }
  for (const auto& [name, text] : lines) {
    out += fmt::format("  {:<{}}  {}\n", name, width, text);
  }
  return out;
}

std::string overview(const std::vector<Command>& commands) {
  std::string out =
      "systole: where do the picojoules of an accelerator pod go, and how long does it take?\n\n"
      "  systole run configs/runs/llama-3.1-70b-decode-64.yaml\n"
      "  systole sweep configs/sweeps/batch-x-precision.yaml --csv points.csv\n"
      "  systole gemm 256 4096 4096 --weights int8\n"
      "\ncommands:\n";
  std::size_t width = 0;
  for (const Command& command : commands) {
    width = std::max(width, command.name.size());
  }
  for (const Command& command : commands) {
    out += fmt::format("  {:<{}} {}\n", command.name, width, command.summary);
  }
  out +=
      "\n'systole COMMAND -h' shows a command's options, 'systole help KEY' explains a key of a\n"
      "file ('systole help workload.batch'), 'systole --version' the version.\n";
  return out + exit_line();
}

}  // namespace systole
