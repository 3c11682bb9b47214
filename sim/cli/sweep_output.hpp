// SPDX-License-Identifier: Apache-2.0
// How a sweep ends on the terminal, the same for `sweep` and `merge`: the table, why points failed,
// and the exit code.
#pragma once

#include <optional>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "study/sweep.hpp"

namespace systole {

// Why points failed, on standard error: so many messages at most, each once with its points.
void list_failures(const SweepConfig& sweep, const SweepEnd& end, std::size_t most);

class SweepOutput {
 public:
  explicit SweepOutput(const Arguments& arguments);

  // `wrote` says which files there are; empty: none.
  [[nodiscard]] int show(const SweepConfig& sweep, const SweepEnd& end,
                         const std::string& wrote) const;

 private:
  std::optional<Output> csv_;
};

}  // namespace systole
