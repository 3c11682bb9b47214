// SPDX-License-Identifier: Apache-2.0
// The options of a Perfetto trace, and where it goes: the same for a run and for an export.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "ledger/recording.hpp"
#include "report/perfetto.hpp"

namespace systole {

[[nodiscard]] Option window_option();       // --window FROM..TO
[[nodiscard]] Option trace_clock_option();  // --trace-clock ns|cycles|ps

// What --window says. Throws UserError.
[[nodiscard]] RecordingLimits recording_limits(const std::string& window);

class TimelineOutput {
 public:
  // Throws UserError if the options are wrong or nothing can be written to `path`.
  TimelineOutput(std::string path, const Arguments& arguments);

  [[nodiscard]] Recording& recording() { return *recording_; }  // For the run to fill.
  void write(const Result& result) const;

 private:
  Output output_;
  TraceClock clock_;
  std::unique_ptr<Recording> recording_;
};

}  // namespace systole
