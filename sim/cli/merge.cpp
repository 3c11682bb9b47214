// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/results_folder.hpp"
#include "cli/sweep_output.hpp"

namespace systole {
namespace {

int run(const Arguments& arguments) {
  const SweepOutput output(arguments);
  const KeptSweep kept = read_results(arguments.all("DIR"));
  const SweepConfig& sweep = kept.planned.sweep;
  if (sweep.points.size() < sweep.in_all) {
    fail("these folders hold {} of the {} points of sweep '{}': give those of all its shards",
         sweep.points.size(), sweep.in_all, sweep.name);
  }
  std::string wrote;
  if (arguments.has("results")) {
    const std::string folder = arguments.text("results");
    make_folder(folder);
    write_outcome(folder, kept.planned, kept.end);
    wrote = fmt::format("wrote {}/{{points.csv, sweep.json, runs.db}}\n", folder);
  }
  return output.show(sweep, kept.end, wrote);
}

}  // namespace

Command merge_command() {
  return {.name = "merge",
          .summary = "put the shards of a sweep together",
          .examples = {"systole sweep big.yaml --shard 1/2 --results a  # here",
                       "systole sweep big.yaml --shard 2/2 --results b  # on another machine",
                       "systole merge a b --csv points.csv"},
          .operands = {{.name = "DIR",
                        .help = "folders that 'systole sweep --results' wrote",
                        .repeats = true}},
          .options = {csv_option(),
                      {.name = "results",
                       .value = "DIR",
                       .help = "write points.csv, sweep.json and runs.db of the whole there"}},
          .run = run};
}

}  // namespace systole
