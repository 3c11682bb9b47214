// SPDX-License-Identifier: Apache-2.0
#include "cli/data_files.hpp"

#include <array>
#include <filesystem>
#include <system_error>

#include "base/error.hpp"

namespace systole {

namespace fs = std::filesystem;

namespace {

std::array<fs::path, 3> places() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
  const fs::path above = program.parent_path();
  return {above, above / "share" / "systole", fs::path(".")};
}

}  // namespace

std::string data_file(std::string_view name) {
  const std::array folders = places();
  std::error_code error;
  for (const fs::path& folder : folders) {
    const fs::path file = folder / name;
    if (fs::is_regular_file(file, error)) {
      return file.lexically_normal().string();
    }
  }
  fail("cannot find '{}', which comes with systole: looked in {}, {} and the working folder", name,
       folders[0].string(), folders[1].string());
}

std::string data_folder(std::string_view name) {
  std::error_code error;
  for (const fs::path& place : places()) {
    if (fs::is_directory(place / name, error)) {
      return (place / name).lexically_normal().string();
    }
  }
  return {};
}

}  // namespace systole
