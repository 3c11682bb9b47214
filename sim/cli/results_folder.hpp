// SPDX-License-Identifier: Apache-2.0
// What `sweep --results DIR` keeps: points/NNN-<values>.json as `run --json` would write it, as
// soon as a point is done; sweep.json and points.csv at the end.
#pragma once

#include <string>

#include "study/sweep.hpp"

namespace systole {

class ResultsFolder {
 public:
  ResultsFolder(std::string path, const SweepConfig& sweep);  // Creates it. Throws UserError.

  void keep(std::size_t index, const std::string& document) const;
  void finish(const SweepEnd& end) const;

 private:
  std::string path_;
  const SweepConfig& sweep_;
};

}  // namespace systole
