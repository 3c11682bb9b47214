// SPDX-License-Identifier: Apache-2.0
// The built program as a user meets it: in a folder of its own, with the shipped data beside it.
#pragma once

#include <filesystem>
#include <string>

namespace systole {

struct Shown {
  int exit;
  std::string out;
  std::string err;
};

// An empty working folder in which configs/, energy_models/ and workloads/ are the shipped ones;
// removed at the end.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  // A line of sh; `systole` is the built program.
  [[nodiscard]] Shown sh(const std::string& line) const;

  void write(const std::string& file, const std::string& text) const;
  [[nodiscard]] std::string read(const std::string& file) const;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string content(const std::filesystem::path& file);  // Empty if there is none.

}  // namespace systole
