// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/overrides.hpp"
#include "cli/result_output.hpp"
#include "cli/timeline_output.hpp"
#include "report/console.hpp"
#include "report/result_json.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  std::vector<Override> changes = overrides(arguments);
  if (const std::optional<std::string> fidelity = arguments.maybe("fidelity")) {
    changes.push_back({"fidelity", *fidelity});
  }
  std::optional<TimelineOutput> timeline;
  if (const std::optional<std::string> path = arguments.maybe("perfetto")) {
    if (path == "-") {
      fail("--perfetto takes a file: standard output is for the table or --json");
    }
    timeline.emplace(*path, arguments);
  } else if (arguments.has("window") || arguments.has("trace-clock")) {
    fail("--window and --trace-clock are for a timeline: say where with --perfetto PATH");
  }
  const Result result =
      run_point(arguments.text("FILE"), {.overrides = std::move(changes),
                                         .energy_model = arguments.maybe("energy-model"),
                                         .trace = arguments.maybe("trace"),
                                         .unfold = arguments.has("unfold"),
                                         .recording = timeline ? &timeline->recording() : nullptr});
  if (timeline) {
    timeline->write(result);
  }
  output.write(to_json(result), console(result));
  return 0;
}

}  // namespace

Command run_command() {
  return {.name = "run",
          .summary = "simulate one point: time, energy and where it goes",
          .examples = {"systole run configs/runs/llama-3.1-70b-decode-64.yaml",
                       "systole run configs/runs/llama-3.1-8b-v5e.yaml --set workload.batch=4 "
                       "--json -"},
          .operands = {{.name = "FILE", .help = "a run file (YAML)", .holds = Holds::yaml}},
          .options = {set_option(),
                      json_option(),
                      {.name = "energy-model",
                       .value = "FILE",
                       .help = "prices",
                       .fallback = "the run file's",
                       .holds = Holds::yaml},
                      {.name = "trace",
                       .value = "FILE",
                       .help = "run this trace, written by 'systole lower'",
                       .fallback = "lower the model",
                       .holds = Holds::file},
                      {.name = "fidelity",
                       .value = "event|analytic",
                       .help = "simulate, or estimate in closed form",
                       .fallback = "the run file's, event",
                       .choices = {"event", "analytic"}},
                      {.name = "unfold",
                       .help = "simulate every chip of the pod",
                       .fallback = "as few as symmetry proves equal"},
                      {.name = "perfetto",
                       .value = "PATH",
                       .help = "write the run over time for ui.perfetto.dev",
                       .holds = Holds::file},
                      window_option(),
                      trace_clock_option()},
          .run = run};
}

}  // namespace systole
