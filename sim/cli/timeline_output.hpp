// SPDX-License-Identifier: Apache-2.0
// What is written of a run over time, and where it goes.
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

struct TimelineRequest {
  std::optional<std::string> perfetto;  // Path.
  std::optional<std::string> scalesim;  // Folder.
  std::optional<std::string> window;    // As the command line has them.
  std::optional<std::string> clock;
};

class TimelineOutput {
 public:
  // Throws UserError if the request is wrong or nothing can be written there.
  explicit TimelineOutput(const TimelineRequest& request);

  [[nodiscard]] Recording* recording() { return recording_.get(); }  // Null: nothing was asked for.
  void write(const Result& result) const;

 private:
  std::optional<Output> perfetto_;
  std::optional<std::string> scalesim_;
  TraceClock clock_ = TraceClock::nanoseconds;
  std::unique_ptr<Recording> recording_;
};

}  // namespace systole
