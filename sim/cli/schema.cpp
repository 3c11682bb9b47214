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

int run(const Arguments& arguments) {
  print(to_text(json_schema(file_kind(arguments.text("KIND")).value())));
  return 0;
}

}  // namespace

Command schema_command() {
  return {.name = "schema",
          .summary = "JSON Schema of a kind of file, for editors",
          .examples = {"systole schema chip > chip.schema.json"},
          .operands = {{.name = "KIND",
                        .help = fmt::format("{}", fmt::join(kind_names(), " | ")),
                        .choices = kind_names()}},
          .options = {},
          .run = run};
}

}  // namespace systole
