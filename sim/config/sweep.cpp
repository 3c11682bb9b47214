// SPDX-License-Identifier: Apache-2.0
#include "config/sweep.hpp"

#include <algorithm>

namespace systole {
namespace {

constexpr std::uint64_t kMostPoints = 100'000;

// A key that both a variant and the grid set would depend on who comes last.
void check_overlap(const Document& document, std::vector<Diagnostic>& mistakes) {
  const std::vector<std::string> grid = document.names("grid");
  for (const std::string& variant : document.names("variants")) {
    for (const std::string& key : document.names("variants." + variant)) {
      if (std::ranges::find(grid, key) != grid.end()) {
        mistakes.push_back(document.mistake(
            "grid." + key,
            fmt::format("'{}' varies in the grid and in variant '{}'", key, variant)));
      }
    }
  }
}

void check_size(const Document& document, std::vector<Diagnostic>& mistakes) {
  std::uint64_t points = std::max<std::uint64_t>(1, document.names("variants").size());
  for (const std::string& key : document.names("grid")) {
    points = std::min(points * document.texts("grid." + key).size(), kMostPoints + 1);
  }
  if (points > kMostPoints) {
    mistakes.push_back(
        document.mistake("grid", fmt::format("a sweep has at most {} points", kMostPoints)));
  }
}

std::vector<SweepPoint> variants(const Document& document) {
  std::vector<SweepPoint> out;
  for (const std::string& name : document.names("variants")) {
    SweepPoint point{.overrides = {}, .labels = {{.key = "variant", .value = name}}};
    const std::string section = "variants." + name;
    for (const std::string& key : document.names(section)) {
      point.overrides.push_back(
          {.key = key, .value = document.text(fmt::format("{}.{}", section, key))});
    }
    out.push_back(std::move(point));
  }
  if (out.empty()) {
    out.emplace_back();
  }
  return out;
}

// The first and the last of `points`, and what lies evenly between them.
SweepCheck check_of(const Document& document, std::size_t points) {
  const auto count = static_cast<std::size_t>(document.integer("check.points"));
  if (count > points) {
    throw UserError({document.mistake(
        "check.points", fmt::format("the sweep has only {} points to check", points))});
  }
  SweepCheck check;
  for (std::size_t i = 0; i < count; ++i) {
    check.points.push_back(count == 1 ? 0 : i * (points - 1) / (count - 1));
  }
  if (document.has("check.fail_above")) {
    check.fail_above = document.number("check.fail_above");
  }
  return check;
}

}  // namespace

SweepConfig sweep_config(const Document& document) {
  std::vector<Diagnostic> mistakes;
  check_overlap(document, mistakes);
  check_size(document, mistakes);
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
  SweepConfig out{.name = document.text("name"),
                  .base = document.path("base"),
                  .jobs = {},
                  .points = variants(document),
                  .check = {}};
  if (document.has("jobs")) {
    out.jobs = static_cast<std::uint32_t>(document.integer("jobs"));
  }
  for (const std::string& key : document.names("grid")) {
    std::vector<SweepPoint> next;
    for (const SweepPoint& point : out.points) {
      for (const std::string& value : document.texts("grid." + key)) {
        SweepPoint extended = point;
        extended.overrides.push_back({.key = key, .value = value});
        extended.labels.push_back({.key = key, .value = value});
        next.push_back(std::move(extended));
      }
    }
    out.points = std::move(next);
  }
  if (document.has("check")) {
    out.check = check_of(document, out.points.size());
  }
  return out;
}

SweepConfig read_sweep(const std::string& file) {
  return sweep_config(load(FileKind::sweep, file));
}

}  // namespace systole
