// SPDX-License-Identifier: Apache-2.0
#include "study/check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "config/files.hpp"
#include "report/check_files.hpp"
#include "report/check_table.hpp"
#include "report/price_table.hpp"
#include "report/result_json.hpp"

namespace systole {
namespace {

// Files that were asked for, opened before the points run.
struct Outputs {
  explicit Outputs(const Arguments& arguments) {
    const auto open = [&](const char* name, std::optional<Output>& out) {
      if (arguments.has(name)) {
        out.emplace(arguments.text(name));
      }
    };
    open("junit", junit);
    open("gha-benchmark", benchmark);
    open("bmf", bencher);
    if (arguments.has("summary")) {
      summary = arguments.text("summary");
      append(*summary, "");
    }
  }
  void write(const CheckEnd& end) const {
    if (junit) {
      junit->write(junit_xml(end));
    }
    if (benchmark) {
      benchmark->write(to_text(gha_benchmark(end)));
    }
    if (bencher) {
      bencher->write(to_text(bmf(end)));
    }
    if (summary) {
      append(*summary, markdown_summary(end));
    }
  }

  std::optional<Output> junit;
  std::optional<Output> benchmark;
  std::optional<Output> bencher;
  std::optional<std::string> summary;
};

// Nothing where there is no file yet.
std::optional<BaselineRecord> record_of(const BaselineConfig& baseline) {
  if (!std::filesystem::exists(baseline.record())) {
    return std::nullopt;
  }
  try {
    return read_record(read_result(baseline.record()));
  } catch (const UserError& error) {
    Diagnostic mistake = error.diagnostics().front();
    mistake.at.file = baseline.record();
    mistake.notes = {
        fmt::format("'systole check --baseline {} --update' writes it anew", baseline.file)};
    throw UserError({std::move(mistake)});
  }
}

// A check needs the record of each point, and of no other.
BaselineRecord complete_record(const BaselineConfig& baseline) {
  const std::string hint = fmt::format(
      "'systole check --baseline {} --update' records what the points give", baseline.file);
  const std::optional<BaselineRecord> record = record_of(baseline);
  if (!record) {
    fail("there is no '{}' yet to check against; {}", baseline.record(), hint);
  }
  std::vector<std::string> lacking;
  for (const BaselinePoint& point : baseline.points) {
    if (record->find(point.name) == nullptr) {
      lacking.push_back(fmt::format("'{}'", point.name));
    }
  }
  std::vector<std::string> left_over;
  for (const RecordedPoint& recorded : record->points) {
    if (std::ranges::find(baseline.points, recorded.name, &BaselinePoint::name) ==
        baseline.points.end()) {
      left_over.push_back(fmt::format("'{}'", recorded.name));
    }
  }
  if (!lacking.empty()) {
    fail("'{}' has no values for {}; {}", baseline.record(), fmt::join(lacking, ", "), hint);
  }
  if (!left_over.empty()) {
    fail("'{}' has values for {}, which '{}' no longer names; {}", baseline.record(),
         fmt::join(left_over, ", "), baseline.file, hint);
  }
  return *record;
}

std::optional<std::vector<PointRun>> run_points(const Arguments& arguments,
                                                const BaselineConfig& baseline) {
  Progress progress(progress_style(arguments.maybe("progress").value_or("auto")),
                    baseline.points.size());
  const std::size_t workers =
      arguments.has("jobs") ? arguments.number("jobs")
                            : static_cast<std::size_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  return run_baseline(baseline, workers,
                      {.document = [](const Result& result) { return to_json(result); },
                       .ended = [&](bool has_failed) { progress.ended(has_failed); }});
}

int interrupted() {
  fmt::print(stderr, "interrupted: nothing was checked\n");
  return kInterrupted;
}

// Rewrites the record if every point ran.
int update(const Arguments& arguments, const BaselineConfig& baseline) {
  const Output output(baseline.record());
  std::optional<BaselineRecord> before;
  try {
    before = record_of(baseline);
  } catch (const UserError& error) {
    fmt::print(stderr, "{} is replaced: {}\n", baseline.record(),
               error.diagnostics().front().message);
  }
  const auto runs = run_points(arguments, baseline);
  if (!runs) {
    return interrupted();
  }
  const CheckEnd end = held_against(baseline, before.value_or(BaselineRecord{}), *runs);
  print(update_table(end, before.value_or(BaselineRecord{})));
  if (end.failed() > 0) {
    fmt::print(stderr, "{} of {} points failed; {} is left as it was\n", end.failed(),
               end.points.size(), baseline.record());
    return kSomeFailed;
  }
  BaselineRecord now;
  for (const PointCheck& check : end.points) {
    now.points.push_back({.name = check.point.name, .snapshot = *check.run.now});
  }
  const std::string text = to_text(record_json(baseline.name, SYSTOLE_VERSION, now));
  constexpr std::size_t kMost = std::size_t{64} << 20;
  if (before && read_text(baseline.record(), kMost) == text) {
    print(fmt::format("{} is up to date\n", baseline.record()));
  } else {
    output.write(text);
    print(fmt::format("wrote {}\n", baseline.record()));
  }
  return 0;
}

int run(const Arguments& arguments) {
  for (const char* report : {"junit", "summary", "annotations", "gha-benchmark", "bmf"}) {
    if (arguments.has("update") && arguments.has(report)) {
      fail("--update accepts what has moved, so there is nothing for --{} to report", report);
    }
  }
  const Outputs outputs(arguments);
  const BaselineConfig baseline = read_baseline(arguments.text("baseline"));
  if (arguments.has("update")) {
    return update(arguments, baseline);
  }
  const BaselineRecord record = complete_record(baseline);
  auto runs = run_points(arguments, baseline);
  if (!runs) {
    return interrupted();
  }
  const CheckEnd end = held_against(baseline, record, std::move(*runs));
  outputs.write(end);
  print(check_table(end));
  if (arguments.has("annotations") || std::getenv("GITHUB_ACTIONS") != nullptr) {
    print(github_annotations(end));
  }
  return end.failed() > 0 ? kSomeFailed : end.broken() > 0 ? kBrokenBudget : 0;
}

std::vector<Option> options() {
  return {
      {.name = "baseline",
       .value = "FILE",
       .help = "a baseline file (YAML); what its points gave stands beside it",
       .required = true,
       .holds = Holds::yaml},
      {.name = "update",
       .help = "accept what the points give now: record it and show the difference"},
      {.name = "jobs",
       .letter = 'j',
       .value = "N",
       .help = "worker processes",
       .fallback = "one a core",
       .range = Range{.least = 1, .most = 1024}},
      {.name = "junit",
       .value = "PATH",
       .help = "write JUnit XML, one test case a point",
       .holds = Holds::file},
      {.name = "summary",
       .value = "PATH",
       .help = "append Markdown, as $GITHUB_STEP_SUMMARY takes it",
       .holds = Holds::file},
      {.name = "annotations",
       .help = "print GitHub's ::error lines",
       .fallback = "only where GITHUB_ACTIONS is set"},
      {.name = "gha-benchmark",
       .value = "PATH",
       .help = "write customSmallerIsBetter JSON of github-action-benchmark",
       .holds = Holds::file},
      {.name = "bmf", .value = "PATH", .help = "write Bencher Metric Format", .holds = Holds::file},
      {.name = "progress",
       .value = "WORD",
       .help = "how to show it on standard error: auto, bar, plain or none",
       .fallback = "auto",
       .choices = {"auto", "bar", "plain", "none"}}};
}

}  // namespace

Command check_command() {
  return {.name = "check",
          .summary = "run a baseline's points and fail if a count, a price or a time moved",
          .examples = {"systole check --baseline configs/baselines/shipped.yaml",
                       "systole check --baseline configs/baselines/shipped.yaml --update",
                       "systole check --baseline b.yaml --junit check.xml --summary "
                       "\"$GITHUB_STEP_SUMMARY\""},
          .operands = {},
          .options = options(),
          .run = run};
}

}  // namespace systole
