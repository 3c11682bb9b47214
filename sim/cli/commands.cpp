// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "cli/command_help.hpp"
#include "cli/output.hpp"
#include "cli/parse.hpp"

namespace systole {

std::vector<Command> commands() {
  return {run_command(),        sweep_command(),      search_command(), merge_command(),
          gemm_command(),       collective_command(), hbm_command(),    lower_command(),
          price_command(),      report_command(),     export_command(), explain_command(),
          compare_command(),    check_command(),      rerun_command(),  numbers_command(),
          verify_command(),     validate_command(),   list_command(),   new_command(),
          config_command(),     schema_command(),     help_command(),   doctor_command(),
          completion_command(), man_command()};
}

int run_command_line(const std::vector<std::string>& words) {
  const std::vector<Command> all = commands();
  if (words.empty() || words[0] == "-h" || words[0] == "--help") {
    print(overview(all));
    return 0;
  }
  if (words[0] == "--version") {
    print("systole " SYSTOLE_VERSION "\n");
    return 0;
  }
  const auto command = std::ranges::find(all, words[0], &Command::name);
  if (command == all.end()) {
    std::vector<std::string> names{"--help", "--version"};
    std::ranges::transform(all, std::back_inserter(names), &Command::name);
    fail("unknown command '{}'{} ('systole -h' lists the commands)", words[0],
         did_you_mean(words[0], names));
  }
  const Arguments arguments = parse(*command, {words.begin() + 1, words.end()});
  if (arguments.has("help")) {
    print(help_of(*command));
    return 0;
  }
  return command->run(arguments);
}

}  // namespace systole
