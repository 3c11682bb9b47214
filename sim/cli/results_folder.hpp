// SPDX-License-Identifier: Apache-2.0
// A folder with all that a sweep gave: what it computed (study/sweep_store.hpp), its plan, and the
// files that are made of both when it ends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "study/sweep_store.hpp"

namespace systole {

class ResultsFolder {
 public:
  explicit ResultsFolder(const std::string& path)
      : path_(path), store_(path, SweepStore::Access::write) {}

  [[nodiscard]] SweepStore& store() { return store_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  // The sweep as a whole or a shard of it.
  void write_plan(const PlannedSweep& planned) const;

 private:
  std::string path_;
  SweepStore store_;
};

// points.csv, sweep.json, runs.db and report.html in a folder, each whole or not at all.
void write_outcome(const std::string& folder, const PlannedSweep& planned, const SweepEnd& end);

// A line that names them.
[[nodiscard]] std::string wrote_outcome(const std::string& folder);

// What the folders of shards hold, put together: of one sweep, in the order of its points. Throws
// UserError if they are of different sweeps, or not of this program.
struct KeptSweep {
  PlannedSweep planned;
  SweepEnd end;
  std::vector<std::unique_ptr<SweepStore>> stores;
};
[[nodiscard]] KeptSweep read_results(const std::vector<std::string>& folders);

}  // namespace systole
