// SPDX-License-Identifier: Apache-2.0
#include "study/validate.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/data_files.hpp"
#include "cli/exit_codes.hpp"
#include "cli/result_output.hpp"
#include "report/validation_table.hpp"

namespace systole {
namespace {

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  const std::filesystem::path data = data_file("tests/validation/measurements.csv");
  const Validation validation = validate(
      {.root = data.parent_path().parent_path().parent_path(), .chip = arguments.maybe("chip")});
  output.write(validation_json(validation), validation_table(validation));
  return validation.holds() ? 0 : kSomeFailed;
}

}  // namespace

Command validate_command() {
  return {.name = "validate",
          .summary = "hold the simulator against published measurements of real chips",
          .examples = {"systole validate", "systole validate --chip tpu_v5e --json -"},
          .operands = {},
          .options = {{.name = "chip",
                       .value = "NAME",
                       .help = "only measurements of this chip, such as tpu_v4",
                       .fallback = "all"},
                      json_option()},
          .run = run};
}

}  // namespace systole
