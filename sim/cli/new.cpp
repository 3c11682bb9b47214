// SPDX-License-Identifier: Apache-2.0
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "cli/commands.hpp"
#include "cli/data_files.hpp"
#include "cli/output.hpp"
#include "cli/parse.hpp"
#include "config/files.hpp"
#include "config/relocate.hpp"
#include "config/table.hpp"
#include "config/tree.hpp"
#include "study/catalogue.hpp"

namespace systole {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> shelf_kinds() {
  std::vector<std::string> out;
  std::ranges::transform(kShelves, std::back_inserter(out),
                         [](const Shelf& shelf) { return std::string(shelf.kind); });
  return out;
}

Preset find_preset(const Shelf& shelf, const std::string& name) {
  const std::vector<Preset> all = presets(data_folder(shelf.folder));
  const auto found = std::ranges::find(all, name, &Preset::name);
  if (found != all.end()) {
    return *found;
  }
  std::vector<std::string> names;
  std::ranges::transform(all, std::back_inserter(names), &Preset::name);
  fail("no {} '{}' comes with systole{} ('systole list {}' shows them)", shelf.kind, name,
       did_you_mean(name, names), shelf.plural);
}

// In the working folder or in the one that -o names, under the preset's own name unless -o is a
// file.
fs::path target_of(const Arguments& arguments, const Preset& preset) {
  const fs::path own = fs::path(preset.path).filename();
  const fs::path given = arguments.maybe("output").value_or("");
  std::error_code error;
  return given.empty() || fs::is_directory(given, error) ? given / own : given;
}

// Inside the tree of shipped data a path stays relative, as its neighbours' are; elsewhere the copy
// may be moved, and only a whole path stays right.
std::string path_from(const fs::path& folder, const std::string& file) {
  const fs::path named = fs::weakly_canonical(file);
  const fs::path root = fs::weakly_canonical(data_folder("configs")).parent_path();
  const fs::path there = fs::weakly_canonical(folder.empty() ? fs::path(".") : folder);
  const fs::path inside = there.lexically_relative(root);
  const bool is_inside = !inside.empty() && *inside.begin() != "..";
  return is_inside ? named.lexically_relative(there).string() : named.string();
}

int run(const Arguments& arguments) {
  const Shelf& shelf =
      *std::ranges::find(kShelves, std::string_view(arguments.text("KIND")), &Shelf::kind);
  const Preset preset = find_preset(shelf, arguments.text("NAME"));
  const fs::path target = target_of(arguments, preset);
  std::error_code error;
  if (fs::exists(target, error) && !arguments.has("force")) {
    fail("'{}' exists already; --force replaces it, -o FILE names another", target.string());
  }
  const Output output(target.string());
  const std::optional<FileKind> kind = file_kind(shelf.kind);
  output.write(kind ? relocated(*kind, preset.path,
                                [&](const std::string& file) {
                                  return path_from(target.parent_path(), file);
                                })
                    : read_text(preset.path, kMostBytes));
  print(fmt::format("wrote {}, a copy of {}\n", target.string(), preset.path));
  return 0;
}

}  // namespace

Command new_command() {
  return {
      .name = "new",
      .summary = "copy a shipped file, to change it",
      .examples = {"systole new chip tpu_v4 -o my_chip.yaml",
                   "systole new run llama-3.1-70b-decode-64"},
      .operands = {{.name = "KIND",
                    .help = fmt::format("{}", fmt::join(shelf_kinds(), " ")),
                    .choices = shelf_kinds()},
                   {.name = "NAME", .help = "as 'systole list' shows it", .holds = Holds::preset}},
      .options = {{.name = "output",
                   .letter = 'o',
                   .value = "PATH",
                   .help = "the file to write, or the folder to write into",
                   .fallback = "the working folder",
                   .holds = Holds::file},
                  {.name = "force", .help = "replace a file that is there"}},
      .run = run};
}

}  // namespace systole
