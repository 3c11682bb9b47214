// SPDX-License-Identifier: Apache-2.0
#include "study/check.hpp"

#include <algorithm>
#include <utility>

#include "study/point.hpp"
#include "study/worker_pool.hpp"

namespace systole {

std::optional<std::vector<PointRun>> run_baseline(const BaselineConfig& baseline,
                                                  std::size_t workers, const CheckHooks& hooks) {
  std::vector<PointRun> out(baseline.points.size());
  const auto job = [&](std::size_t index) {
    const BaselinePoint& point = baseline.points[index];
    PointOptions options;
    options.overrides = point.overrides;
    return hooks.document(run_point(point.run, options)).dump();
  };
  const auto done = [&](std::size_t index, JobEnd end) {
    if (end.kind == JobEnd::Kind::done) {
      out[index].now = snapshot(nlohmann::ordered_json::parse(end.text));
    } else {
      out[index].message = std::move(end.text);
    }
    hooks.ended(!out[index].now);
  };
  return run_jobs(out.size(), workers, job, done) ? std::optional(std::move(out)) : std::nullopt;
}

bool PointCheck::has_moved() const {
  return change && (change->count_moved() > 0 || before->metrics != run.now->metrics);
}

std::size_t CheckEnd::broken() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(points, [](const PointCheck& p) { return !p.breaches.empty(); }));
}

std::size_t CheckEnd::failed() const {
  return static_cast<std::size_t>(std::ranges::count_if(points, &PointCheck::has_failed));
}

CheckEnd held_against(const BaselineConfig& baseline, const BaselineRecord& record,
                      std::vector<PointRun> runs) {
  CheckEnd out{.baseline = baseline, .points = {}};
  for (std::size_t i = 0; i < baseline.points.size(); ++i) {
    PointCheck& check =
        out.points.emplace_back(PointCheck{.point = baseline.points[i], .run = std::move(runs[i])});
    if (const Snapshot* before = record.find(check.point.name)) {
      check.before = *before;
    }
    if (check.before && check.run.now) {
      check.change = compare(*check.before, *check.run.now);
      check.breaches = breaches(*check.before, *check.run.now, *check.change, check.point.budgets);
    }
  }
  return out;
}

}  // namespace systole
