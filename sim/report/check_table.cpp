// SPDX-License-Identifier: Apache-2.0
#include "report/check_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/check_text.hpp"

namespace systole {
namespace {

constexpr std::size_t kUpdateParts = 20;  // Of a point; a version control system shows the rest.
constexpr const char* kMargin = "     ";

std::string indented(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) {
    out += kMargin;
    for (const char c : line) {
      out += c;
      out += c == '\n' ? kMargin : "";
    }
    out += '\n';
  }
  return out;
}

std::string plural(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// Metrics that moved, and the parts behind them.
std::vector<std::string> movement(const PointCheck& check, std::size_t parts) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < kMetrics; ++i) {
    const auto metric = static_cast<Metric>(i);
    const double before = check.before->metric(metric).value();
    const double after = check.run.now->metric(metric).value();
    if (before != after) {
      out.push_back(fmt::format("{} {} ({})", name(metric), from_to(before, after, unit_of(metric)),
                                relative(before, after)));
    }
  }
  std::ranges::move(attribution(*check.change, parts), std::back_inserter(out));
  return out;
}

std::string closing(const CheckEnd& end) {
  std::string out;
  const std::size_t points = end.points.size();
  if (const std::size_t failed = end.failed(); failed > 0) {
    out += fmt::format("{} of {} failed to run\n", failed, plural(points, "point"));
  }
  if (const std::size_t broken = end.broken(); broken > 0) {
    out += fmt::format("{} of {} outside budget; accept: systole check --baseline {} --update\n",
                       broken, plural(points, "point"), end.baseline.file);
  }
  return out;
}

}  // namespace

std::string check_table(const CheckEnd& end) {
  std::string out;
  std::size_t equal = 0;
  for (const PointCheck& check : end.points) {
    const bool is_broken = check.has_failed() || !check.breaches.empty();
    if (is_broken) {
      out += fmt::format("FAIL {}\n{}{}look: {}\n", check.point.name, indented(findings(check)),
                         kMargin, run_line(check.point));
    } else if (check.has_moved()) {
      out += fmt::format("ok   {}, moved within its budgets\n{}", check.point.name,
                         indented(movement(check, 1)));
    } else {
      ++equal;
    }
  }
  if (equal > 0) {
    out += fmt::format("ok   {}{}, identical counts and prices\n",
                       plural(equal, equal == end.points.size() ? "point" : "other point"), "");
  }
  return out + closing(end);
}

std::string update_table(const CheckEnd& end, const BaselineRecord& before) {
  std::string out;
  std::size_t equal = 0;
  for (const PointCheck& check : end.points) {
    const std::string& point = check.point.name;
    if (check.has_failed()) {
      out += fmt::format("FAIL {}\n{}", point, indented(findings(check)));
    } else if (!check.before) {
      out +=
          fmt::format("new  {}: {}\n", point, plural(check.run.now->ledger.size(), "ledger line"));
    } else if (check.has_moved()) {
      out += fmt::format("diff {}\n{}", point, indented(movement(check, kUpdateParts)));
    } else {
      ++equal;
    }
  }
  for (const RecordedPoint& recorded : before.points) {
    const auto is_it = [&](const PointCheck& check) { return check.point.name == recorded.name; };
    if (std::ranges::none_of(end.points, is_it)) {
      out += fmt::format("gone {}\n", recorded.name);
    }
  }
  if (equal > 0) {
    out += fmt::format("same {}, identical counts and prices\n", plural(equal, "point"));
  }
  return out;
}

}  // namespace systole
