// SPDX-License-Identifier: Apache-2.0
#include "study/sweep.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/progress.hpp"
#include "cli/results_folder.hpp"
#include "cli/slurm.hpp"
#include "cli/sweep_options.hpp"
#include "cli/sweep_output.hpp"
#include "report/result_json.hpp"
#include "report/sweep_labels.hpp"

namespace systole {
namespace {

// "2/8": the second of eight.
SweepConfig chosen_shard(const Arguments& arguments, SweepConfig sweep) {
  if (!arguments.has("shard")) {
    return sweep;
  }
  const std::string& text = arguments.text("shard");
  const std::size_t slash = std::min(text.find('/'), text.size());
  std::size_t i = 0;
  std::size_t n = 0;
  const auto number = [&](std::size_t from, std::size_t to, std::size_t& out) {
    const auto [end, error] = std::from_chars(text.data() + from, text.data() + to, out);
    return error == std::errc{} && end == text.data() + to;
  };
  if (slash == text.size() || !number(0, slash, i) || !number(slash + 1, text.size(), n) || i < 1 ||
      i > n) {
    fail("--shard takes I/N, the I-th of N parts, for example 1/4; got '{}'", text);
  }
  return shard_of(sweep, i, n);
}

// " (6 batch, 4 weights)": how many values each key has.
std::string axes_text(const SweepConfig& sweep) {
  std::vector<std::string> out;
  for (const SweepColumn& column : sweep_columns(sweep)) {
    if (column.values.size() > 1) {
      out.push_back(fmt::format("{} {}", column.values.size(), column.name));
    }
  }
  return out.empty() ? "" : fmt::format(" ({})", fmt::join(out, ", "));
}

// Seconds that a task took on the average where any is known.
double seconds_each(const std::vector<SweepTask>& plan, const SweepStore* store) {
  double sum = 0;
  std::size_t known = 0;
  for (const SweepTask& task : plan) {
    const KeptPoint* kept = store == nullptr ? nullptr : store->find(task.key);
    if (kept != nullptr && kept->outcome.row) {
      sum += kept->seconds;
      ++known;
    }
  }
  return known == 0 ? 0 : sum / static_cast<double>(known);
}

// What there is to do, without doing it.
std::string plan_text(const SweepConfig& sweep, const std::vector<SweepTask>& plan,
                      const SweepOptions& options) {
  const std::size_t todo = tasks_to_run(plan, options).size();
  const auto wrong = static_cast<std::size_t>(
      std::ranges::count_if(plan, [](const SweepTask& task) { return !task.message.empty(); }));
  std::string out = fmt::format("plan: {} points{}", sweep.points.size(), axes_text(sweep));
  const auto add = [&](std::size_t count, const char* what) {
    out += count > 0 ? fmt::format(", {} {}", count, what) : "";
  };
  add(sweep.excluded, "left out");
  add(sweep.in_all - sweep.points.size(), "in other shards");
  add(plan.size() - sweep.points.size(), "checks");
  add(plan.size() - todo - wrong, "already done");
  add(wrong, "with a wrong configuration");
  out += fmt::format(", {} to run", todo);
  if (const double each = seconds_each(plan, options.store); each > 0 && todo > 0) {
    out += fmt::format(", about {:.0f} s",
                       std::ceil(each * static_cast<double>(todo) /
                                 static_cast<double>(std::min(options.workers, todo))));
  }
  return out + "\n";
}

int dry_run(const std::string& folder, const SweepConfig& sweep, SweepOptions options) {
  std::optional<SweepStore> store;
  if (std::filesystem::exists(folder + "/journal.ndjson")) {
    store.emplace(folder, SweepStore::Access::read);
    options.store = &*store;
  }
  const std::vector<SweepTask> plan = plan_sweep(sweep, options.workers);
  if (plan.empty()) {
    return kInterrupted;
  }
  print(plan_text(sweep, plan, options));
  for (const SweepTask& task : plan) {
    if (!task.message.empty() && !task.is_check) {
      fmt::print(stderr, "point {}: {}", point_slug(sweep, task.point), task.message);
    }
  }
  return 0;
}

int interrupted(const SweepConfig& sweep, const SweepEnd& end, const Arguments& arguments) {
  fmt::print(stderr,
             "interrupted: {} of {} points are done and kept. Continue with:\n"
             "  systole sweep {}{}\n",
             end.count(PointStatus::done), sweep.points.size(), arguments.text("FILE"),
             arguments.has("results") ? " --results " + arguments.text("results") : "");
  return kInterrupted;
}

SweepEnd run_here(const Arguments& arguments, const PlannedSweep& planned, SweepOptions options) {
  Progress progress(progress_style(arguments.maybe("progress").value_or("auto")),
                    tasks_to_run(planned.plan, options).size());
  options.ended = [&](const SweepTask&, const SweepOutcome& outcome) {
    progress.ended(!outcome.row, outcome.row ? std::optional(outcome.row->energy_j) : std::nullopt);
  };
  return run_sweep(planned.sweep, planned.plan, options);
}

int run(const Arguments& arguments) {
  const SweepOutput output(arguments);
  const SweepConfig sweep = chosen_shard(arguments, read_sweep(arguments.text("FILE")));
  const std::string path = results_folder(arguments, sweep.name);
  SweepOptions options{.workers = workers(arguments, sweep.jobs),
                       .retry_failed = arguments.has("retry-failed"),
                       .document = [](const Result& result) { return to_json(result).dump(); }};
  if (arguments.has("dry-run")) {
    return dry_run(path, sweep, std::move(options));
  }
  ResultsFolder folder(path);
  for (const std::string& note : folder.store().notes()) {
    fmt::print(stderr, "warning: {}\n", note);
  }
  options.store = &folder.store();
  const PlannedSweep planned{.sweep = sweep, .plan = plan_sweep(sweep, options.workers)};
  if (planned.plan.empty()) {
    return kInterrupted;
  }
  folder.write_plan(planned);
  const std::size_t all = planned.plan.size();
  const std::size_t todo = tasks_to_run(planned.plan, options).size();
  SweepEnd end;
  if (arguments.has("slurm") && todo > 0) {
    if (const std::optional<int> code = run_on_slurm(arguments, planned, options, path)) {
      return *code;
    }
    end = kept_sweep(sweep, planned.plan, {options.store});
  } else {
    end = run_here(arguments, planned, options);
  }
  write_outcome(path, planned, end);
  if (end.interrupted) {
    return interrupted(sweep, end, arguments);
  }
  const std::string there =
      todo < all ? fmt::format("{} of {} points were there already; ", all - todo, all) : "";
  return output.show(sweep, end, there + wrote_outcome(path));
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
      .options = {jobs_option(),
                  {.name = "results",
                   .value = "DIR",
                   .help = "folder that keeps each point; points that it holds are not run again",
                   .fallback = "runs/ and the sweep's name",
                   .holds = Holds::folder},
                  {.name = "retry-failed", .help = "run points again that failed"},
                  {.name = "dry-run", .help = "say what there is to do, and do nothing"},
                  {.name = "shard", .value = "I/N", .help = "only the I-th of N parts"},
                  {.name = "slurm", .help = "run it as a job array of Slurm, and wait for that"},
                  {.name = "tasks",
                   .value = "N",
                   .help = "with --slurm: tasks of the array, each a part of the points",
                   .fallback = "16",
                   .range = Range{.least = 1, .most = 1000}},
                  {.name = "detach", .help = "with --slurm: do not wait"},
                  csv_option(),
                  progress_option()},
      .rest = "options of sbatch",
      .run = run};
}

}  // namespace systole
