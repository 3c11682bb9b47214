// SPDX-License-Identifier: Apache-2.0
#include "cli/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "base/error.hpp"

namespace systole {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot_write(const std::string& path, std::string_view reason) {
  fail("cannot write '{}': {}", path, reason);
}

// Devices and pipes are written in place: there is no file to replace.
bool is_special(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return fs::exists(status) && !fs::is_regular_file(status);
}

// A link stays a link: what it points to is replaced.
fs::path target_of(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  return error ? fs::path(path) : real;
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void write_to(const std::string& file, std::string_view text, const std::string& path,
              const char* mode = "wb") {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(
      std::fopen(file.c_str(), mode), [](std::FILE* f) { return std::fclose(f); });
  if (out == nullptr) {
    cannot_write(path, std::strerror(errno));
  }
  if (std::fwrite(text.data(), 1, text.size(), out.get()) != text.size() ||
      std::fflush(out.get()) != 0) {
    cannot_write(path, std::strerror(errno));
  }
}

// A file under its temporary name, which is gone afterwards whatever happens.
struct HalfWritten {
  explicit HalfWritten(std::string name) : path(std::move(name)) {}
  HalfWritten(const HalfWritten&) = delete;
  HalfWritten& operator=(const HalfWritten&) = delete;
  ~HalfWritten() { std::remove(path.c_str()); }

  std::string path;
};

}  // namespace

Output::Output(std::string path) : path_(std::move(path)) {
  if (is_standard() || is_special(path_)) {
    if (std::error_code error; fs::is_directory(path_, error)) {
      cannot_write(path_, "it is a folder");
    }
    return;
  }
  const fs::path target = target_of(path_);
  if (std::error_code error; !fs::is_directory(folder_of(target), error)) {
    cannot_write(path_, fmt::format("there is no folder '{}'", folder_of(target).string()));
  }
  const bool is_new = access(target.c_str(), F_OK) != 0;
  if (access(is_new ? folder_of(target).c_str() : target.c_str(), W_OK) != 0) {
    cannot_write(path_, std::strerror(errno));
  }
}

void Output::write(std::string_view text) const {
  if (is_standard()) {
    print(text);
    return;
  }
  if (is_special(path_)) {
    write_to(path_, text, path_);
    return;
  }
  const fs::path target = target_of(path_);
  const HalfWritten half(fmt::format("{}.{}.tmp", target.string(), getpid()));
  write_to(half.path, text, path_);
  if (std::rename(half.path.c_str(), target.c_str()) != 0) {
    cannot_write(path_, std::strerror(errno));
  }
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    fail("cannot write to standard output: {}", std::strerror(errno));
  }
}

void append(const std::string& path, std::string_view text) { write_to(path, text, path, "ab"); }

void make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    fail("cannot create the folder '{}': {}", path, error.message());
  }
}

}  // namespace systole
