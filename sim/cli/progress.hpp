// SPDX-License-Identifier: Apache-2.0
// How far a sweep is, on standard error: a bar on a terminal, now and then a line in CI.
//
// No colour is used, so NO_COLOR has nothing to switch off.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace systole {

enum class ProgressStyle : std::uint8_t { bar, plain, none };

// What `--progress WORD` means here: auto is a bar on a terminal, lines under CI, else nothing.
[[nodiscard]] ProgressStyle progress_style(const std::string& word);

class Progress {
 public:
  // Without a total it does not say how much is left.
  Progress(ProgressStyle style, std::optional<std::size_t> total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();  // Removes the bar.

  // One more point; done, it has joules per token.
  void ended(bool has_failed, std::optional<double> energy_j = {});

 private:
  void show() const;

  const ProgressStyle style_;
  const std::optional<std::size_t> total_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::size_t ended_ = 0;
  std::size_t failed_ = 0;
  std::optional<double> least_j_;
};

}  // namespace systole
