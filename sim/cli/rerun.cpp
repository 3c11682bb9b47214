// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/overrides.hpp"
#include "cli/result_output.hpp"
#include "report/console.hpp"
#include "report/price_table.hpp"
#include "report/result_json.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

// "/ledger/3/count": where two documents first say different things.
std::string first_difference(const nlohmann::ordered_json& a, const nlohmann::ordered_json& b) {
  const nlohmann::json changes = nlohmann::json::diff(a, b);
  return changes.empty() ? "the order or spelling of it" : changes[0]["path"].get<std::string>();
}

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  const std::string& file = arguments.text("RUN");
  const std::vector<Override> changes = overrides(arguments);
  const nlohmann::ordered_json before = read_result(file);
  const Result again = run_again(before, changes);
  const nlohmann::ordered_json after = to_json(again);
  if (!changes.empty()) {
    output.write(after, console(again));
    return 0;
  }
  const bool is_same = to_text(after) == to_text(before);
  output.write(after, is_same ? fmt::format("'{}' again: the same bytes\n", file) : console(again));
  if (!is_same) {
    fmt::print(stderr, "error: '{}' says something else: {}\n", file,
               first_difference(before, after));
  }
  return is_same ? 0 : kFault;
}

}  // namespace

Command rerun_command() {
  return {.name = "rerun",
          .summary = "run a result again from what it holds, and compare",
          .examples = {"systole rerun result.json",
                       "systole rerun result.json --set chip.scratchpad.capacity='64 MiB'"},
          .operands = {{.name = "RUN",
                        .help = "a file that 'systole run --json' wrote, or FOLDER:N",
                        .holds = Holds::json}},
          .options = {set_option(), json_option()},
          .run = run};
}

}  // namespace systole
