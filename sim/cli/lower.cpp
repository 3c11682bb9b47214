// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/overrides.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

int run(const Arguments& arguments) {
  const Output output(arguments.text("output"));
  output.write(lower_point(arguments.text("FILE"), overrides(arguments)));
  return 0;
}

}  // namespace

Command lower_command() {
  return {.name = "lower",
          .summary = "write the trace that 'run' would simulate",
          .examples = {"systole lower configs/runs/tiny-decode.yaml -o tiny.trace",
                       "systole run configs/runs/tiny-decode.yaml --trace tiny.trace"},
          .operands = {{.name = "FILE", .help = "a run file (YAML)", .holds = Holds::yaml}},
          .options = {set_option(),
                      {.name = "output",
                       .letter = 'o',
                       .value = "TRACE",
                       .help = "where to write the trace; - is standard output",
                       .required = true,
                       .holds = Holds::file}},
          .run = run};
}

}  // namespace systole
