// SPDX-License-Identifier: Apache-2.0
#include "study/sweep.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/results_folder.hpp"
#include "report/result_json.hpp"
#include "report/sweep_files.hpp"
#include "report/sweep_labels.hpp"
#include "report/sweep_table.hpp"

namespace systole {
namespace {

constexpr int kSomeFailed = 4;
constexpr int kModelCheckFailed = 5;
constexpr int kInterrupted = 130;

std::size_t workers(const Arguments& arguments, const SweepConfig& sweep) {
  if (arguments.has("jobs")) {
    return arguments.number("jobs");
  }
  return sweep.jobs.value_or(
      static_cast<std::uint32_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN))));
}

SweepEnd compute(const Arguments& arguments, const SweepConfig& sweep,
                 const std::optional<ResultsFolder>& folder) {
  Progress progress(progress_style(arguments.maybe("progress").value_or("auto")),
                    sweep.points.size() + (sweep.check ? sweep.check->points.size() : 0));
  const auto ended = [&](std::size_t index, const SweepOutcome& outcome,
                         const std::string& document) {
    if (folder && outcome.row && index < sweep.points.size()) {
      folder->keep(index, document);
    }
    progress.ended(!outcome.row);
  };
  return run_sweep(
      sweep, workers(arguments, sweep),
      {.document = [](const Result& result) { return to_text(to_json(result)); }, .ended = ended});
}

// Why points failed, on standard error.
void list_failures(const SweepConfig& sweep, const SweepEnd& end) {
  for (std::size_t i = 0; i < end.outcomes.size(); ++i) {
    if (const SweepOutcome& outcome = end.outcomes[i]; !outcome.message.empty()) {
      fmt::print(stderr, "point {}: {}{}", point_slug(sweep, i), outcome.message,
                 outcome.message.ends_with('\n') ? "" : "\n");
    }
  }
  for (const SweepChecked& checked : end.checks) {
    if (const SweepOutcome& outcome = checked.outcome; !outcome.message.empty()) {
      fmt::print(stderr, "check of point {}: {}{}", point_slug(sweep, checked.point),
                 outcome.message, outcome.message.ends_with('\n') ? "" : "\n");
    }
  }
}

// Checked points at which the fidelities are too far apart, on standard error.
std::size_t list_far_apart(const SweepConfig& sweep, const SweepEnd& end) {
  std::size_t count = 0;
  for (const SweepChecked& checked : end.checks) {
    const std::optional<FidelityError> error = error_of(end, checked);
    if (error && std::abs(error->time) > sweep.check->fail_above.value_or(HUGE_VAL)) {
      fmt::print(
          stderr, "point {}: the analytic time is {:+.1f}% off, check.fail_above is {:.1f}%\n",
          point_slug(sweep, checked.point), 100 * error->time, 100 * *sweep.check->fail_above);
      ++count;
    }
  }
  return count;
}

std::size_t unfinished_checks(const SweepEnd& end) {
  return static_cast<std::size_t>(std::ranges::count_if(
      end.checks, [](const SweepChecked& checked) { return !checked.outcome.row; }));
}

int run(const Arguments& arguments) {
  std::optional<Output> csv;
  if (arguments.has("csv")) {
    csv.emplace(arguments.text("csv"));
  }
  const SweepConfig sweep = read_sweep(arguments.text("FILE"));
  std::optional<ResultsFolder> folder;
  if (arguments.has("results")) {
    folder.emplace(arguments.text("results"), sweep);
  }
  const SweepEnd end = compute(arguments, sweep, folder);
  if (folder) {
    folder->finish(end);
  }
  if (csv) {
    csv->write(sweep_csv(sweep, end));
  }
  if (!csv || !csv->is_standard()) {
    print(sweep_table(sweep, end) + "\n" + sweep_findings(sweep, end));
    if (folder) {
      print(fmt::format("wrote {0}/points/*.json, {0}/sweep.json and {0}/points.csv\n",
                        arguments.text("results")));
    }
    if (csv) {
      print(fmt::format("wrote {}\n", arguments.text("csv")));
    }
  }
  list_failures(sweep, end);
  const std::size_t done = end.count(PointStatus::done);
  if (end.interrupted) {
    fmt::print(stderr, "interrupted: {} of {} points are done{}\n", done, end.outcomes.size(),
               folder ? " and kept" : "");
    return kInterrupted;
  }
  if (done < end.outcomes.size()) {
    fmt::print(stderr, "{} of {} points failed\n", end.outcomes.size() - done, end.outcomes.size());
    return kSomeFailed;
  }
  if (const std::size_t broken = unfinished_checks(end); broken > 0) {
    fmt::print(stderr, "{} of {} checks failed\n", broken, end.checks.size());
    return kSomeFailed;
  }
  return list_far_apart(sweep, end) > 0 ? kModelCheckFailed : 0;
}

}  // namespace

Command sweep_command() {
  return {
      .name = "sweep",
      .summary = "many points: a table of energy per token, time and what binds",
      .examples = {"systole sweep configs/sweeps/batch-x-precision.yaml",
                   "systole sweep configs/sweeps/batch-x-precision.yaml -j 8 --results runs/demo "
                   "--csv -"},
      .operands = {{.name = "FILE", .help = "a sweep file (YAML)", .holds = Holds::yaml}},
      .options = {{.name = "jobs",
                   .letter = 'j',
                   .value = "N",
                   .help = "worker processes",
                   .fallback = "one a core",
                   .range = Range{.least = 1, .most = 1024}},
                  {.name = "results",
                   .value = "DIR",
                   .help = "keep each point's result and all rows in this folder",
                   .holds = Holds::folder},
                  {.name = "csv",
                   .value = "PATH",
                   .help = "write the rows; - is standard output, then without the table",
                   .holds = Holds::file},
                  {.name = "progress",
                   .value = "WORD",
                   .help = "how to show it on standard error: auto, bar, plain or none",
                   .fallback = "auto",
                   .choices = {"auto", "bar", "plain", "none"}}},
      .run = run};
}

}  // namespace systole
