// SPDX-License-Identifier: Apache-2.0
#include "cli/manual.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/exit_codes.hpp"
#include "study/catalogue.hpp"

namespace systole {
namespace {

// Text of a page: roff's own signs lose their meaning, a minus stays one.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool starts_line = out.empty() || out.back() == '\n';
    if (starts_line && (c == '.' || c == '\'')) {
      out += "\\&";  // Else a line that begins with it is a request.
    }
    out += c == '\\'   ? "\\e"
           : c == '-'  ? "\\-"
           : c == '\'' ? "\\(aq"
           : c == '^'  ? "\\(ha"
           : c == '~'  ? "\\(ti"
           : c == '`'  ? "\\(ga"
                       : std::string(1, c);
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + plain(text) + "\\fR"; }

std::string heading(std::string_view page, std::string_view about) {
  std::string upper(page);
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
  return fmt::format(".TH {} 1 \"\" \"systole {}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n",
                     plain(upper), SYSTOLE_VERSION, plain(page), plain(about));
}

std::string item(const std::string& term, std::string_view text) {
  return ".TP\n" + term + "\n" + plain(text) + "\n";
}

// Command lines, as they stand.
std::string lines(const std::vector<std::string>& examples) {
  std::string out = ".nf\n";
  for (const std::string& example : examples) {
    out += plain(example) + "\n";
  }
  return out + ".fi\n";
}

std::string exit_status() {
  std::string out = ".SH \"EXIT STATUS\"\n";
  for (const ExitCode& exit : kExitCodes) {
    out += item(bold(std::to_string(exit.code)), exit.meaning);
  }
  return out;
}

// What all commands look at.
std::string environment() {
  struct Variable {
    std::string_view name;
    std::string_view meaning;
  };
  constexpr std::array kVariables{
      Variable{"CI", "if set, progress is shown in plain lines, without a bar"}};
  std::string out = ".SH ENVIRONMENT\n";
  for (const Variable& variable : kVariables) {
    out += item(bold(variable.name), variable.meaning);
  }
  return out;
}

std::string files() {
  std::string out =
      ".SH FILES\nThe data that comes with the program stands beside its build folder, in "
      "share/systole\n"
      "of an installation, or in the working folder.\n";
  for (const Shelf& shelf : kShelves) {
    out += item(italic(shelf.folder), fmt::format("'systole list {}' lists them", shelf.plural));
  }
  return out;
}

std::string synopsis(const Command& command) {
  std::string out = ".SH SYNOPSIS\n" + bold("systole " + command.name);
  for (const Positional& operand : command.operands) {
    const std::string name = italic(operand.name) + (operand.repeats ? R"(\|.\|.\|.)" : "");
    out += operand.required ? " " + name : " [" + name + "]";
  }
  for (const Option& option : command.options) {
    if (option.required) {
      out += " " + bold("--" + option.name) + " " + italic(option.value);
    }
  }
  return out + " [" + italic("options") + "]\n";
}

std::string option_item(const Option& option) {
  std::string term = option.letter == 0 ? "" : bold(fmt::format("-{}", option.letter)) + ", ";
  term += bold("--" + option.name);
  if (!option.value.empty()) {
    term += " " + italic(option.value);
  }
  std::string text = option.help;
  if (!option.fallback.empty()) {
    text += fmt::format(" [{}]", option.fallback);
  }
  if (option.repeats && text.find("repeat") == std::string::npos) {
    text += "; repeatable";
  }
  return item(term, text);
}

}  // namespace

std::string manual_of(const Command& command) {
  std::string out = heading("systole-" + command.name, command.summary) + synopsis(command);
  if (!command.operands.empty()) {
    out += ".SH OPERANDS\n";
    for (const Positional& operand : command.operands) {
      out += item(italic(operand.name), operand.help);
    }
  }
  out += ".SH OPTIONS\n";
  for (const Option& option : command.options) {
    out += option_item(option);
  }
  out += item(bold("-h") + ", " + bold("--help"), "a summary of this page");
  return out + ".SH EXAMPLES\n" + lines(command.examples) + exit_status() + environment() +
         ".SH \"SEE ALSO\"\n.BR systole (1)\n";
}

std::string manual(const std::vector<Command>& commands) {
  std::string out = heading("systole", "energy and time of accelerator pods, cycle by cycle");
  out += ".SH SYNOPSIS\n" + bold("systole") + " " + italic("command") + " [" + italic("operands") +
         "] [" + italic("options") + "]\n.br\n" + bold("systole --version") +
         "\n.SH DESCRIPTION\n" +
         plain(
             "Where do the picojoules of an accelerator pod go, and how long does it take? A run "
             "names a pod, an energy model and a workload; what it counts is priced line by "
             "line. 'systole help KEY' explains a key of a file.") +
         "\n.SH COMMANDS\n";
  for (const Command& command : commands) {
    out += item(bold(command.name), command.summary);
  }
  out += ".SH OPTIONS\n" + item(bold("-h") + ", " + bold("--help"), "a list of the commands") +
         item(bold("--version"), "the version");
  out += files() + environment() + exit_status() + ".SH EXAMPLES\n" +
         lines({"systole run configs/runs/llama-3.1-70b-decode-64.yaml",
                "systole sweep configs/sweeps/batch-x-precision.yaml --csv points.csv",
                "systole gemm 256 4096 4096 --weights int8"}) +
         ".SH \"SEE ALSO\"\n";
  for (std::size_t i = 0; i < commands.size(); ++i) {
    out += fmt::format(".BR systole\\-{} (1){}\n", plain(commands[i].name),
                       i + 1 < commands.size() ? "," : "");
  }
  return out;
}

}  // namespace systole
