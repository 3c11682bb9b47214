// SPDX-License-Identifier: Apache-2.0
#include "report/html/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/error.hpp"
#include "report/html/advice.hpp"
#include "report/html/facts.hpp"
#include "report/price_table.hpp"
#include "report/sweep_files.hpp"
#include "study/energy_json.hpp"
#include "study/sweep_plan.hpp"

namespace systole::html {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSweepSchema = "systole.sweep/1";
// What a row says of a point beside its labels begins here.
constexpr std::string_view kFirstAfterLabels = "status";

std::string schema_of(const Json& document) {
  return document.contains("schema") && document.at("schema").is_string()
             ? document.at("schema").get<std::string>()
             : "";
}

// A results folder: its rows are made of what its store holds, so an interrupted sweep has a report
// as well.
Kept folder_of_sweep(const std::string& folder) {
  const PlannedSweep planned = read_plan(folder);
  Kept out{.summary = nullptr, .points = planned.sweep.points.size(), .document = {}};
  out.store = std::make_unique<SweepStore>(folder, SweepStore::Access::read);
  std::vector<std::string> keys(out.points);
  for (const SweepTask& task : planned.plan) {
    if (!task.is_check) {
      keys[task.point] = task.key;
    }
  }
  out.summary =
      sweep_json(planned.sweep, kept_sweep(planned.sweep, planned.plan, {out.store.get()}));
  out.document = [keys, store = out.store.get()](std::size_t i) {
    const KeptPoint* kept = store->find(keys[i]);
    return kept == nullptr || !kept->outcome.row ? Json(nullptr)
                                                 : Json::parse(store->document(*kept));
  };
  return out;
}

// Rows without results: what needs a ledger is left out.
Kept rows_alone(Json summary) {
  const std::size_t points = summary.at("points").size();
  return {.summary = std::move(summary), .points = points, .document = [](std::size_t) {
            return Json(nullptr);
          }};
}

Kept results(const std::vector<std::string>& files) {
  return {.summary = nullptr, .points = files.size(), .document = [files](std::size_t i) {
            Json document = read_result(files[i]);
            if (schema_of(document) != kResultSchema) {
              fail("'{}' is not a result: its schema is '{}', not '{}'", files[i],
                   schema_of(document), kResultSchema);
            }
            if (!document.contains("point") || !document.contains("by_component")) {
              fail("'{}' has no energy by component: a report needs the result of run or gemm",
                   files[i]);
            }
            return document;
          }};
}

Kept kept_in(const std::vector<std::string>& runs) {
  std::error_code error;
  if (runs.size() == 1 && fs::is_directory(runs[0], error)) {
    return folder_of_sweep(runs[0]);
  }
  if (runs.size() == 1) {
    if (Json summary = read_result(runs[0]); schema_of(summary) == kSweepSchema) {
      return rows_alone(std::move(summary));
    }
  }
  for (const std::string& run : runs) {
    if (fs::is_directory(run, error)) {
      fail("'{}' is a folder: a report is of one folder of a sweep, or of results", run);
    }
  }
  return results(runs);
}

std::vector<SweepLabel> labels_of(const Json& row) {
  std::vector<SweepLabel> out;
  for (const auto& [key, value] : row.items()) {
    if (key == kFirstAfterLabels) {
      break;
    }
    if (key != "point") {
      out.push_back(
          {.key = key, .value = value.is_string() ? value.get<std::string>() : value.dump()});
    }
  }
  return out;
}

ReportPoint point_of_row(const Json& row) {
  ReportPoint out{.number = row.at("point").get<std::size_t>(),
                  .labels = labels_of(row),
                  .status = row.at("status").get<std::string>(),
                  .message = row.at("message").get<std::string>(),
                  .row = {},
                  .facts = {},
                  .per_read = {},
                  .set = {}};
  if (out.status == "done") {
    out.row = row_of_sweep(row);
  }
  return out;
}

// What a document says that a sweep's row does not; the row too, where there is none.
void add_document(const Json& document, ReportPoint& point) {
  if (document.is_null()) {
    return;
  }
  if (!point.row) {
    point.status = "done";
    point.row = row_of_result(document);
  }
  point.facts = facts_of(document);
  point.per_read = tokens_per_read(document);
}

// Among the points whose facts are known.
bool varies(const std::vector<ReportPoint>& points, const std::string& key) {
  std::optional<std::string> first;
  for (const ReportPoint& point : points) {
    const auto found = std::ranges::find(point.facts, key, &SweepLabel::key);
    const std::string value = found == point.facts.end() ? "" : found->value;
    if (!point.facts.empty() && first.value_or(value) != value) {
      return true;
    }
    if (!point.facts.empty()) {
      first = value;
    }
  }
  return false;
}

bool are_told_apart(const std::vector<ReportPoint>& points) {
  std::set<std::string> seen;
  return std::ranges::all_of(
      points, [&](const ReportPoint& point) { return seen.insert(words_for(point)).second; });
}

// Results that no sweep named are told apart by what differs: first by what people ask for, then by
// whatever else it takes.
void label_by_facts(std::vector<ReportPoint>& points) {
  const auto add = [&](const std::string& key, const auto& value_of) {
    const auto differs = [&](const ReportPoint& point) {
      return value_of(point) != value_of(points.front());
    };
    if (std::ranges::any_of(points, differs)) {
      for (ReportPoint& point : points) {
        point.labels.push_back({.key = key, .value = value_of(point)});
      }
    }
  };
  const auto fact = [](const std::string& key) {
    return [key](const ReportPoint& point) {
      const auto found = std::ranges::find(point.facts, key, &SweepLabel::key);
      return found == point.facts.end() ? std::string("-") : found->value;
    };
  };
  add("model", [](const ReportPoint& point) { return point.row->model; });
  add("pod", [](const ReportPoint& point) {
    return fmt::format("{} x {}", point.row->chips, point.row->chip);
  });
  add("prices", [](const ReportPoint& point) { return point.row->energy_model; });
  add("workload.weights", fact("workload.weights"));
  add("workload.batch", fact("workload.batch"));
  const std::vector<SweepLabel> others = points.front().facts;
  for (const SweepLabel& other : others) {
    const auto& labels = points.front().labels;
    if (!are_told_apart(points) &&
        std::ranges::find(labels, other.key, &SweepLabel::key) == labels.end()) {
      add(other.key, fact(other.key));
    }
  }
  // The same in all that is shown, such as a result given twice: a number tells them apart.
  std::map<std::string, std::size_t> seen;
  for (ReportPoint& point : points) {
    if (points.size() > 1 && ++seen[words_for(point)] > 1) {
      point.labels.push_back({.key = "result", .value = std::to_string(point.number)});
    }
  }
}

// A value as --set takes it from the project's folder: tables name an energy model by its file
// alone.
std::string given(const SweepLabel& setting) {
  if (setting.key == "energy_model" && setting.value.find('/') == std::string::npos) {
    return fmt::format("energy_models/{}.yaml", setting.value);
  }
  return setting.value;
}

// For a shell: in quotes where it needs them.
std::string quoted(std::string value) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+-";
  if (value.find_first_not_of(kPlain) == std::string::npos) {
    return value;
  }
  for (std::size_t at = 0; (at = value.find('\'', at)) != std::string::npos; at += 4) {
    value.replace(at, 1, "'\\''");
  }
  return "'" + value + "'";
}

// The facts that vary but are no label: what a variant's name stands for.
std::vector<SweepLabel> behind_labels(const std::vector<ReportPoint>& points,
                                      const ReportPoint& point) {
  std::vector<SweepLabel> out;
  for (const SweepLabel& fact : point.facts) {
    const bool is_named =
        std::ranges::find(point.labels, fact.key, &SweepLabel::key) != point.labels.end();
    if (!is_named && varies(points, fact.key)) {
      out.push_back(fact);
    }
  }
  return out;
}

// Whether the facts tell variants apart, so that they are all that variants set. A pod is no fact.
bool facts_tell_variants(const std::vector<ReportPoint>& points) {
  std::map<std::string, std::string> variants;
  for (const ReportPoint& point : points) {
    const auto variant = std::ranges::find(point.labels, "variant", &SweepLabel::key);
    if (!point.row || variant == point.labels.end()) {
      continue;
    }
    std::string facts;
    for (const SweepLabel& fact : behind_labels(points, point)) {
      facts += fact.key + "=" + fact.value + "\n";
    }
    const SweepRow& first =
        *std::ranges::find_if(points, [](const ReportPoint& p) { return p.row.has_value(); })->row;
    if (variants.try_emplace(facts, variant->value).first->second != variant->value ||
        point.row->chip != first.chip || point.row->chips != first.chips) {
      return false;
    }
  }
  return true;
}

// A label that stands for several keys, as a variant's name does, is no key itself; what it set is
// read from the facts.
void add_set_lines(std::vector<ReportPoint>& points) {
  const auto is_key = [](const SweepLabel& label) {
    return label.key.find('.') != std::string::npos || label.key == "energy_model" ||
           label.value.ends_with(".yaml");
  };
  const bool is_told = facts_tell_variants(points);
  for (ReportPoint& point : points) {
    std::vector<SweepLabel> settings = behind_labels(points, point);
    std::ranges::copy_if(point.labels, std::back_inserter(settings), is_key);
    for (const SweepLabel& setting : settings) {
      point.set += fmt::format("{}--set {}={}", point.set.empty() ? "" : " ", setting.key,
                               quoted(given(setting)));
    }
    // What else a variant sets no result says: a comment for the shell.
    const auto variant = std::ranges::find(point.labels, "variant", &SweepLabel::key);
    if (!is_told && variant != point.labels.end()) {
      std::string name = variant->value;
      std::ranges::replace(name, '\n', ' ');
      point.set += fmt::format("{}# variant {}", point.set.empty() ? "" : "  ", name);
    }
  }
}

ReportData checked_data(const Kept& kept) {
  try {
    return report_data(kept);
  } catch (const Json::exception& mistake) {
    fail("the result is damaged: {}", mistake.what());
  }
}

}  // namespace

ReportData report_data(const Kept& kept) {
  ReportData data;
  const bool is_sweep = !kept.summary.is_null();
  if (is_sweep) {
    data.name = kept.summary.at("name").get<std::string>();
    data.teaches = kept.summary.value("teaches", "");
    data.version = kept.summary.at("systole").get<std::string>();
  }
  for (std::size_t i = 0; i < kept.points; ++i) {
    data.points.push_back(is_sweep ? point_of_row(kept.summary.at("points")[i])
                                   : ReportPoint{.number = i + 1,
                                                 .labels = {},
                                                 .status = {},
                                                 .message = {},
                                                 .row = {},
                                                 .facts = {},
                                                 .per_read = {},
                                                 .set = {}});
    if (data.points[i].row || !is_sweep) {
      add_document(kept.document(i), data.points[i]);
    }
  }
  if (!is_sweep) {
    label_by_facts(data.points);
  }
  if (data.points.size() > 1) {
    add_set_lines(data.points);
  }
  data.has_tokens = std::ranges::all_of(data.points, [](const ReportPoint& point) {
    return !point.row || point.row->output_tokens > 0;
  });
  std::vector<const SweepRow*> rows;
  rows.reserve(data.points.size());
  for (const ReportPoint& point : data.points) {
    rows.push_back(point.row ? &*point.row : nullptr);
  }
  data.front = pareto_front(rows);
  if (!data.front.knee) {
    fail("there is nothing to report: no point is done");
  }
  data.shown = *data.front.knee;
  data.document = kept.document(data.shown);
  if (!data.document.is_null()) {
    data.version = data.document.at("systole").get<std::string>();
  }
  return data;
}

namespace {

// The prices that a result of `run` holds.
std::optional<EnergyModel> prices_of(const Json& document) {
  if (!document.is_object() || !document.contains("config") || !document["config"].is_object()) {
    return std::nullopt;
  }
  return energy_model(from_canonical(FileKind::energy_model, document["config"]["energy_model"],
                                     "energy model of the result"));
}

}  // namespace

ReportData load(const std::vector<std::string>& runs, const std::vector<std::string>& before) {
  ReportData data = checked_data(kept_in(runs));
  data.prices = prices_of(data.document);
  data.advice = advice_for(data.document, data.prices);
  if (before.empty()) {
    return data;
  }
  const Kept kept = kept_in(before);
  const ReportData earlier = checked_data(kept);
  const auto same = [&](const ReportPoint& point) {
    return point.row && std::ranges::equal(
                            point.labels, data.detail().labels, {},
                            [](const SweepLabel& l) { return l.key + "=" + l.value; },
                            [](const SweepLabel& l) { return l.key + "=" + l.value; });
  };
  const auto found = std::ranges::find_if(earlier.points, same);
  if (found == earlier.points.end()) {
    fail("'{}' has no finished point '{}' to compare with", before[0], words_for(data.detail()));
  }
  data.before = *found;
  data.document_before = kept.document(static_cast<std::size_t>(found - earlier.points.begin()));
  return data;
}

}  // namespace systole::html
