// SPDX-License-Identifier: Apache-2.0
#include "study/sweep_plan.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "config/files.hpp"
#include "study/inputs.hpp"
#include "study/measure.hpp"
#include "study/worker_pool.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kPlanSchema = "systole.plan/1";
constexpr std::size_t kPlanBytes = std::size_t{1} << 30;

// The same point by the fidelity that it does not ask for.
std::vector<Override> by_the_other(std::vector<Override> overrides, Fidelity fidelity) {
  std::erase_if(overrides, [](const Override& set) { return set.key == "fidelity"; });
  overrides.push_back({.key = "fidelity",
                       .value = std::string(name(fidelity == Fidelity::event ? Fidelity::analytic
                                                                             : Fidelity::event))});
  return overrides;
}

std::vector<SweepTask> tasks_of(const SweepConfig& sweep) {
  std::vector<SweepTask> out;
  for (std::size_t i = 0; i < sweep.points.size(); ++i) {
    out.push_back({.point = i, .is_check = false, .overrides = sweep.points[i].overrides});
  }
  for (const std::size_t point : sweep.check ? sweep.check->points : std::vector<std::size_t>{}) {
    out.push_back({.point = point, .is_check = true, .overrides = sweep.points[point].overrides});
  }
  return out;
}

// A list of {key: value}, in order.
template <class Pair>
Json pairs_json(const std::vector<Pair>& pairs) {
  Json out = Json::array();
  for (const Pair& pair : pairs) {
    out.push_back({pair.key, pair.value});
  }
  return out;
}

template <class Pair>
std::vector<Pair> pairs_of(const Json& json) {
  std::vector<Pair> out;
  for (const Json& pair : json) {
    out.push_back({.key = pair.at(0), .value = pair.at(1)});
  }
  return out;
}

SweepConfig sweep_of(const Json& json) {
  SweepConfig out{.name = json.at("name"),
                  .base = json.at("base"),
                  .jobs = {},
                  .points = {},
                  .check = {},
                  .teaches = json.at("teaches"),
                  .excluded = json.at("excluded"),
                  .in_all = json.at("points_in_all")};
  for (const Json& point : json.at("points")) {
    out.points.push_back({.overrides = pairs_of<Override>(point.at("set")),
                          .labels = pairs_of<SweepLabel>(point.at("labels")),
                          .number = point.at("number")});
  }
  if (const Json& check = json.at("check"); !check.is_null()) {
    out.check = {.points = check.at("points"), .fail_above = {}};
    if (!check.at("fail_above").is_null()) {
      out.check->fail_above = check.at("fail_above").get<double>();
    }
  }
  return out;
}

}  // namespace

std::vector<SweepTask> plan_sweep(const SweepConfig& sweep, std::size_t workers) {
  std::vector<SweepTask> plan = tasks_of(sweep);
  const auto job = [&](std::size_t index) {
    const SweepTask& task = plan[index];
    const Inputs inputs = read_inputs(sweep.base, task.overrides);
    if (!task.is_check) {
      return config_hash(inputs.hashes);
    }
    const Inputs other = read_inputs(sweep.base, by_the_other(task.overrides, inputs.run.fidelity));
    return config_hash(other.hashes) + std::string(name(other.run.fidelity));
  };
  const auto done = [&](std::size_t index, const JobEnd& end) {
    SweepTask& task = plan[index];
    constexpr std::size_t kHash = 32;
    if (end.kind != JobEnd::Kind::done) {
      task.message = end.text;
      return;
    }
    task.key = end.text.substr(0, kHash);
    if (task.is_check) {
      const bool is_event = end.text.substr(kHash) == name(Fidelity::event);
      task.overrides =
          by_the_other(std::move(task.overrides), is_event ? Fidelity::analytic : Fidelity::event);
    }
  };
  return run_jobs(plan.size(), workers, job, done) ? plan : std::vector<SweepTask>{};
}

SweepConfig shard_of(const SweepConfig& sweep, std::size_t i, std::size_t n) {
  SweepConfig out = sweep;
  out.points.clear();
  if (out.check) {
    out.check->points.clear();
  }
  for (std::size_t point = i - 1; point < sweep.points.size(); point += n) {
    if (sweep.check && std::ranges::binary_search(sweep.check->points, point)) {
      out.check->points.push_back(out.points.size());
    }
    out.points.push_back(sweep.points[point]);
  }
  return out;
}

nlohmann::ordered_json to_json(const PlannedSweep& planned) {
  const SweepConfig& sweep = planned.sweep;
  Json points = Json::array();
  for (const SweepPoint& point : sweep.points) {
    points.push_back({{"number", point.number},
                      {"labels", pairs_json(point.labels)},
                      {"set", pairs_json(point.overrides)}});
  }
  Json tasks = Json::array();
  for (const SweepTask& task : planned.plan) {
    tasks.push_back({{"point", task.point},
                     {"is_check", task.is_check},
                     {"set", pairs_json(task.overrides)},
                     {"key", task.key},
                     {"message", task.message}});
  }
  Json check = nullptr;
  if (sweep.check) {
    check = {
        {"points", sweep.check->points},
        {"fail_above", sweep.check->fail_above ? Json(*sweep.check->fail_above) : Json(nullptr)}};
  }
  return {
      {"schema", kPlanSchema},     {"name", sweep.name},          {"base", sweep.base},
      {"teaches", sweep.teaches},  {"excluded", sweep.excluded},  {"points_in_all", sweep.in_all},
      {"check", std::move(check)}, {"points", std::move(points)}, {"tasks", std::move(tasks)}};
}

PlannedSweep planned_sweep(const nlohmann::ordered_json& json, const std::string& file) {
  try {
    if (json.at("schema") != kPlanSchema) {
      fail("'{}' is no plan of a sweep: its schema is not '{}'", file, kPlanSchema);
    }
    PlannedSweep out{.sweep = sweep_of(json), .plan = {}};
    for (const Json& task : json.at("tasks")) {
      out.plan.push_back({.point = task.at("point"),
                          .is_check = task.at("is_check"),
                          .overrides = pairs_of<Override>(task.at("set")),
                          .key = task.at("key"),
                          .message = task.at("message")});
      if (out.plan.back().point >= out.sweep.points.size()) {
        fail("'{}' is damaged: a task has no point", file);
      }
    }
    return out;
  } catch (const nlohmann::json::exception& error) {
    fail("'{}' is no plan of a sweep, or damaged: {}", file, error.what());
  }
}

PlannedSweep read_plan(const std::string& folder) {
  const std::string file = folder + "/plan.json";
  if (const auto problem = why_unreadable(file)) {
    fail("'{}' holds no results of a sweep: '{}': {}", folder, file, *problem);
  }
  const auto json = Json::parse(read_text(file, kPlanBytes), nullptr, false);
  if (json.is_discarded()) {
    fail("'{}' is not JSON: run the sweep again", file);
  }
  return planned_sweep(json, file);
}

}  // namespace systole
