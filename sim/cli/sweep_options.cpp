// SPDX-License-Identifier: Apache-2.0
#include "cli/sweep_options.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>

namespace systole {

Option csv_option() {
  return {.name = "csv",
          .value = "PATH",
          .help = "write the rows; - is standard output, then without the table",
          .holds = Holds::file};
}

Option jobs_option() {
  return {.name = "jobs",
          .letter = 'j',
          .value = "N",
          .help = "worker processes",
          .fallback = "one a core",
          .range = Range{.least = 1, .most = 1024}};
}

Option progress_option() {
  return {.name = "progress",
          .value = "WORD",
          .help = "how to show it on standard error: auto, bar, plain or none",
          .fallback = "auto",
          .choices = {"auto", "bar", "plain", "none"}};
}

std::size_t workers(const Arguments& arguments, std::optional<std::uint32_t> jobs) {
  if (arguments.has("jobs")) {
    return arguments.number("jobs");
  }
  return jobs.value_or(static_cast<std::uint32_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN))));
}

std::string results_folder(const Arguments& arguments, const std::string& name) {
  if (arguments.has("results")) {
    return arguments.text("results");
  }
  std::string folder = "runs/";
  for (const char c : name) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
    folder += is_plain ? c : '-';
  }
  return folder;
}

}  // namespace systole
