// SPDX-License-Identifier: Apache-2.0
#include "study/hbm.hpp"

#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/data_files.hpp"
#include "cli/result_output.hpp"
#include "dram/patterns.hpp"
#include "report/hbm_report.hpp"

namespace systole {
namespace {

constexpr Range kBytes{.least = 1, .most = std::int64_t{1} << 40};

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  HbmOptions options;
  options.pattern = arguments.text("PATTERN");
  options.bytes = Bytes{arguments.number("bytes")};
  options.memory =
      data_file("configs/memories/" + arguments.maybe("device").value_or("hbm2") + ".yaml");
  options.preset = arguments.maybe("preset").value_or("jedec");
  options.mapping = arguments.maybe("mapping").value_or("stream");
  options.energy_model = arguments.maybe("energy-model").value_or("");
  if (options.energy_model.empty()) {
    options.energy_model = data_file("energy_models/n7.yaml");
  }
  const HbmResult result = run_hbm(options);
  output.write(to_json(result), console(result));
  return 0;
}

}  // namespace

Command hbm_command() {
  return {.name = "hbm",
          .summary = "what one stack of memory gives under a pattern of traffic",
          .examples = {"systole hbm seq_rd --bytes 67108864",
                       "systole hbm rand64 --bytes 4194304 --device hbm3 --preset gem5"},
          .operands = {{.name = "PATTERN",
                        .help = fmt::format("{}", fmt::join(dram::pattern_names(), " "))}},
          .options = {{.name = "bytes",
                       .value = "N",
                       .help = "bytes moved in all; everything has arrived at the start",
                       .required = true,
                       .range = kBytes},
                      {.name = "device",
                       .value = "NAME",
                       .help = "hbm2 hbm2e hbm3 hbm3e ddr3",
                       .fallback = "hbm2",
                       .choices = {"hbm2", "hbm2e", "hbm3", "hbm3e", "ddr3"}},
                      {.name = "preset",
                       .value = "NAME",
                       .help = "timings of rows: jedec or gem5, where sources differ",
                       .fallback = "jedec"},
                      {.name = "mapping",
                       .value = "NAME",
                       .help = "of addresses: stream, page or stream_xor",
                       .fallback = "stream"},
                      {.name = "energy-model",
                       .value = "FILE",
                       .help = "prices",
                       .fallback = "n7",
                       .holds = Holds::yaml},
                      json_option()},
          .run = run};
}

}  // namespace systole
