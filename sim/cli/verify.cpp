// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>

#include "cli/commands.hpp"
#include "cli/data_files.hpp"
#include "cli/exit_codes.hpp"
#include "cli/result_output.hpp"
#include "config/read.hpp"
#include "cosim/ladder_table.hpp"
#include "cosim/rtl.hpp"
#include "numerics/arithmetic.hpp"

namespace systole {
namespace {

constexpr std::uint64_t kSeconds = 5;
constexpr Range kCount{.least = 1, .most = 1'000'000'000};

std::vector<std::string> type_names() {
  std::vector<std::string> out(numerics::kElementTypes.size());
  std::ranges::transform(numerics::kElementTypes, out.begin(),
                         [](DataType type) { return std::string(name(type)); });
  return out;
}

// The elements that a chip's multipliers are.
std::vector<DataType> types_of(const MatrixUnitConfig& unit) {
  std::vector<DataType> out;
  for (const DataType type : numerics::kElementTypes) {
    const Multiplier needed = multiplier_for(type, numerics::activation_type(type));
    const bool is_own = type != DataType::fp4;  // fp4 is widened to bf16 on the chips there are.
    if (is_own && unit.rate(needed) > 0) {
      out.push_back(type);
    }
  }
  return out;
}

std::vector<DataType> read_types(const Arguments& arguments, const MatrixUnitConfig& unit) {
  std::vector<DataType> out;
  for (const std::string& word : arguments.all("type")) {
    if (std::ranges::find(out, data_type(word).value()) == out.end()) {
      out.push_back(data_type(word).value());
    }
  }
  if (!out.empty()) {
    return out;
  }
  return arguments.has("chip")
             ? types_of(unit)
             : std::vector(numerics::kElementTypes.begin(), numerics::kElementTypes.end());
}

cosim::LadderOptions read(const Arguments& arguments) {
  const bool has_chip = arguments.has("chip");
  const MatrixUnitConfig unit =
      read_chip(has_chip ? arguments.text("chip") : data_file("configs/chips/tpu_v4.yaml"))
          .matrix_unit;
  cosim::LadderOptions options{
      .seed = arguments.has("seed") ? arguments.number("seed") : std::random_device{}(),
      .seconds =
          static_cast<double>(arguments.has("seconds") ? arguments.number("seconds") : kSeconds),
      .cases = {},
      .types = read_types(arguments, unit),
      .dataflow = {},
      .latency = {},
      .rows = unit.rows,
      .columns = unit.columns,
      .preload = unit.preload};
  if (arguments.has("cases")) {
    options.cases = arguments.number("cases");
  }
  if (arguments.has("dataflow")) {
    options.dataflow = arguments.text("dataflow") == "os" ? Dataflow::output_stationary
                                                          : Dataflow::weight_stationary;
  } else if (has_chip) {  // Input stationary is the same array with the operands exchanged.
    options.dataflow = unit.dataflow == Dataflow::output_stationary ? Dataflow::output_stationary
                                                                    : Dataflow::weight_stationary;
  }
  if (arguments.has("latency")) {
    options.latency = static_cast<std::uint32_t>(arguments.number("latency"));
  } else if (has_chip) {
    options.latency = unit.mac_latency;
  }
  return options;
}

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  if (arguments.has("cases") && arguments.has("seconds")) {
    fail("--cases and --seconds both say how long to go on; give one of them");
  }
  const auto variants = cosim::rtl_variants();
  const cosim::Climbed climbed = cosim::climb(variants, read(arguments));
  output.write(ladder_json(climbed), ladder_table(climbed));
  if (!climbed.failure) {
    return 0;
  }
  const auto chip = arguments.maybe("chip");
  fmt::print(stderr, "{}", explain(*climbed.failure, chip ? " --chip " + *chip : ""));
  return kFault;
}

}  // namespace

Command verify_command() {
  return {
      .name = "verify",
      .summary = "hold the matrix unit's RTL, clocked and event models against each other",
      .examples = {"systole verify", "systole verify --chip configs/chips/tpu_v4.yaml --seconds 60",
                   "systole verify --type bf16 --dataflow ws --latency 2 --cases 10 --seed 1"},
      .operands = {},
      .options = {{.name = "chip",
                   .value = "FILE",
                   .help = "chip (YAML) whose types, dataflow, latency and shape are checked",
                   .fallback = "all there are, and the shape of tpu_v4",
                   .holds = Holds::yaml},
                  {.name = "type",
                   .value = "TYPE",
                   .help = fmt::format("of the weights: {}", fmt::join(type_names(), " ")),
                   .fallback = "the chip's",
                   .repeats = true,
                   .choices = type_names()},
                  {.name = "dataflow",
                   .value = "ws|os",
                   .help = "what stays in the array: weights or outputs",
                   .fallback = "the chip's",
                   .choices = {"ws", "os"}},
                  {.name = "latency",
                   .value = "L",
                   .help = "clocks in which a sum moves one row",
                   .fallback = "the chip's",
                   .range = Range{.least = 1, .most = 3}},
                  {.name = "seconds",
                   .value = "N",
                   .help = "go on for about so long",
                   .fallback = std::to_string(kSeconds),
                   .range = kCount},
                  {.name = "cases",
                   .value = "N",
                   .help = "run so many random cases of each kind instead",
                   .range = kCount},
                  {.name = "seed",
                   .value = "S",
                   .help = "of the random cases; the same seed runs the same cases",
                   .fallback = "a fresh one",
                   .range = Range{.least = 0, .most = INT64_MAX}},
                  json_option()},
      .run = run};
}

}  // namespace systole
