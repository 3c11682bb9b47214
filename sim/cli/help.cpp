// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "cli/command_help.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "config/reference.hpp"
#include "config/table.hpp"

namespace systole {
namespace {

int run(const Arguments& arguments) {
  const std::vector<Command> all = commands();
  if (!arguments.has("WORD")) {
    print(overview(all));
    return 0;
  }
  const std::string& word = arguments.text("WORD");
  if (word == "all") {
    print(help_of_all_keys());
    return 0;
  }
  const auto command = std::ranges::find(all, word, &Command::name);
  print(command == all.end() ? help_text(word) : help_of(*command));
  if (command != all.end() && file_kind(word)) {
    print(fmt::format("\n'systole schema {0}' has the keys of a {0} file\n", word));
  }
  return 0;
}

}  // namespace

Command help_command() {
  return {.name = "help",
          .summary = "explain a command, a key of a file or a kind of file",
          .examples = {"systole help workload.batch", "systole help chip", "systole help all"},
          .operands = {{.name = "WORD",
                        .help = "a command, a key (workload.batch), a kind of file (chip), or all: "
                                "every key of every kind",
                        .required = false,
                        .holds = Holds::topic}},
          .options = {},
          .run = run};
}

}  // namespace systole
