// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/manual.hpp"
#include "cli/output.hpp"
#include "cli/parse.hpp"

namespace systole {
namespace {

void write_all(const std::string& folder, const std::vector<Command>& all) {
  make_folder(folder);
  Output(folder + "/systole.1").write(manual(all));
  for (const Command& command : all) {
    Output(fmt::format("{}/systole-{}.1", folder, command.name)).write(manual_of(command));
  }
}

int run(const Arguments& arguments) {
  const std::vector<Command> all = commands();
  if (arguments.has("folder")) {
    write_all(arguments.text("folder"), all);
    return 0;
  }
  if (!arguments.has("COMMAND")) {
    print(manual(all));
    return 0;
  }
  const std::string& word = arguments.text("COMMAND");
  const auto command = std::ranges::find(all, word, &Command::name);
  if (command == all.end()) {
    std::vector<std::string> names;
    std::ranges::transform(all, std::back_inserter(names), &Command::name);
    fail("unknown command '{}'{}", word, did_you_mean(word, names));
  }
  print(manual_of(*command));
  return 0;
}

}  // namespace

Command man_command() {
  return {
      .name = "man",
      .summary = "the manual page of the program or of a command",
      .examples = {"systole man run | man -l -", "systole man --folder ~/.local/share/man/man1"},
      .operands = {{.name = "COMMAND",
                    .help = "one of systole's",
                    .required = false,
                    .holds = Holds::command}},
      .options = {{.name = "folder",
                   .value = "DIR",
                   .help = "write all pages there instead",
                   .holds = Holds::folder}},
      .run = run};
}

}  // namespace systole
