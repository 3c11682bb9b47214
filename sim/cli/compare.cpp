// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/result_output.hpp"
#include "report/compare_json.hpp"
#include "report/price_table.hpp"

namespace systole {
namespace {

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  const Compared compared =
      compare_documents(read_result(arguments.text("A")), read_result(arguments.text("B")));
  output.write(compare_json(compared), compare_table(compared, arguments.has("all")));
  return 0;
}

}  // namespace

Command compare_command() {
  return {.name = "compare",
          .summary = "two results: what moved, by activity or by price, down to the ledger line",
          .examples = {"systole run configs/runs/tiny-decode.yaml --json a.json",
                       "systole run configs/runs/tiny-decode.yaml --set workload.batch=2 --json "
                       "b.json",
                       "systole compare a.json b.json"},
          .operands = {{.name = "A",
                        .help = "a file written by --json, or FOLDER:N, the N-th point of a sweep",
                        .holds = Holds::json},
                       {.name = "B", .help = "another one", .holds = Holds::json}},
          .options = {json_option(),
                      {.name = "all", .help = "show every line, however small its part"}},
          .run = run};
}

}  // namespace systole
