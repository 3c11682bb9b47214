// SPDX-License-Identifier: Apache-2.0
#include "cli/sweep_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/exit_codes.hpp"
#include "report/format.hpp"
#include "report/sweep_files.hpp"
#include "report/sweep_labels.hpp"
#include "report/sweep_table.hpp"

namespace systole {
namespace {

constexpr std::size_t kMostMessages = 20;
constexpr std::size_t kWidth = 120;

std::string with_line_end(const std::string& message) {
  return message.ends_with('\n') ? message : message + "\n";
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

int exit_code(const SweepConfig& sweep, const SweepEnd& end) {
  const std::size_t done = end.count(PointStatus::done);
  if (done < end.outcomes.size()) {
    fmt::print(stderr, "{} of {} points failed\n", end.outcomes.size() - done, end.outcomes.size());
    return kSomeFailed;
  }
  if (const std::size_t broken = unfinished_checks(end); broken > 0) {
    fmt::print(stderr, "{} of {} checks failed\n", broken, end.checks.size());
    return kSomeFailed;
  }
  return list_far_apart(sweep, end) > 0 ? kFault : 0;
}

}  // namespace

void list_failures(const SweepConfig& sweep, const SweepEnd& end, std::size_t most) {
  std::vector<std::pair<std::string, std::vector<std::string>>> messages;
  const auto note = [&](const std::string& message, std::string point) {
    if (message.empty()) {
      return;
    }
    auto known = std::ranges::find_if(messages, [&](const auto& m) { return m.first == message; });
    if (known == messages.end()) {
      known = messages.insert(messages.end(), {message, {}});
    }
    known->second.push_back(std::move(point));
  };
  for (std::size_t i = 0; i < end.outcomes.size(); ++i) {
    note(end.outcomes[i].message, point_slug(sweep, i));
  }
  for (const SweepChecked& checked : end.checks) {
    note(checked.outcome.message, "check of " + point_slug(sweep, checked.point));
  }
  for (std::size_t i = 0; i < std::min(messages.size(), most); ++i) {
    const auto& [message, points] = messages[i];
    fmt::print(stderr, "point {}{}: {}", points.front(),
               points.size() > 1 ? fmt::format(" and {} more", points.size() - 1) : "",
               with_line_end(message));
  }
  if (messages.size() > most) {
    fmt::print(stderr, "and {} other messages\n", messages.size() - most);
  }
}

SweepOutput::SweepOutput(const Arguments& arguments) {
  if (arguments.has("csv")) {
    csv_.emplace(arguments.text("csv"));
  }
}

int SweepOutput::show(const SweepConfig& sweep, const SweepEnd& end,
                      const std::string& wrote) const {
  if (csv_) {
    csv_->write(sweep_csv(sweep, end));
  }
  if (!csv_ || !csv_->is_standard()) {
    print((sweep.teaches.empty() ? "" : paragraph("", sweep.teaches, 0, kWidth) + "\n") +
          sweep_table(sweep, end) + "\n" + sweep_front(sweep, end) + sweep_findings(sweep, end) +
          wrote);
  }
  list_failures(sweep, end, kMostMessages);
  return exit_code(sweep, end);
}

}  // namespace systole
