// SPDX-License-Identifier: Apache-2.0
#include "config/sweep.hpp"

namespace systole {
namespace {

constexpr double kMostPoints = 100'000;

std::vector<SweepPoint> combinations(const SweepSpace& space) {
  std::vector<SweepPoint> out;
  std::vector<std::size_t> place(space.axes.size(), 0);
  for (bool is_more = true; is_more;) {
    out.push_back(space.at(place));
    is_more = false;
    for (std::size_t i = place.size(); i-- > 0 && !is_more;) {
      place[i] = (place[i] + 1) % space.axes[i].size();
      is_more = place[i] > 0;
    }
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
  const SweepSpace space = sweep_space(document);
  if (space.size() > kMostPoints) {
    throw UserError({document.mistake(
        "grid",
        fmt::format("a sweep has at most {} points ('systole search' takes more)", kMostPoints))});
  }
  SweepConfig out{.name = space.name,
                  .base = space.base,
                  .jobs = space.jobs,
                  .points = combinations(space),
                  .check = {},
                  .teaches = space.teaches};
  out.excluded =
      std::erase_if(out.points, [&](const SweepPoint& p) { return space.leaves_out(p); });
  if (out.points.empty()) {
    throw UserError({document.mistake("exclude", "every point of the sweep is left out")});
  }
  out.in_all = out.points.size();
  for (std::size_t i = 0; i < out.points.size(); ++i) {
    out.points[i].number = i + 1;
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
