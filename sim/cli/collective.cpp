// SPDX-License-Identifier: Apache-2.0
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/commands.hpp"
#include "cli/data_files.hpp"
#include "cli/parse.hpp"
#include "cli/result_output.hpp"
#include "report/console.hpp"
#include "report/result_json.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

constexpr Range kBytes{.least = 1, .most = std::int64_t{1} << 40};

std::vector<std::string> kinds() {
  std::vector<std::string> out;
  out.reserve(kCollectives.size());
  for (const CollectiveKind kind : kCollectives) {
    out.emplace_back(name(kind));
  }
  return out;
}

CollectiveKind kind_of(const std::string& text) {
  return *std::ranges::find(kCollectives, text, [](CollectiveKind k) { return name(k); });
}

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  CollectiveOptions options{.kind = kind_of(arguments.text("KIND")),
                            .bytes = arguments.number("BYTES"),
                            .pod = arguments.text("pod"),
                            .energy_model = arguments.maybe("energy-model").value_or(""),
                            .unfold = arguments.has("unfold"),
                            .fidelity = arguments.maybe("fidelity").value_or("chunk") == "flit"
                                            ? CollectiveFidelity::flit
                                            : CollectiveFidelity::chunk};
  if (options.energy_model.empty()) {
    options.energy_model = data_file("energy_models/n7.yaml");
  }
  const Result result = run_collective(options);
  output.write(to_json(result), console(result));
  return 0;
}

}  // namespace

Command collective_command() {
  return {
      .name = "collective",
      .summary = "one collective over all chips of a pod: time, bound and link load",
      .examples = {"systole collective all_gather 256000000 --pod configs/pods/tpu_v5e_16x16.yaml",
                   "systole collective all_to_all 16000000 --pod configs/pods/tpu_v5e_4x4.yaml "
                   "--json -"},
      .operands = {{.name = "KIND",
                    .help = fmt::format("{}", fmt::join(kinds(), " ")),
                    .choices = kinds()},
                   {.name = "BYTES", .help = "of the full array", .range = kBytes}},
      .options = {{.name = "pod",
                   .value = "FILE",
                   .help = "pod (YAML)",
                   .required = true,
                   .holds = Holds::yaml},
                  json_option(),
                  {.name = "energy-model",
                   .value = "FILE",
                   .help = "prices",
                   .fallback = "n7",
                   .holds = Holds::yaml},
                  {.name = "fidelity",
                   .value = "LEVEL",
                   .help = "chunk: chunks between neighbours, as in a run; flit: the same plan "
                           "through every chip's router, flit by flit, up to 256 chips",
                   .fallback = "chunk",
                   .choices = {"chunk", "flit"}},
                  {.name = "unfold",
                   .help = "simulate every chip of the pod",
                   .fallback = "as few as symmetry proves equal"}},
      .run = run};
}

}  // namespace systole
