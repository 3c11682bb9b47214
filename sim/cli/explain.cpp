// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/result_output.hpp"
#include "report/explain_table.hpp"
#include "report/price_table.hpp"

namespace systole {
namespace {

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  const nlohmann::ordered_json result = read_result(arguments.text("RUN"));
  const std::size_t workers =
      arguments.has("jobs") ? arguments.number("jobs")
                            : static_cast<std::size_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  const std::vector<WhatIf> questions = what_if(result, workers);
  if (questions.empty()) {
    return kInterrupted;
  }
  output.write(explain_json(result, questions), explain_table(result, questions));
  return 0;
}

}  // namespace

Command explain_command() {
  return {.name = "explain",
          .summary = "why this number: where the energy goes, what binds, what would change it",
          .examples = {"systole run configs/runs/llama-3.1-8b-v5e.yaml --json r.json",
                       "systole explain r.json", "systole explain runs/batch-x-precision:12"},
          .operands = {{.name = "RUN",
                        .help = "a file that 'systole run --json' wrote, or FOLDER:N, the N-th "
                                "point of a sweep",
                        .holds = Holds::json}},
          .options = {{.name = "jobs",
                       .letter = 'j',
                       .value = "N",
                       .help = "worker processes",
                       .fallback = "one a core",
                       .range = Range{.least = 1, .most = 1024}},
                      json_option()},
          .run = run};
}

}  // namespace systole
