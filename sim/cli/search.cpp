// SPDX-License-Identifier: Apache-2.0
#include "study/search.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/progress.hpp"
#include "cli/results_folder.hpp"
#include "cli/sweep_options.hpp"
#include "cli/sweep_output.hpp"
#include "report/result_json.hpp"
#include "report/sweep_files.hpp"
#include "report/sweep_table.hpp"
#include "study/pareto.hpp"

namespace systole {
namespace {

constexpr std::size_t kMostMessages = 1;

// The points as a sweep of their own, with its plan.
PlannedSweep planned(const SweepSpace& space, std::vector<SweepPoint> points, std::size_t jobs) {
  PlannedSweep out{.sweep = {.name = space.name,
                             .base = space.base,
                             .jobs = space.jobs,
                             .points = std::move(points),
                             .check = {},
                             .teaches = space.teaches},
                   .plan = {}};
  out.sweep.in_all = out.sweep.points.size();
  out.plan = plan_sweep(out.sweep, jobs);
  return out;
}

SearchEnd search_here(const Arguments& arguments, const SweepSpace& space, SweepOptions sweep) {
  Progress progress(progress_style(arguments.maybe("progress").value_or("auto")), std::nullopt);
  sweep.ended = [&](const SweepTask&, const SweepOutcome& outcome) {
    progress.ended(!outcome.row, outcome.row ? std::optional(outcome.row->energy_j) : std::nullopt);
  };
  SearchOptions options;
  options.compute = [&](const std::vector<SweepPoint>& points) {
    const PlannedSweep batch = planned(space, points, sweep.workers);
    return batch.plan.empty() ? std::vector<SweepOutcome>(points.size())  // Interrupted.
                              : run_sweep(batch.sweep, batch.plan, sweep).outcomes;
  };
  if (arguments.has("points")) {
    options.points = arguments.number("points");
  }
  if (arguments.has("population")) {
    options.population = arguments.number("population");
    if (options.population % 4 != 0) {
      fail("--population takes a multiple of 4; got '{}'", options.population);
    }
  }
  if (arguments.has("seed")) {
    options.seed = static_cast<std::uint32_t>(arguments.number("seed"));
  }
  return search(space, options);
}

// "412 of 1.2e+09 points computed, 31 generations of NSGA-II; ...".
std::string summary(const SweepSpace& space, const SearchEnd& found) {
  return fmt::format("{} of {:.6g} points computed, {} generations of NSGA-II; {}.\n\n",
                     found.points.size(), space.size(), found.generations,
                     found.is_closed
                         ? "no change of one key alone betters a point of the front"
                         : "stopped at --points: a change of one key might still better the front");
}

std::string knee_of(const std::string& folder, const SweepConfig& sweep, const SweepEnd& end) {
  const std::optional<std::size_t> knee = pareto_front(end.outcomes).knee;
  return knee ? fmt::format("knee: systole explain {}:{}\n", folder, sweep.points[*knee].number)
              : "";
}

int run(const Arguments& arguments) {
  std::optional<Output> csv;
  if (arguments.has("csv")) {
    csv.emplace(arguments.text("csv"));
  }
  const SweepSpace space = read_sweep_space(arguments.text("FILE"));
  const std::string path = results_folder(arguments, space.name + "-search");
  ResultsFolder folder(path);
  for (const std::string& note : folder.store().notes()) {
    fmt::print(stderr, "warning: {}\n", note);
  }
  const std::size_t jobs = workers(arguments, space.jobs);
  SearchEnd found =
      search_here(arguments, space,
                  {.workers = jobs, .store = &folder.store(), .document = [](const Result& result) {
                     return to_json(result).dump();
                   }});
  const std::string said = summary(space, found);
  const PlannedSweep whole = planned(space, std::move(found.points), jobs);
  const SweepEnd end{.outcomes = std::move(found.outcomes), .checks = {}};
  if (whole.plan.empty() || end.count(PointStatus::not_run) > 0) {
    fmt::print(stderr, "interrupted: {} points are done and kept; the same command goes on\n",
               folder.store().size());
    return kInterrupted;
  }
  folder.write_plan(whole);
  write_outcome(path, whole, end);
  if (csv) {
    csv->write(sweep_csv(whole.sweep, end));
  }
  if (!csv || !csv->is_standard()) {
    print(said + sweep_front(whole.sweep, end) + knee_of(path, whole.sweep, end) +
          wrote_outcome(path));
  }
  if (const std::size_t failed = end.outcomes.size() - end.count(PointStatus::done); failed > 0) {
    fmt::print(stderr, "{} of {} points could not be computed. One of them:\n", failed,
               end.outcomes.size());
    list_failures(whole.sweep, end, kMostMessages);
  }
  const bool is_sound = end.count(PointStatus::fault) + end.count(PointStatus::crashed) == 0;
  return end.count(PointStatus::done) > 0 && is_sound ? 0 : kSomeFailed;
}

}  // namespace

Command search_command() {
  return {
      .name = "search",
      .summary = "the best points of a sweep that is too large to run: its Pareto front",
      .examples = {"systole search configs/sweeps/pod-for-70b.yaml",
                   "systole search configs/sweeps/batch-x-precision.yaml --points 40 --seed 7"},
      .operands = {{.name = "FILE",
                    .help = "a sweep file (YAML); its 'check' is left out",
                    .holds = Holds::yaml}},
      .options = {jobs_option(),
                  {.name = "points",
                   .value = "N",
                   .help = "points to compute, at most, or a generation more",
                   .fallback = "2000",
                   .range = Range{.least = 1, .most = 1'000'000}},
                  {.name = "population",
                   .value = "N",
                   .help = "points of a generation, a multiple of 4",
                   .fallback = "40",
                   .range = Range{.least = 8, .most = 4000}},
                  {.name = "seed",
                   .value = "N",
                   .help = "of the random choices: equal seeds give equal files",
                   .fallback = "1",
                   .range = Range{.least = 0, .most = 4'294'967'295}},
                  {.name = "results",
                   .value = "DIR",
                   .help = "folder that keeps each point; points that it holds are not run again",
                   .fallback = "runs/, the sweep's name and -search",
                   .holds = Holds::folder},
                  csv_option(),
                  progress_option()},
      .run = run};
}

}  // namespace systole
