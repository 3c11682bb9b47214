// SPDX-License-Identifier: Apache-2.0
// What a sweep has computed, in a folder. Points are kept under what they consist of and the
// program that computed them, so a sweep that was stopped goes on, one that was edited keeps what
// both share, and no other build's numbers are taken for this one's.
//
// documents.ndjson holds the result of each point, journal.ndjson what tables need of it and where
// its document stands. Both only grow, a line at a time, the document first: what was cut off by a
// crash is cut away when the folder is opened again, and no finished point is lost.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "study/sweep.hpp"

namespace systole {

class SweepStore {
 public:
  enum class Access : std::uint8_t {
    write,  // Makes the folder, repairs it, keeps other sweeps out; finds this program's points.
    read    // Finds the points of any program, the last ones.
  };

  // Throws UserError: not a folder, no rights, another sweep writes there.
  SweepStore(std::string folder, Access access);
  SweepStore(const SweepStore&) = delete;
  SweepStore& operator=(const SweepStore&) = delete;
  ~SweepStore();

  // Null if there is none.
  [[nodiscard]] const KeptPoint* find(const std::string& key) const;
  [[nodiscard]] std::size_t size() const { return points_.size(); }

  // The JSON text of a done point's result, in one line. Throws UserError if it is damaged.
  [[nodiscard]] std::string document(const KeptPoint& point) const;

  // Throws UserError if it could not be kept; then nothing of it is. Where the document of `point`
  // stands is not read.
  void keep(KeptPoint point, const std::string& key, const std::string& document);

  // What was found broken when the folder was opened, a sentence each.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  class File;

  void read_journal();
  void take(const std::string& line, std::size_t number);

  std::string folder_;
  Access access_;
  std::unique_ptr<File> journal_;
  std::unique_ptr<File> documents_;
  std::map<std::string, KeptPoint, std::less<>> points_;
  std::uint64_t documents_end_ = 0;
  std::vector<std::string> notes_;
};

// Equal for equal executables, so that no result outlives the build that made it.
[[nodiscard]] const std::string& program_hash();

}  // namespace systole
