// SPDX-License-Identifier: Apache-2.0
// Where results go: standard output ("-") or a file that is replaced whole or not at all.
#pragma once

#include <string>
#include <string_view>

namespace systole {

class Output {
 public:
  // Throws UserError if nothing could be written there: better before a long run than after it.
  explicit Output(std::string path);

  void write(std::string_view text) const;  // Throws UserError.
  [[nodiscard]] bool is_standard() const { return path_ == "-"; }

 private:
  std::string path_;
};

void print(std::string_view text);  // To standard output. Throws UserError.

// Adds to the end of a file, which is created if there is none. Throws UserError.
void append(const std::string& path, std::string_view text);

// Creates a folder and those above it. Throws UserError.
void make_folder(const std::string& path);

}  // namespace systole
