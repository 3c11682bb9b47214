// SPDX-License-Identifier: Apache-2.0
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/commands.hpp"
#include "cli/data_files.hpp"
#include "cli/result_output.hpp"
#include "report/catalogue_table.hpp"
#include "study/catalogue.hpp"

namespace systole {
namespace {

std::vector<std::string> plurals() {
  std::vector<std::string> out;
  std::ranges::transform(kShelves, std::back_inserter(out),
                         [](const Shelf& shelf) { return std::string(shelf.plural); });
  return out;
}

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  const Shelf& shelf =
      *std::ranges::find(kShelves, std::string_view(arguments.text("WHAT")), &Shelf::plural);
  const std::string folder = data_folder(shelf.folder);
  const std::vector<Preset> presets = catalogue(shelf, folder);
  output.write(catalogue_json(shelf, presets), catalogue_table(shelf, folder, presets));
  return 0;
}

}  // namespace

Command list_command() {
  return {.name = "list",
          .summary = "what comes with the program: chips, pods, runs, models, prices",
          .examples = {"systole list chips", "systole list models --json -"},
          .operands = {{.name = "WHAT",
                        .help = fmt::format("{}", fmt::join(plurals(), " ")),
                        .choices = plurals()}},
          .options = {json_option()},
          .run = run};
}

}  // namespace systole
