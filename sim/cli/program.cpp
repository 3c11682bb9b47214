// SPDX-License-Identifier: Apache-2.0
#include "cli/program.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "base/error.hpp"

extern char** environ;  // NOLINT: POSIX declares it nowhere.

namespace systole {
namespace {

// A nameless file that takes what the program says; unlike a pipe it never fills up.
class Capture {
 public:
  Capture() : file_(std::tmpfile()) { check(file_ != nullptr, "no room for a temporary file"); }

  [[nodiscard]] int handle() const { return fileno(file_.get()); }
  [[nodiscard]] std::string text() const {
    std::string out;
    std::rewind(file_.get());
    std::array<char, 4096> part{};
    for (std::size_t got = 1; got > 0;) {
      got = std::fread(part.data(), 1, part.size(), file_.get());
      out.append(part.data(), got);
    }
    return out;
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace

ProgramEnd run_program(const std::vector<std::string>& words) {
  const Capture out;
  const Capture err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out.handle(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.handle(), STDERR_FILENO);
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  arguments.reserve(copies.size() + 1);
  for (std::string& word : copies) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  pid_t process = 0;
  const int failed =
      posix_spawnp(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return {.exit = 127, .out = "", .err = ""};
  }
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  constexpr int kSignal = 128;
  return {.exit = WIFEXITED(status) ? WEXITSTATUS(status) : kSignal + WTERMSIG(status),
          .out = out.text(),
          .err = err.text()};
}

}  // namespace systole
