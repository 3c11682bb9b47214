// SPDX-License-Identifier: Apache-2.0
#include "report/sweep_database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "config/settings.hpp"
#include "report/sweep_files.hpp"
#include "study/pareto.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kTables = R"(
CREATE TABLE sweep(name TEXT NOT NULL, base TEXT NOT NULL, teaches TEXT NOT NULL,
                   systole TEXT NOT NULL);
CREATE TABLE run(id INTEGER PRIMARY KEY, config_hash TEXT NOT NULL, fidelity TEXT,
                 status TEXT NOT NULL, chip TEXT, model TEXT, phase TEXT, energy_model TEXT,
                 binding TEXT);
CREATE TABLE param(run INTEGER NOT NULL REFERENCES run, key TEXT NOT NULL, text TEXT NOT NULL,
                   si_value REAL, unit TEXT, PRIMARY KEY(run, key)) WITHOUT ROWID;
CREATE TABLE metric(run INTEGER NOT NULL REFERENCES run, name TEXT NOT NULL,
                    si_value REAL NOT NULL, low REAL, high REAL, unit TEXT NOT NULL,
                    PRIMARY KEY(run, name)) WITHOUT ROWID;
CREATE TABLE ledger(run INTEGER NOT NULL REFERENCES run, phase TEXT NOT NULL,
                    component TEXT NOT NULL, tensor TEXT NOT NULL, action TEXT NOT NULL,
                    count INTEGER NOT NULL, pj_each REAL NOT NULL, energy_j REAL NOT NULL,
                    PRIMARY KEY(run, component, tensor, action)) WITHOUT ROWID;
CREATE TABLE util(run INTEGER NOT NULL REFERENCES run, resource TEXT NOT NULL, busy REAL NOT NULL,
                  binding INTEGER NOT NULL, PRIMARY KEY(run, resource)) WITHOUT ROWID;
CREATE TABLE event(run INTEGER NOT NULL REFERENCES run, level TEXT NOT NULL, code TEXT NOT NULL,
                   text TEXT NOT NULL);
CREATE TABLE front(run INTEGER PRIMARY KEY REFERENCES run, is_knee INTEGER NOT NULL);
)";

// By the ends of their names.
std::string unit_of(const std::string& metric) {
  if (metric.ends_with("_per_s") || metric.ends_with("_per_s_per_user")) {
    return "1/s";
  }
  return metric.ends_with("_j")          ? "J"
         : metric.ends_with("_s")        ? "s"
         : metric.starts_with("power_w") ? "W"
                                         : "1";
}

class Writer {
 public:
  Writer(SQLite::Database& database, const SweepConfig& sweep) : db_(database), sweep_(sweep) {
    db_.exec(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};",
                         kDatabaseApplication, kDatabaseVersion));
    db_.exec(kTables);
  }

  void point(std::size_t index, const SweepTask& task, const SweepOutcome& outcome) {
    const auto id = static_cast<std::int64_t>(sweep_.points[index].number);
    run(id, task, outcome);
    params(id, sweep_.points[index]);
    if (!outcome.row) {
      add("INSERT INTO event VALUES(?, 'error', ?, ?)", id, std::string(name(outcome.status)),
          outcome.message);
      return;
    }
    metrics(id, *outcome.row);
    for (const LedgerSum& sum : outcome.ledger) {
      const double each =
          sum.count > 0 ? sum.energy_j * 1e12 / static_cast<double>(sum.count) : 0.0;
      add("INSERT INTO ledger VALUES(?, ?, ?, ?, ?, ?, ?, ?)", id, outcome.row->phase,
          sum.component, sum.tensor, sum.action, static_cast<std::int64_t>(sum.count), each,
          sum.energy_j);
    }
    utilisation(id, *outcome.row);
  }

  void whole(const SweepEnd& end) {
    add("INSERT INTO sweep VALUES(?, ?, ?, ?)", sweep_.name,
        std::filesystem::path(sweep_.base).filename().string(), sweep_.teaches,
        std::string(SYSTOLE_VERSION));
    const ParetoFront front = pareto_front(end.outcomes);
    for (const std::size_t index : front.points) {
      add("INSERT INTO front VALUES(?, ?)", static_cast<std::int64_t>(sweep_.points[index].number),
          static_cast<std::int64_t>(index == front.knee));
    }
    views();
  }

 private:
  template <class... Values>
  void add(const char* sql, const Values&... values) {
    SQLite::Statement statement(db_, sql);
    SQLite::bind(statement, values...);
    statement.exec();
  }

  void run(std::int64_t id, const SweepTask& task, const SweepOutcome& outcome) {
    const SweepRow row = outcome.row.value_or(SweepRow{});
    add("INSERT INTO run VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)", id, task.key, row.fidelity,
        std::string(name(outcome.status)), row.chip, row.model, row.phase, row.energy_model,
        row.binding);
  }

  void params(std::int64_t id, const SweepPoint& point) {
    for (const Override& set : point.overrides) {
      const Dimension dimension = find_setting(set.key).value().row->dimension;
      const Parsed<double> value = parse_quantity(set.value, dimension);
      if (value.ok()) {
        add("INSERT INTO param VALUES(?, ?, ?, ?, ?)", id, set.key, set.value, value.value,
            std::string(base_unit(dimension)));
      } else {
        const std::string text = std::filesystem::path(set.value).filename().string();
        add("INSERT INTO param VALUES(?, ?, ?, NULL, NULL)", id, set.key, text);
      }
    }
  }

  void metrics(std::int64_t id, const SweepRow& row) {
    const Json numbers = sweep_numbers(row);
    for (const auto& [metric, value] : numbers.items()) {
      if (!value.is_number() || value.is_boolean()) {
        continue;
      }
      const std::string unit = unit_of(metric);
      if (metric == "energy_per_output_token_j") {
        add("INSERT INTO metric VALUES(?, ?, ?, ?, ?, ?)", id, metric, value.get<double>(),
            row.energy_p5_j, row.energy_p95_j, unit);
      } else {
        add("INSERT INTO metric VALUES(?, ?, ?, NULL, NULL, ?)", id, metric, value.get<double>(),
            unit);
      }
    }
  }

  void utilisation(std::int64_t id, const SweepRow& row) {
    const auto one = [&](const char* resource, double busy) {
      add("INSERT INTO util VALUES(?, ?, ?, ?)", id, std::string(resource), busy,
          static_cast<std::int64_t>(row.binding == resource));
    };
    one("matrix_unit", row.matrix_unit_utilisation);
    one("vector_unit", row.vector_unit_utilisation);
    one("hbm", row.hbm_utilisation);
    one("ici", row.ici_utilisation);
  }

  // A row a point, a column for each swept key and each number.
  void views() {
    std::string columns;
    const auto quoted = [](const std::string& text, char quote) {
      std::string out(1, quote);
      for (const char c : text) {
        out += c == quote ? std::string(2, quote) : std::string(1, c);
      }
      return out + quote;
    };
    std::vector<std::string> keys;
    for (const SweepPoint& point : sweep_.points) {
      for (const Override& set : point.overrides) {
        if (std::ranges::find(keys, set.key) == keys.end()) {
          keys.push_back(set.key);
          columns += fmt::format(
              ", (SELECT coalesce(si_value, text) FROM param WHERE run = id AND key = {}) AS {}",
              quoted(set.key, '\''), quoted(set.key, '"'));
        }
      }
    }
    const Json numbers = sweep_numbers(SweepRow{});
    for (const auto& [metric, value] : numbers.items()) {
      if (!value.is_string() && !value.is_boolean()) {
        columns += fmt::format(
            ", (SELECT si_value FROM metric WHERE run = id AND name = '{0}') AS {0}", metric);
      }
    }
    db_.exec(
        fmt::format("CREATE VIEW points AS SELECT id, status, binding{} FROM run;"
                    "CREATE VIEW pareto AS SELECT points.*, is_knee FROM front JOIN points "
                    "ON front.run = points.id ORDER BY energy_per_output_token_j;",
                    columns));
  }

  SQLite::Database& db_;
  const SweepConfig& sweep_;
};

}  // namespace

void write_database(const std::string& path, const SweepConfig& sweep,
                    const std::vector<SweepTask>& plan, const SweepEnd& end) {
  const std::string half = path + ".half";
  std::remove(half.c_str());
  try {
    {
      SQLite::Database database(half, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
      database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
      SQLite::Transaction transaction(database);
      Writer writer(database, sweep);
      for (const SweepTask& task : plan) {
        if (!task.is_check) {
          writer.point(task.point, task, end.outcomes[task.point]);
        }
      }
      writer.whole(end);
      transaction.commit();
    }
    std::filesystem::rename(half, path);
  } catch (const std::exception& error) {
    std::remove(half.c_str());
    fail("cannot write '{}': {}", path, error.what());
  }
}

}  // namespace systole
