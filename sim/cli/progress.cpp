// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "report/format.hpp"

namespace systole {
namespace {

constexpr std::size_t kBar = 16;
constexpr std::size_t kLines = 20;         // Of plain progress, whatever the number of points.
constexpr std::size_t kPointsALine = 100;  // Where that is not known.

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

ProgressStyle progress_style(const std::string& word) {
  if (word != "auto") {
    return word == "bar"     ? ProgressStyle::bar
           : word == "plain" ? ProgressStyle::plain
                             : ProgressStyle::none;
  }
  if (is_set("CI")) {
    return ProgressStyle::plain;
  }
  return isatty(STDERR_FILENO) != 0 ? ProgressStyle::bar : ProgressStyle::none;
}

Progress::Progress(ProgressStyle style, std::optional<std::size_t> total)
    : style_(style), total_(total) {
  if (style_ == ProgressStyle::bar && total_ != 0) {
    show();
  }
}

Progress::~Progress() {
  if (style_ == ProgressStyle::bar) {
    fmt::print(stderr, "\r{:79}\r", "");
  }
}

void Progress::ended(bool has_failed, std::optional<double> energy_j) {
  ended_ += 1;
  failed_ += has_failed ? 1 : 0;
  if (energy_j && (!least_j_ || *energy_j < *least_j_)) {
    least_j_ = energy_j;
  }
  const std::size_t stride = total_ ? std::max<std::size_t>(1, *total_ / kLines) : kPointsALine;
  if (style_ == ProgressStyle::bar ||
      (style_ == ProgressStyle::plain && (ended_ % stride == 0 || ended_ == total_))) {
    show();
  }
}

void Progress::show() const {
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
  std::string text =
      total_ ? fmt::format("{}/{} points", ended_, *total_) : fmt::format("{} points", ended_);
  if (failed_ > 0) {
    text += fmt::format(", {} failed", failed_);
  }
  if (total_ && ended_ > 0 && ended_ < *total_) {
    text += fmt::format(", {:.0f} s left",
                        std::ceil(spent.count() * static_cast<double>(*total_ - ended_) /
                                  static_cast<double>(ended_)));
  }
  if (least_j_) {
    text += fmt::format(", best {}", si(*least_j_, "J/token"));
  }
  if (style_ == ProgressStyle::plain) {
    fmt::print(stderr, "{}\n", text);
    return;
  }
  if (total_) {
    const std::size_t filled = kBar * ended_ / *total_;
    text =
        fmt::format("[{}{}] {}", std::string(filled, '#'), std::string(kBar - filled, '.'), text);
  }
  fmt::print(stderr, "\r{:<78}", text);
  std::fflush(stderr);
}

}  // namespace systole
