// SPDX-License-Identifier: Apache-2.0
#include "cli/command_help.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace systole {
namespace {

std::string usage(const Command& command) {
  std::string out = "systole " + command.name;
  for (const Positional& operand : command.operands) {
    out += operand.required ? " " + operand.name : " [" + operand.name + "]";
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
  for (const Command& command : commands) {
    out += fmt::format("  {:<8} {}\n", command.name, command.summary);
  }
  out +=
      "\n'systole COMMAND -h' shows a command's options, 'systole help KEY' explains a key of a\n"
      "file ('systole help workload.batch'), 'systole --version' the version.\n"
      "exit: 0 ok, 2 wrong input, 4 some points failed, 5 a fault of systole, 6 does not fit,\n"
      "130 interrupted\n";
  return out;
}

}  // namespace systole
