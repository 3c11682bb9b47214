// SPDX-License-Identifier: Apache-2.0
#include "study/gemm.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/hash.hpp"
#include "config/read.hpp"
#include "lower/tiling.hpp"
#include "study/advice.hpp"
#include "study/measure.hpp"
#include "trace/text.hpp"
#include "trace/verify.hpp"

namespace systole {
namespace {

// Ports of each bank of an SRAM without limit: more than an array of any size can use.
constexpr std::uint32_t kNoLimit = 1U << 20U;

std::string dataflow_word(Dataflow dataflow) {
  return dataflow == Dataflow::weight_stationary   ? "ws"
         : dataflow == Dataflow::output_stationary ? "os"
                                                   : "is";
}

// The chip with one matrix unit, changed as the options say, by the same road as a file's values:
// so it is checked and hashed in the same way.
ChipFile chip_of(const GemmOptions& options) {
  const Document whole = load(FileKind::chip, options.chip);
  std::vector<Override> changes{{"matrix_unit.count", "1"}};
  if (options.rows) {
    changes.push_back({"matrix_unit.rows", std::to_string(*options.rows)});
    if (*options.rows >= 1 && *options.rows < whole.integer("matrix_unit.load_rows")) {
      changes.push_back({"matrix_unit.load_rows", std::to_string(*options.rows)});
    }
  }
  if (options.columns) {
    changes.push_back({"matrix_unit.columns", std::to_string(*options.columns)});
  }
  if (options.dataflow) {
    changes.push_back({"matrix_unit.dataflow", dataflow_word(*options.dataflow)});
  }
  if (options.preload) {
    changes.push_back(
        {"matrix_unit.preload", *options.preload == Preload::serial ? "serial" : "double"});
  }
  return read_chip_file(options.chip, changes);
}

void require_shape(const GemmOptions& options) {
  if (options.m == 0 || options.n == 0 || options.k == 0) {
    fail("a gemm needs M, N and K of at least 1, got {} {} {}", options.m, options.n, options.k);
  }
  std::uint64_t products = 0;
  if (__builtin_mul_overflow(options.m, options.n, &products) ||
      __builtin_mul_overflow(products, options.k, &products) || products >> 62 != 0) {
    fail("a gemm of {} x {} x {} has more products than can be counted", options.m, options.n,
         options.k);
  }
}

// Where operands wait: the largest store behind the scratchpad.
Place far_place(const ChipConfig& chip) {
  if (!chip.hbm && !chip.far_sram) {
    fail("chip '{}' has neither HBM nor far SRAM for the operands of a gemm", chip.name);
  }
  return chip.hbm ? Place::hbm : Place::far_sram;
}

Matmul multiply(const GemmOptions& options, Place place) {
  return {.products = 1,
          .rows = options.m,
          .depth = options.k,
          .columns = options.n,
          .tensor = Stationary::weight,
          .stationary = {.type = options.weights, .place = place},
          .moving = {.type = options.activations, .place = place},
          .result = {.type = options.activations, .place = place},
          .block = {.products = 1, .rows = options.m, .depth = options.k, .columns = options.n},
          .prefetch = false,
          .useful = options.m * options.n * options.k};
}

Trace empty_trace(const PodConfig& pod) {
  return {.pod = pod.hash,
          .tensor = 1,
          .data = 1,
          .output_tokens = 0,
          .causal = std::nullopt,
          .residency = {},
          .blocks = {{.name = "gemm", .repeat = 1, .operations = {}}}};
}

// Operands in a scratchpad without limit, one block of the whole shape, nothing but the array.
Trace array_trace(const GemmOptions& options, const PodConfig& pod) {
  Trace trace = empty_trace(pod);
  trace.blocks[0].operations = {
      {.name = "multiply", .work = multiply(options, Place::scratchpad), .after = {}}};
  return trace;
}

// Operands and result behind the scratchpad, of which each buffer takes one half.
Trace memory_trace(const GemmOptions& options, const PodConfig& pod) {
  const ChipConfig& chip = pod.chip;
  const Place place = far_place(chip);
  Trace trace = empty_trace(pod);
  Matmul matmul = multiply(options, place);
  const Bytes held = storage(options.k * options.n, options.weights) +
                     storage(options.m * options.k, options.activations) +
                     storage(options.m * options.n, options.activations);
  const Bytes room = place == Place::hbm ? chip.hbm->capacity : chip.far_sram->capacity;
  if (held > room) {
    throw DoesNotFit(fmt::format(
        "operands and result need {} bytes of {}, and chip '{}' has {}: choose a smaller shape or "
        "narrower types\n",
        held.count(), name(place), chip.name, room.count()));
  }
  (place == Place::hbm ? trace.residency.hbm : trace.residency.far_sram) = held;
  trace.residency.stationary_buffer = Bytes{chip.scratchpad.capacity.count() / 2};
  trace.residency.moving_buffer = chip.scratchpad.capacity - trace.residency.stationary_buffer;
  std::vector<Operation>& operations = trace.blocks[0].operations;
  operations = {{.name = "launch", .work = Launch{}, .after = {}}};
  const std::vector<Matmul> cut = stripes(matmul, chip, trace.residency);
  for (const Matmul& stripe : cut) {
    const std::string name =
        cut.size() == 1 ? "multiply" : fmt::format("multiply{}", operations.size() - 1);
    operations.push_back({.name = name, .work = stripe, .after = {"launch"}});
  }
  // The last stripe ends the run, and the others with it.
  for (std::size_t i = 1; i + 1 < operations.size(); ++i) {
    operations.back().after.push_back(operations[i].name);
  }
  return trace;
}

nlohmann::ordered_json facts_json(const GemmFacts& facts) {
  return {{"m", facts.m},
          {"n", facts.n},
          {"k", facts.k},
          {"weights", name(facts.weights)},
          {"activations", name(facts.activations)},
          {"hbm", facts.hbm}};
}

}  // namespace

Trace gemm_trace(const GemmOptions& options, const PodConfig& pod) {
  require_shape(options);
  Trace trace = options.hbm ? memory_trace(options, pod) : array_trace(options, pod);
  const ChipConfig& chip = pod.chip;
  // The scratchpad of array_trace has no limit: nothing is resident there, so any capacity does.
  verify(trace, {.chips = 1,
                 .group_axes = 0,
                 .stores = {.scratchpad = chip.scratchpad.capacity,
                            .far_sram = chip.far_sram ? chip.far_sram->capacity : Bytes{0},
                            .hbm = chip.hbm ? chip.hbm->capacity : Bytes{0}}});
  return trace;
}

Result run_gemm(const GemmOptions& options) {
  const ChipFile chip = chip_of(options);
  const EnergyModel energy = read_energy_model(options.energy_model);
  PodConfig pod{
      .name = "gemm", .chip = chip.chip, .axes = {{.length = 1, .wraps = false}}, .hash = {}};
  const std::string chip_json = chip.canonical.dump();
  pod.hash = content_hash(chip_json);
  if (!options.hbm) {
    pod.chip.scratchpad.ports = kNoLimit;
  }
  const Trace trace = gemm_trace(options, pod);
  Result result = measure(pod, trace, energy);
  result.command = "gemm";
  result.gemm = GemmFacts{.m = options.m,
                          .n = options.n,
                          .k = options.k,
                          .weights = options.weights,
                          .activations = options.activations,
                          .hbm = options.hbm};
  result.chip_json = chip_json;
  result.inputs = {{"gemm", content_hash(facts_json(*result.gemm).dump())},
                   {"chip", content_hash(chip_json)},
                   {"energy_model", energy.hash},
                   {"trace", content_hash(write(trace))}};
  result.config_hash = config_hash(result.inputs);
  result.next = advise(result, energy);
  return result;
}

}  // namespace systole
