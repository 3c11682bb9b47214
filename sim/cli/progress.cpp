// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace systole {
namespace {

constexpr std::size_t kBar = 30;
constexpr std::size_t kLines = 20;  // Of plain progress, whatever the number of points.

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

Progress::Progress(ProgressStyle style, std::size_t total) : style_(style), total_(total) {
  if (style_ == ProgressStyle::bar) {
    show();
  }
}

Progress::~Progress() {
  if (style_ == ProgressStyle::bar) {
    fmt::print(stderr, "\r{:79}\r", "");
  }
}

void Progress::ended(bool has_failed) {
  ended_ += 1;
  failed_ += has_failed ? 1 : 0;
  const std::size_t stride = std::max<std::size_t>(1, total_ / kLines);
  if (style_ == ProgressStyle::bar ||
      (style_ == ProgressStyle::plain && (ended_ % stride == 0 || ended_ == total_))) {
    show();
  }
}

void Progress::show() const {
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
  const std::size_t left = total_ - ended_;
  std::string text = fmt::format("{}/{} points", ended_, total_);
  if (failed_ > 0) {
    text += fmt::format(", {} failed", failed_);
  }
  if (ended_ > 0 && left > 0) {
    text += fmt::format(", {:.0f} s left", std::ceil(spent.count() * static_cast<double>(left) /
                                                     static_cast<double>(ended_)));
  }
  if (style_ == ProgressStyle::plain) {
    fmt::print(stderr, "{}\n", text);
    return;
  }
  const std::size_t filled = kBar * ended_ / total_;
  fmt::print(stderr, "\r[{}{}] {:<45}", std::string(filled, '#'), std::string(kBar - filled, '.'),
             text);
  std::fflush(stderr);
}

}  // namespace systole
