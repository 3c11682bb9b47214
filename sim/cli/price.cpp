// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/result_output.hpp"
#include "report/price_table.hpp"
#include "report/result_json.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  const nlohmann::ordered_json before = read_result(arguments.text("RESULT"));
  const nlohmann::ordered_json after = price_again(before, arguments.text("energy-model"));
  output.write(after, price_table(before, after));
  return 0;
}

}  // namespace

Command price_command() {
  return {
      .name = "price",
      .summary = "price a result's counts under another energy model; nothing is simulated",
      .examples = {"systole run configs/runs/tiny-decode.yaml --json tiny.json",
                   "systole price tiny.json --energy-model energy_models/n3.yaml"},
      .operands = {{.name = "RESULT", .help = "a file written by --json", .holds = Holds::json}},
      .options = {{.name = "energy-model",
                   .value = "FILE",
                   .help = "prices",
                   .required = true,
                   .holds = Holds::yaml},
                  json_option()},
      .run = run};
}

}  // namespace systole
