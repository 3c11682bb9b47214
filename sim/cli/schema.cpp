// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/parse.hpp"
#include "config/reference.hpp"
#include "config/table.hpp"
#include "report/result_json.hpp"

namespace systole {
namespace {

std::vector<std::string> kinds() {
  std::vector<std::string> out;
  out.reserve(kFileKinds.size());
  for (const FileKind kind : kFileKinds) {
    out.emplace_back(name(kind));
  }
  return out;
}

int run(const Arguments& arguments) {
  const std::string& word = arguments.text("KIND");
  const std::optional<FileKind> kind = file_kind(word);
  if (!kind) {
    fail("unknown kind of file '{}': {}{}", word, fmt::join(kinds(), ", "),
         did_you_mean(word, kinds()));
  }
  print(to_text(json_schema(*kind)));
  return 0;
}

}  // namespace

Command schema_command() {
  return {.name = "schema",
          .summary = "JSON Schema of a kind of file, for editors",
          .examples = {"systole schema chip > chip.schema.json"},
          .operands = {{.name = "KIND", .help = fmt::format("{}", fmt::join(kinds(), " | "))}},
          .options = {},
          .run = run};
}

}  // namespace systole
