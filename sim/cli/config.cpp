// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/overrides.hpp"
#include "config/difference.hpp"
#include "config/kind.hpp"
#include "config/listing.hpp"
#include "config/settings.hpp"
#include "report/config_text.hpp"
#include "study/check_files.hpp"

namespace systole {
namespace {

FileKind kind(const Arguments& arguments, const std::string& file) {
  return arguments.has("kind") ? file_kind(arguments.text("kind")).value() : kind_of(file);
}

int show(const Arguments& arguments) {
  const std::string& file = arguments.text("FILE");
  const FileKind of = kind(arguments, file);
  const std::vector<Override> changes = overrides(arguments);
  for (const Override& set : changes) {
    if (of == FileKind::run && overrides_of(of, {set}).empty()) {
      fail("--set {} changes a file that '{}' names: show that file", set.key, file);
    }
  }
  const Document document = load(of, file, changes);
  print(config_yaml(listed_values(document), arguments.has("origin")));
  return 0;
}

int check(const Arguments& arguments) {
  std::vector<Diagnostic> mistakes;
  std::string right;
  for (const std::string& file : arguments.all("FILE")) {
    const FileKind of = kind(arguments, file);
    std::vector<Diagnostic> found = mistakes_of(of, file);
    if (found.empty()) {
      right += fmt::format("{}: {}, ok\n", file, name(of));
    }
    std::ranges::move(found, std::back_inserter(mistakes));
  }
  print(right);
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
  return 0;
}

int diff(const Arguments& arguments) {
  const std::vector<std::string> files = arguments.all("FILE");
  const FileKind a = kind(arguments, files[0]);
  const FileKind b = kind(arguments, files[1]);
  if (a != b) {
    fail("'{}' is a {} file and '{}' a {} file: there is nothing to compare", files[0], name(a),
         files[1], name(b));
  }
  print(config_difference(
      difference(listed_values_of_all(a, files[0]), listed_values_of_all(b, files[1])), files[0],
      files[1]));
  return 0;
}

int run(const Arguments& arguments) {
  const std::string& action = arguments.text("ACTION");
  const std::size_t files = arguments.all("FILE").size();
  const std::size_t wanted = action == "show" ? 1 : action == "diff" ? 2 : files;
  if (files != wanted) {
    fail("systole config {} takes {} file{}, not {}", action, wanted, wanted == 1 ? "" : "s",
         files);
  }
  for (const char* option : {"set", "origin"}) {
    if (arguments.has(option) && action != "show") {
      fail("--{} belongs to 'systole config show'", option);
    }
  }
  return action == "show"    ? show(arguments)
         : action == "check" ? check(arguments)
                             : diff(arguments);
}

}  // namespace

Command config_command() {
  return {
      .name = "config",
      .summary = "show, check or compare configuration files",
      .examples = {"systole config show configs/chips/tpu_v4.yaml --origin",
                   "systole config check configs/runs/llama-3.1-8b-v5e.yaml",
                   "systole config diff configs/pods/tpu_v5e_1.yaml "
                   "configs/pods/tpu_v6e_1.yaml"},
      .operands =
          {{.name = "ACTION",
            .help = "show: all values as YAML; check: are they right? else every mistake; diff: "
                    "keys that differ, down to chip and prices",
            .choices = {"show", "check", "diff"}},
           {.name = "FILE",
            .help = "one to show, any to check, two to compare (YAML)",
            .repeats = true,
            .holds = Holds::yaml}},
      .options = {set_option(),
                  {.name = "origin", .help = "say behind each value which line gave it"},
                  {.name = "kind",
                   .value = "KIND",
                   .help = "of the files: chip, pod, run, ...",
                   .fallback = "the kind that has their keys",
                   .choices = kind_names()}},
      .run = run};
}

}  // namespace systole
