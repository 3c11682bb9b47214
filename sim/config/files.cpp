// SPDX-License-Identifier: Apache-2.0
#include "config/files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "base/suggest.hpp"
#include "base/units.hpp"

namespace systole {
namespace {

namespace fs = std::filesystem;

// "runs/../pods/a.yaml" reads better as "pods/a.yaml", unless a link makes that another file.
fs::path tidy(const fs::path& path) {
  fs::path normal = path.lexically_normal();
  std::error_code error;
  if (normal == path || !fs::exists(path, error)) {
    return normal;
  }
  return fs::equivalent(path, normal, error) ? normal : path;
}

}  // namespace

std::string resolve(const Source& source, const std::string& path) {
  if (source.kind() == Source::Kind::fragment) {
    return tidy(path).string();
  }
  return tidy(fs::path(source.name()).parent_path() / path).string();
}

std::optional<std::string> why_unreadable(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    return "no such file";
  }
  if (fs::is_directory(status)) {
    return "it is a folder";
  }
  if (!fs::is_regular_file(status)) {
    return "it is not a regular file";
  }
  return std::ifstream(path).good() ? std::nullopt : std::optional<std::string>("not readable");
}

std::optional<std::string> similar_file(const std::string& path) {
  constexpr std::size_t kMostFiles = 1000;
  fs::path folder = fs::path(path).parent_path();
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder.empty() ? "." : folder, error), end;
       !error && it != end && names.size() < kMostFiles; it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  std::ranges::sort(names);  // A folder lists in any order; the suggestion must not depend on it.
  const auto found = suggest(fs::path(path).filename().string(), names);
  return found ? std::optional((folder / *found).string()) : std::nullopt;
}

std::string read_text(const std::string& path, std::size_t most) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    const auto near = similar_file(path);
    fail("cannot read '{}': no such file{}", shown(path),
         near ? fmt::format("; did you mean '{}'?", shown(*near)) : "");
  }
  if (fs::is_directory(status)) {
    fail("cannot read '{}': it is a folder", shown(path));
  }
  std::ifstream in(path, std::ios::binary);
  std::string text;
  std::array<char, 1 << 16> piece;
  do {  // Until the end, or until it is certain that the file is too long: it may have no end.
    in.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  } while (in && text.size() <= most);
  if (in.bad() || (in.fail() && !in.eof())) {
    fail("cannot read '{}'", shown(path));
  }
  if (text.size() > most) {
    fail("'{}' is larger than {}, the most that a configuration file may hold", shown(path),
         print_quantity(static_cast<double>(most), Dimension::bytes));
  }
  return text;
}

std::string identity(const std::string& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return error ? path : canonical.string();
}

}  // namespace systole
