// SPDX-License-Identifier: Apache-2.0
#include "study/numbers.hpp"

#include "cli/commands.hpp"
#include "cli/data_files.hpp"
#include "cli/result_output.hpp"
#include "report/activity_table.hpp"
#include "report/numbers_table.hpp"

namespace systole {
namespace {

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  const std::optional<std::string> chip = arguments.maybe("chip");
  const std::optional<std::string> energy = arguments.maybe("energy-model");
  const std::string chip_file = chip ? *chip : data_file("configs/chips/tpu_v4.yaml");
  const std::string energy_file = energy ? *energy : data_file("energy_models/n7.yaml");
  if (arguments.has("activity")) {
    const ActivityTable table = activity_table(chip_file, energy_file);
    output.write(activity_json(table), activity_text(table));
    return 0;
  }
  const Numbers rows =
      numbers(chip_file, energy_file, data_file("workloads/models/llama-3.1-70b.json"));
  output.write(numbers_json(rows), numbers_table(rows, arguments.has("sources")));
  return 0;
}

}  // namespace

Command numbers_command() {
  return {.name = "numbers",
          .summary = "the joules that everyone who programs a chip should know",
          .examples = {"systole numbers",
                       "systole numbers --chip configs/chips/tpu_v5e.yaml --energy-model "
                       "energy_models/n5.yaml"},
          .operands = {},
          .options = {{.name = "chip",
                       .value = "FILE",
                       .help = "chip (YAML)",
                       .fallback = "tpu_v4",
                       .holds = Holds::yaml},
                      {.name = "energy-model",
                       .value = "FILE",
                       .help = "prices",
                       .fallback = "n7",
                       .holds = Holds::yaml},
                      {.name = "activity",
                       .help = "instead: what operand values do to the energy of a product"},
                      {.name = "sources", .help = "say where each number comes from"},
                      json_option()},
          .run = run};
}

}  // namespace systole
