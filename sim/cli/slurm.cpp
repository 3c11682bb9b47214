// SPDX-License-Identifier: Apache-2.0
#include "cli/slurm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "base/error.hpp"
#include "cli/exit_codes.hpp"
#include "cli/output.hpp"
#include "cli/program.hpp"
#include "cli/progress.hpp"
#include "study/sweep_store.hpp"

namespace systole {
namespace {

volatile std::sig_atomic_t interrupted = 0;

extern "C" void end_waiting(int) { interrupted = 1; }

struct SlurmJob {
  std::string sweep;   // The sweep file.
  std::string folder;  // Of the whole sweep's results.
  std::size_t tasks = 1;
  std::vector<std::string> options;  // For sbatch.
  bool retry_failed = false;

  // From 1.
  [[nodiscard]] std::string shard_folder(std::size_t i) const {
    return fmt::format("{}/shards/{}", folder, i);
  }
};

// For sh: nothing inside is special.
std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

std::string trimmed(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \n");
  return end == std::string::npos ? "" : text.substr(0, end + 1);
}

std::string absolute(const std::string& path) { return std::filesystem::absolute(path).string(); }

// Where the number of the folder's last job stands.
std::string job_file(const SlurmJob& job) { return job.folder + "/slurm/job"; }

std::string script(const SlurmJob& job) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  return fmt::format(
      "#!/bin/sh\n"
      "exec {} sweep {} --shard \"$SLURM_ARRAY_TASK_ID/{}\" --results {}/\"$SLURM_ARRAY_TASK_ID\" "
      "-j \"${{SLURM_CPUS_PER_TASK:-1}}\" --progress none{} > /dev/null\n",
      quoted(program), quoted(absolute(job.sweep)), job.tasks,
      quoted(absolute(job.folder) + "/shards"), job.retry_failed ? " --retry-failed" : "");
}

// States of the tasks that Slurm has not ended; empty if there are none.
std::string queued(const std::string& number) {
  const ProgramEnd end = run_program({"squeue", "--noheader", "--jobs", number, "--format", "%T"});
  if (end.exit == 0) {
    return trimmed(end.out);
  }
  if (interrupted != 0) {
    return "UNKNOWN";  // Ctrl-C reached squeue, too.
  }
  if (end.err.find("Invalid job id") != std::string::npos) {
    return "";  // So long over that Slurm has forgotten it.
  }
  fail("squeue: {}", end.exit == 127 ? "Slurm is not installed here" : trimmed(end.err));
}

// The number of the job, of one that is under way already if there is one.
std::string submit(const SlurmJob& job) {
  if (std::ifstream in(job_file(job)); in) {
    std::string number;
    std::getline(in, number);
    if (!number.empty() && !queued(number).empty()) {
      return number;
    }
  }
  make_folder(job.folder + "/slurm");
  const std::string file = job.folder + "/slurm/task.sh";
  Output(file).write(script(job));
  std::vector<std::string> words{"sbatch",
                                 "--parsable",
                                 "--requeue",
                                 "--open-mode=append",
                                 "--job-name=systole",
                                 fmt::format("--array=1-{}", job.tasks),
                                 fmt::format("--output={}/slurm/%a.log", absolute(job.folder))};
  words.insert(words.end(), job.options.begin(), job.options.end());
  words.push_back(file);
  const ProgramEnd end = run_program(words);
  if (end.exit == 127) {
    fail("--slurm needs Slurm's sbatch, which is not in PATH");
  }
  if (end.exit != 0) {
    fail("sbatch: {}", trimmed(end.err));
  }
  std::string number = trimmed(end.out).substr(0, end.out.find_first_of(";\n"));
  Output(job_file(job)).write(number + "\n");
  return number;
}

// Until no task of the job is left in the queue; `poll` is called about every second. False if it
// was interrupted, which leaves the job alone.
bool wait_for(const std::string& number, const std::function<void()>& poll) {
  struct sigaction action {};
  struct sigaction old {};
  action.sa_handler = end_waiting;
  interrupted = 0;
  sigaction(SIGINT, &action, &old);
  bool is_over = false;
  while (interrupted == 0 && !is_over) {
    is_over = queued(number).empty();
    poll();
    const std::timespec second{.tv_sec = 1, .tv_nsec = 0};
    if (!is_over) {
      nanosleep(&second, nullptr);
    }
  }
  sigaction(SIGINT, &old, nullptr);
  return is_over;
}

// Points that are known already are given to the shards, so that no task computes them again.
void hand_over(const SlurmJob& job, const PlannedSweep& planned, const SweepStore& store) {
  const SweepConfig& sweep = planned.sweep;
  for (std::size_t i = 1; i <= job.tasks; ++i) {
    const SweepConfig shard = shard_of(sweep, i, job.tasks);
    std::optional<SweepStore> part;
    for (const SweepTask& task : planned.plan) {
      const KeptPoint* known = store.find(task.key);
      const std::size_t number = sweep.points[task.point].number;
      if (known == nullptr ||
          std::ranges::find(shard.points, number, &SweepPoint::number) == shard.points.end()) {
        continue;
      }
      if (!part) {
        part.emplace(job.shard_folder(i), SweepStore::Access::write);
      }
      if (part->find(task.key) == nullptr) {
        part->keep(*known, task.key, known->outcome.row ? store.document(*known) : "");
      }
    }
  }
}

// What the tasks have kept so far comes into the folder of the whole sweep.
void collect(const SlurmJob& job, const std::vector<SweepTask>& plan, SweepStore& store) {
  for (std::size_t i = 1; i <= job.tasks; ++i) {
    if (!std::filesystem::exists(job.shard_folder(i) + "/documents.ndjson")) {
      continue;
    }
    const SweepStore part(job.shard_folder(i), SweepStore::Access::read);
    for (const SweepTask& task : plan) {
      const KeptPoint* found = part.find(task.key);
      const KeptPoint* known = store.find(task.key);
      const bool is_new = known == nullptr || (job.retry_failed && !known->outcome.row);
      if (found != nullptr && is_new && found->program == program_hash()) {
        store.keep(*found, task.key, found->outcome.row ? part.document(*found) : "");
      }
    }
  }
}

// Lines in the journals of all tasks.
std::size_t points_done(const SlurmJob& job) {
  std::ptrdiff_t out = 0;
  for (std::size_t i = 1; i <= job.tasks; ++i) {
    std::ifstream journal(job.shard_folder(i) + "/journal.ndjson");
    out += std::count(std::istreambuf_iterator<char>(journal), {}, '\n');
  }
  return static_cast<std::size_t>(out);
}

}  // namespace

std::optional<int> run_on_slurm(const Arguments& arguments, const PlannedSweep& planned,
                                const SweepOptions& options, const std::string& folder) {
  constexpr std::size_t kTasks = 16;
  constexpr const char* kAgain = "the same command waits for it and puts its points together";
  const std::size_t todo = tasks_to_run(planned.plan, options).size();
  const std::size_t asked = arguments.has("tasks") ? arguments.number("tasks") : kTasks;
  const SlurmJob job{.sweep = arguments.text("FILE"),
                     .folder = folder,
                     .tasks = std::min({asked, todo, planned.sweep.points.size()}),
                     .options = arguments.all("--"),
                     .retry_failed = options.retry_failed};
  hand_over(job, planned, *options.store);
  const std::size_t before = points_done(job);
  const std::string number = submit(job);
  if (arguments.has("detach")) {
    print(fmt::format("job {}: {} points in {} tasks; {}\n", number, todo, job.tasks, kAgain));
    return 0;
  }
  Progress progress(progress_style(arguments.maybe("progress").value_or("auto")), todo);
  std::size_t shown = 0;
  const bool is_over = wait_for(number, [&] {
    for (const std::size_t done = std::min(points_done(job) - before, todo); shown < done;
         ++shown) {
      progress.ended(false);
    }
  });
  collect(job, planned.plan, *options.store);
  if (!is_over) {
    fmt::print(stderr, "interrupted: job {} goes on ('scancel {}' ends it); {}\n", number, number,
               kAgain);
    return kInterrupted;
  }
  std::filesystem::remove_all(folder + "/shards");
  return std::nullopt;
}

}  // namespace systole
