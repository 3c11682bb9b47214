// SPDX-License-Identifier: Apache-2.0
#include "report/export.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/timeline_output.hpp"
#include "report/flame.hpp"
#include "report/price_table.hpp"
#include "report/result_json.hpp"
#include "report/scalesim.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

// By operation where the result can be simulated again: gemms and collectives cannot.
std::vector<FlameStack> times(const nlohmann::ordered_json& result) {
  if (!result.contains("config") || result.value("fidelity", "") != "event") {
    return time_flame(result);
  }
  Recording recording;
  static_cast<void>(run_again(result, {}, &recording));
  return time_flame(result, recording);
}

std::string exported(const nlohmann::ordered_json& result, const Arguments& arguments) {
  const std::string& format = arguments.text("format");
  if (format == "folded") {
    const bool by_time = arguments.maybe("weight") == "time";
    return folded(by_time ? times(result) : energy_flame(result));
  }
  if (format == "speedscope") {
    return speedscope(result, energy_flame(result), times(result));
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

// Of the first chip, which is all that the reports are of.
void write_scalesim(const nlohmann::ordered_json& result, const Arguments& arguments) {
  const std::optional<std::string> folder = arguments.maybe("output");
  if (!folder || folder == "-") {
    fail("--format scalesim writes three files: say into which folder with -o FOLDER");
  }
  Recording recording({.only = "chip0."});
  const Result again = run_again(result, {}, &recording);
  make_folder(*folder);
  for (const ReportFile& file : scalesim_reports(again, recording)) {
    Output(*folder + "/" + file.name).write(file.text);
  }
}

int run(const Arguments& arguments) {
  const std::string& format = arguments.text("format");
  const std::string path = arguments.maybe("output").value_or("-");
  if (format != "perfetto" && (arguments.has("window") || arguments.has("trace-clock"))) {
    fail("--window and --trace-clock are for --format perfetto");
  }
  if (format == "perfetto") {
    TimelineOutput timeline(path, arguments);
    timeline.write(run_again(read_result(arguments.text("RUN")), {}, &timeline.recording()));
  } else if (format == "scalesim") {
    write_scalesim(read_result(arguments.text("RUN")), arguments);
  } else {
    const Output output(path);
    output.write(exported(read_result(arguments.text("RUN")), arguments));
  }
  return 0;
}

}  // namespace

Command export_command() {
  return {.name = "export",
          .summary = "write a result in the form of another tool",
          .examples = {"systole run configs/runs/tiny-decode.yaml --json tiny.json",
                       "systole export tiny.json --format speedscope -o tiny.speedscope.json",
                       "systole export tiny.json --format folded | flamegraph.pl > tiny.svg"},
          .operands = {{.name = "RUN",
                        .help = "a file written by --json, or FOLDER:N, the N-th point of a sweep",
                        .holds = Holds::json}},
          .options = {{.name = "format",
                       .letter = 'f',
                       .value = "FORMAT",
                       .help = "flame graphs: folded, speedscope; tables: csv, ndjson; json, "
                               "vegalite; run again for perfetto, scalesim",
                       .required = true,
                       .choices = {"folded", "speedscope", "csv", "ndjson", "json", "vegalite",
                                   "perfetto", "scalesim"}},
                      {.name = "output",
                       .letter = 'o',
                       .value = "PATH",
                       .help = "where to write it; - is standard output; for scalesim a folder",
                       .fallback = "-",
                       .holds = Holds::file},
                      {.name = "weight",
                       .value = "energy|time",
                       .help = "what the width of a folded frame stands for",
                       .fallback = "energy",
                       .choices = {"energy", "time"}},
                      window_option(),
                      trace_clock_option()},
          .run = run};
}

}  // namespace systole
