// SPDX-License-Identifier: Apache-2.0
#include "report/sweep_database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/error.hpp"

namespace systole {
namespace {

// Two points of a sweep, one of which failed, in a database of a temporary folder.
class SweepDatabase : public testing::Test {
 protected:
  SweepDatabase() {
    std::string name = "/tmp/systole-test-XXXXXX";
    folder_ = mkdtemp(name.data());
    sweep_.in_all = 2;
    for (const char* capacity : {"64 KiB", "1 MiB"}) {
      sweep_.points.push_back(
          {.overrides = {{"chip.scratchpad.capacity", capacity}, {"workload.weights", "int8"}},
           .labels = {{"chip.scratchpad.capacity", capacity}},
           .number = sweep_.points.size() + 1});
      plan_.push_back({.point = plan_.size(), .is_check = false, .overrides = {}, .key = "k"});
    }
    SweepRow row;
    row.energy_j = 2;
    row.energy_p5_j = 1;
    row.energy_p95_j = 3;
    row.step_s = 0.5;
    row.phase = "decode";
    row.binding = "hbm";
    row.hbm_utilisation = 0.75;
    end_.outcomes.push_back({.status = PointStatus::done,
                             .row = row,
                             .ledger = {{"hbm", "weight", "hbm_read", 10, 1.5e-11},
                                        {"hbm", "kv", "hbm_read", 2, 4e-12}}});
    end_.outcomes.push_back(
        {.status = PointStatus::does_not_fit, .message = "does not fit: it's too small"});
    write_database(path(), sweep_, plan_, end_);
  }
  ~SweepDatabase() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return folder_ + "/runs.db"; }

  // The first column of the first row.
  [[nodiscard]] std::string value(const std::string& sql) const {
    SQLite::Database database(path());
    return database.execAndGet(sql).getString();
  }

  std::string folder_;
  SweepConfig sweep_{.name = "s", .base = "/a/b/base.yaml", .jobs = {}, .points = {}};
  std::vector<SweepTask> plan_;
  SweepEnd end_;
};

TEST_F(SweepDatabase, SaysWhatItIs) {
  EXPECT_EQ(value("PRAGMA application_id"), std::to_string(kDatabaseApplication));
  EXPECT_EQ(value("PRAGMA user_version"), "1");
  EXPECT_EQ(value("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(value("SELECT base FROM sweep"), "base.yaml");  // No path of a machine.
}

TEST_F(SweepDatabase, HasParametersInBaseUnitsAndAsTheyWereWritten) {
  EXPECT_EQ(value("SELECT text FROM param WHERE run = 1 AND key LIKE 'chip%'"), "64 KiB");
  EXPECT_EQ(value("SELECT si_value FROM param WHERE run = 2 AND key LIKE 'chip%'"), "1048576.0");
  EXPECT_EQ(value("SELECT unit FROM param WHERE run = 2 AND key LIKE 'chip%'"), "B");
  EXPECT_EQ(value("SELECT text FROM param WHERE run = 2 AND key = 'workload.weights'"), "int8");
}

TEST_F(SweepDatabase, HasMetricsWithRangeAndUnit) {
  EXPECT_EQ(value("SELECT low || ' ' || si_value || ' ' || high || ' ' || unit FROM metric WHERE "
                  "name = 'energy_per_output_token_j'"),
            "1.0 2.0 3.0 J");
  EXPECT_EQ(value("SELECT busy FROM util WHERE binding = 1"), "0.75");
}

TEST_F(SweepDatabase, HasLedgerLinesWhosePriceTimesCountIsTheirEnergy) {
  EXPECT_EQ(value("SELECT count(*) FROM ledger"), "2");
  EXPECT_EQ(value("SELECT pj_each FROM ledger WHERE tensor = 'weight'"), "1.5");
  EXPECT_EQ(value("SELECT max(abs(count * pj_each * 1e-12 - energy_j)) < 1e-24 FROM ledger"), "1");
}

TEST_F(SweepDatabase, KeepsWhyAPointFailed) {
  EXPECT_EQ(value("SELECT status FROM run WHERE id = 2"), "does_not_fit");
  EXPECT_EQ(value("SELECT text FROM event WHERE run = 2"), "does not fit: it's too small");
  EXPECT_EQ(value("SELECT count(*) FROM metric WHERE run = 2"), "0");
}

TEST_F(SweepDatabase, ShowsPointsAsRowsAndTheFront) {
  EXPECT_EQ(value("SELECT \"chip.scratchpad.capacity\" || ' ' || energy_per_output_token_j FROM "
                  "points WHERE id = 1"),
            "65536.0 2.0");
  EXPECT_EQ(value("SELECT group_concat(id) FROM pareto"), "1");
}

TEST_F(SweepDatabase, IsWrittenWholeOrNotAtAll) {
  EXPECT_FALSE(std::filesystem::exists(path() + ".half"));
  EXPECT_THROW(write_database(folder_ + "/nowhere/runs.db", sweep_, plan_, end_), UserError);
}

}  // namespace
}  // namespace systole
