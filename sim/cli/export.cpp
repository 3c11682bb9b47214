// SPDX-License-Identifier: Apache-2.0
#include "report/export.hpp"

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "report/flame.hpp"
#include "report/price_table.hpp"
#include "report/result_json.hpp"

namespace systole {
namespace {

std::string exported(const nlohmann::ordered_json& result, const Arguments& arguments) {
  const std::string& format = arguments.text("format");
  if (format == "folded") {
    const bool by_time = arguments.maybe("weight") == "time";
    return folded(by_time ? time_flame(result) : energy_flame(result));
  }
  if (format == "speedscope") {
    return speedscope(result, energy_flame(result), time_flame(result));
  }
  if (format == "csv") {
    return export_csv(result);
  }
  if (format == "ndjson") {
    return export_ndjson(result);
  }
  if (format == "vegalite") {
    return export_vegalite(result);
  }
  return to_text(result);
}

int run(const Arguments& arguments) {
  const Output output(arguments.maybe("output").value_or("-"));
  output.write(exported(read_result(arguments.text("RUN")), arguments));
  return 0;
}

}  // namespace

Command export_command() {
  return {.name = "export",
          .summary = "write a result in the form of another tool",
          .examples = {"systole run configs/runs/tiny-decode.yaml --json tiny.json",
                       "systole export tiny.json --format speedscope -o tiny.speedscope.json",
                       "systole export tiny.json --format folded | flamegraph.pl > tiny.svg"},
          .operands = {{.name = "RUN", .help = "a file written by --json"}},
          .options = {{.name = "format",
                       .letter = 'f',
                       .value = "FORMAT",
                       .help = "flame graphs: folded, speedscope; tables: csv, ndjson; json, "
                               "vegalite",
                       .required = true,
                       .choices = {"folded", "speedscope", "csv", "ndjson", "json", "vegalite"}},
                      {.name = "output",
                       .letter = 'o',
                       .value = "PATH",
                       .help = "where to write it; - is standard output",
                       .fallback = "-"},
                      {.name = "weight",
                       .value = "energy|time",
                       .help = "what the width of a folded frame stands for",
                       .fallback = "energy",
                       .choices = {"energy", "time"}}},
          .run = run};
}

}  // namespace systole
