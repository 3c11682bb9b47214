// SPDX-License-Identifier: Apache-2.0
#include "cli/results_folder.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.hpp"
#include "cli/output.hpp"
#include "config/files.hpp"
#include "report/html/load.hpp"
#include "report/html/page.hpp"
#include "report/result_json.hpp"
#include "report/sweep_database.hpp"
#include "report/sweep_files.hpp"

namespace systole {
namespace {

void require_same(const PlannedSweep& first, const PlannedSweep& other, const std::string& folder) {
  if (first.sweep.name != other.sweep.name || first.sweep.in_all != other.sweep.in_all) {
    fail("'{}' holds sweep '{}' of {} points, not '{}' of {}", folder, other.sweep.name,
         other.sweep.in_all, first.sweep.name, first.sweep.in_all);
  }
}

// Points and tasks of all folders by the points' numbers, checks behind the points.
struct Parts {
  std::map<std::size_t, SweepPoint> points;
  std::map<std::pair<bool, std::size_t>, SweepTask> tasks;
};

void add(Parts& parts, const PlannedSweep& part, const std::string& folder) {
  for (const SweepTask& task : part.plan) {
    const SweepPoint& point = part.sweep.points[task.point];
    parts.points.emplace(point.number, point);
    const auto [known, is_new] = parts.tasks.try_emplace({task.is_check, point.number}, task);
    if (!is_new && known->second.key != task.key) {
      fail(
          "point {} in '{}' is another one than in the folders before: the sweep or a file that "
          "it names has changed",
          point.number, folder);
    }
  }
}

PlannedSweep whole_of(const PlannedSweep& first, const Parts& parts) {
  PlannedSweep out{.sweep = first.sweep, .plan = {}};
  out.sweep.points.clear();
  std::map<std::size_t, std::size_t> places;
  for (const auto& [number, point] : parts.points) {
    places[number] = out.sweep.points.size();
    out.sweep.points.push_back(point);
  }
  if (out.sweep.check) {
    out.sweep.check->points.clear();
  }
  for (const auto& [place, task] : parts.tasks) {
    out.plan.push_back(task);
    out.plan.back().point = places.at(place.second);
    if (task.is_check) {
      out.sweep.check->points.push_back(out.plan.back().point);
    }
  }
  return out;
}

}  // namespace

void ResultsFolder::write_plan(const PlannedSweep& planned) const {
  Output(path_ + "/plan.json").write(to_json(planned).dump(1) + "\n");
}

namespace {

constexpr std::size_t kSweepBytes = std::size_t{1} << 30;

// The rows that were there before stay as `previous.json`, if they were whole and are others.
void keep_previous(const std::string& folder, const std::string& rows) {
  const std::string file = folder + "/sweep.json";
  if (why_unreadable(file)) {
    return;
  }
  const std::string before = read_text(file, kSweepBytes);
  if (before != rows && before.find("\"not_run\"") == std::string::npos) {
    Output(folder + "/previous.json").write(before);
  }
}

// Beside the previous one where that has the point shown in detail.
std::string page_of(const std::string& folder) {
  const std::string previous = folder + "/previous.json";
  if (!why_unreadable(previous)) {
    try {
      return html::page(html::load({folder}, {previous}));
    } catch (const UserError&) {  // Another sweep went by this name: nothing to compare.
    }
  }
  return html::page(html::load({folder}, {}));
}

}  // namespace

void write_outcome(const std::string& folder, const PlannedSweep& planned, const SweepEnd& end) {
  const std::string rows = to_text(sweep_json(planned.sweep, end));
  keep_previous(folder, rows);
  Output(folder + "/points.csv").write(sweep_csv(planned.sweep, end));
  Output(folder + "/sweep.json").write(rows);
  if (end.count(PointStatus::done) > 0 && !end.interrupted) {
    Output(folder + "/report.html").write(page_of(folder));
  }
  write_database(folder + "/runs.db", planned.sweep, planned.plan, end);
}

std::string wrote_outcome(const std::string& folder) {
  return fmt::format("wrote {}/{{report.html, points.csv, sweep.json, runs.db}}\n", folder);
}

namespace {

// Numbers of two builds side by side would be taken for differences between points.
void require_one_program(const std::vector<SweepTask>& plan,
                         const std::vector<const SweepStore*>& stores) {
  std::string program;
  for (const SweepTask& task : plan) {
    for (const SweepStore* store : stores) {
      const KeptPoint* kept = store->find(task.key);
      if (kept != nullptr && !program.empty() && kept->program != program) {
        fail("these folders hold points of two builds of systole: run the older shards again");
      }
      program = kept != nullptr ? kept->program : program;
    }
  }
}

}  // namespace

KeptSweep read_results(const std::vector<std::string>& folders) {
  std::vector<std::unique_ptr<SweepStore>> stores;
  std::vector<const SweepStore*> views;
  std::vector<PlannedSweep> plans;
  Parts parts;
  for (const std::string& folder : folders) {
    plans.push_back(read_plan(folder));
    require_same(plans.front(), plans.back(), folder);
    add(parts, plans.back(), folder);
    views.push_back(
        stores.emplace_back(std::make_unique<SweepStore>(folder, SweepStore::Access::read)).get());
  }
  KeptSweep out{.planned = whole_of(plans.front(), parts), .end = {}, .stores = {}};
  require_one_program(out.planned.plan, views);
  out.end = kept_sweep(out.planned.sweep, out.planned.plan, views);
  out.stores = std::move(stores);
  return out;
}

}  // namespace systole
