// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/results_folder.hpp"
#include "cli/sweep_options.hpp"
#include "cli/sweep_output.hpp"

namespace systole {
namespace {

// A folder as one sweep would have written it.
void fill(const std::string& path, const KeptSweep& kept) {
  ResultsFolder folder(path);
  for (const SweepTask& task : kept.planned.plan) {
    for (const auto& store : kept.stores) {
      const KeptPoint* point = store->find(task.key);
      if (point != nullptr && folder.store().find(task.key) == nullptr) {
        folder.store().keep(*point, task.key, point->outcome.row ? store->document(*point) : "");
      }
    }
  }
  folder.write_plan(kept.planned);
  write_outcome(path, kept.planned, kept.end);
}

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
    const std::string& folder = arguments.text("results");
    fill(folder, kept);
    wrote = wrote_outcome(folder);
  }
  return output.show(sweep, kept.end, wrote);
}

}  // namespace

Command merge_command() {
  return {
      .name = "merge",
      .summary = "put the shards of a sweep together",
      .examples = {"systole sweep big.yaml --shard 1/2 --results a  # here",
                   "systole sweep big.yaml --shard 2/2 --results b  # on another machine",
                   "systole merge a b --csv points.csv"},
      .operands = {{.name = "DIR",
                    .help = "folders that 'systole sweep --results' wrote",
                    .repeats = true,
                    .holds = Holds::folder}},
      .options = {csv_option(),
                  {.name = "results",
                   .value = "DIR",
                   .help = "write the whole there: report.html, points.csv, sweep.json, runs.db",
                   .holds = Holds::folder}},
      .run = run};
}

}  // namespace systole
