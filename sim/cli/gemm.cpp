// SPDX-License-Identifier: Apache-2.0
#include <fmt/ranges.h>

#include <charconv>

#include "cli/commands.hpp"
#include "cli/data_files.hpp"
#include "cli/result_output.hpp"
#include "report/console.hpp"
#include "report/result_json.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

constexpr Range kDimension{.least = 1, .most = 2'000'000};  // Three of them multiply in 63 bits.

std::optional<std::uint32_t> side(std::string_view text) {
  std::uint32_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  return is_whole && out > 0 ? std::optional(out) : std::nullopt;
}

void read_array(const std::string& text, GemmOptions& gemm) {
  const std::size_t x = text.find('x');
  if (x != std::string::npos) {
    gemm.rows = side(std::string_view(text).substr(0, x));
    gemm.columns = side(std::string_view(text).substr(x + 1));
  }
  if (!gemm.rows || !gemm.columns) {
    fail("--array takes ROWSxCOLUMNS, for example 128x128; got '{}'", text);
  }
}

GemmOptions read(const Arguments& arguments) {
  GemmOptions gemm;
  gemm.m = arguments.number("M");
  gemm.n = arguments.number("N");
  gemm.k = arguments.number("K");
  gemm.chip = arguments.maybe("chip").value_or("");
  if (gemm.chip.empty()) {
    gemm.chip = data_file("configs/chips/tpu_v4.yaml");
  }
  gemm.energy_model = arguments.maybe("energy-model").value_or("");
  if (gemm.energy_model.empty()) {
    gemm.energy_model = data_file("energy_models/n7.yaml");
  }
  if (arguments.has("array")) {
    read_array(arguments.text("array"), gemm);
  }
  gemm.weights = data_type(arguments.maybe("weights").value_or("bf16")).value();
  gemm.activations = data_type(arguments.maybe("activations").value_or("bf16")).value();
  const std::string dataflow = arguments.maybe("dataflow").value_or("ws");
  gemm.dataflow = dataflow == "ws"   ? Dataflow::weight_stationary
                  : dataflow == "os" ? Dataflow::output_stationary
                                     : Dataflow::input_stationary;
  gemm.preload = arguments.maybe("preload").value_or("double") == "double"
                     ? Preload::double_buffered
                     : Preload::serial;
  gemm.hbm = arguments.has("hbm");
  return gemm;
}

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  const Result result = run_gemm(read(arguments));
  output.write(to_json(result), console(result));
  return 0;
}

// What an operand of a run file may be; accumulators alone are fp32.
std::vector<std::string> types() {
  std::vector<std::string> out;
  for (const DataType type : kDataTypes) {
    if (type != DataType::fp32) {
      out.emplace_back(name(type));
    }
  }
  return out;
}

}  // namespace

Command gemm_command() {
  return {.name = "gemm",
          .summary = "one matrix multiply [M x K] * [K x N] on one matrix unit",
          .examples = {"systole gemm 256 4096 4096",
                       "systole gemm 64 256 512 --array 32x16 --dataflow os --preload serial"},
          .operands = {{.name = "M", .help = "rows of the activations", .range = kDimension},
                       {.name = "N", .help = "columns of the weights", .range = kDimension},
                       {.name = "K", .help = "depth of the sum", .range = kDimension}},
          .options = {{.name = "chip",
                       .value = "FILE",
                       .help = "chip (YAML)",
                       .fallback = "tpu_v4",
                       .holds = Holds::yaml},
                      {.name = "array",
                       .value = "RxC",
                       .help = "rows x columns of the matrix unit",
                       .fallback = "the chip's"},
                      {.name = "weights",
                       .value = "TYPE",
                       .help = fmt::format("{}", fmt::join(types(), " ")),
                       .fallback = "bf16",
                       .choices = types()},
                      {.name = "activations",
                       .value = "TYPE",
                       .help = "the same types",
                       .fallback = "bf16",
                       .choices = types()},
                      {.name = "dataflow",
                       .value = "ws|os|is",
                       .help = "what stays in the array: weights, outputs or inputs",
                       .fallback = "ws",
                       .choices = {"ws", "os", "is"}},
                      {.name = "preload",
                       .value = "double|serial",
                       .help = "the next tile loads behind the running one, or after it",
                       .fallback = "double",
                       .choices = {"double", "serial"}},
                      {.name = "hbm",
                       .help = "operands and result in HBM, with the kernel's start",
                       .fallback = "an SRAM without limit"},
                      {.name = "energy-model",
                       .value = "FILE",
                       .help = "prices",
                       .fallback = "n7",
                       .holds = Holds::yaml},
                      json_option()},
          .run = run};
}

}  // namespace systole
