// SPDX-License-Identifier: Apache-2.0
// What can go wrong, and whose fault it is. Thrown anywhere, caught in cli only.
//
// A UserError holds every mistake of an input at once, each with file, line and column. A Bug is
// this program's own: a broken law names its counter.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace systole {

// Where a piece of text stands. Line and column count from 1; line 0 means "the file as a whole".
struct Position {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// One mistake of the user, ready to be framed like a compiler's.
struct Diagnostic {
  std::string message;             // What is wrong: "unknown key 'freqency'".
  Position at;                     // Where; an empty file means the command line.
  std::string source;              // The line of text, without its newline; empty if there is none.
  std::uint32_t width = 1;         // How many characters the carets underline.
  std::string label;               // Beside the carets: "did you mean 'frequency'?".
  std::vector<std::string> notes;  // Further lines: "keys here: area, energy, ...".
  std::string also;                // Behind the arrow line: "first at chips/demo.yaml:9:3".
};

// The rustc-like frame, one diagnostic after the other, and a closing count. Ends with a newline.
[[nodiscard]] std::string render(const std::vector<Diagnostic>& diagnostics);

// The input is wrong: exit code 2.
class UserError : public std::runtime_error {
 public:
  explicit UserError(std::vector<Diagnostic> diagnostics);
  explicit UserError(std::string message);  // Nothing to point at: a command line, a missing file.

  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

// The model does not fit the machine: exit code 6. Says what is needed, what there is, what helps.
class DoesNotFit : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// This program is wrong, a law is broken or the simulated machine is stuck: exit code 5.
class Bug : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw UserError(fmt::format(format, std::forward<Args>(args)...));
}

// Stays on in release builds: a wrong number is worse than a slow one.
template <class... Args>
void check(bool holds, fmt::format_string<Args...> format, Args&&... args) {
  if (!holds) [[unlikely]] {
    throw Bug(fmt::format(format, std::forward<Args>(args)...));
  }
}

}  // namespace systole
