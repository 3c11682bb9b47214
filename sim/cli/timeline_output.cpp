// SPDX-License-Identifier: Apache-2.0
#include "cli/timeline_output.hpp"

#include "base/error.hpp"
#include "base/units.hpp"

namespace systole {
namespace {

constexpr double kLongestRun = 3600.0;  // Seconds: see study/measure.cpp.

[[noreturn]] void wrong_window(const std::string& window) {
  fail("--window takes FROM..TO, for example 0..50us or 1ms..2ms; got '{}'", window);
}

// One end of a window; nothing and 0 need no unit.
Femtoseconds instant(const std::string& text, Femtoseconds nothing, const std::string& window) {
  if (text.empty()) {
    return nothing;
  }
  if (text == "0") {
    return Femtoseconds{0};
  }
  const Parsed<double> seconds = parse_quantity(text, Dimension::time);
  if (!seconds.ok() || seconds.value < 0.0 || seconds.value > kLongestRun) {
    wrong_window(window);
  }
  return to_femtoseconds(Seconds{seconds.value});
}

TraceClock trace_clock(const std::string& word) {
  return word == "cycles" ? TraceClock::cycles
         : word == "ps"   ? TraceClock::picoseconds
                          : TraceClock::nanoseconds;
}

}  // namespace

Option window_option() {
  return {.name = "window",
          .value = "FROM..TO",
          .help = "keep this stretch of the timeline alone, e.g. 0..50us",
          .fallback = "the whole run"};
}

Option trace_clock_option() {
  return {.name = "trace-clock",
          .value = "ns|cycles|ps",
          .help = "what 1 ns on Perfetto's axis stands for",
          .fallback = "ns",
          .choices = {"ns", "cycles", "ps"}};
}

RecordingLimits recording_limits(const std::string& window) {
  const std::size_t dots = window.find("..");
  if (dots == std::string::npos) {
    wrong_window(window);
  }
  RecordingLimits limits;
  limits.from = instant(window.substr(0, dots), Femtoseconds{0}, window);
  limits.to = instant(window.substr(dots + 2), RecordingLimits::kEver, window);
  if (limits.from >= limits.to) {
    fail("--window {} ends before it begins", window);
  }
  return limits;
}

TimelineOutput::TimelineOutput(std::string path, const Arguments& arguments)
    : output_(std::move(path)),
      clock_(trace_clock(arguments.maybe("trace-clock").value_or("ns"))),
      recording_(std::make_unique<Recording>(
          recording_limits(arguments.maybe("window").value_or("0..")))) {}

void TimelineOutput::write(const Result& result) const {
  output_.write(perfetto_trace(result, *recording_, clock_));
}

}  // namespace systole
