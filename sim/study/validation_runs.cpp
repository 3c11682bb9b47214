// SPDX-License-Identifier: Apache-2.0
#include "study/validation_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "analytic/bounds.hpp"
#include "base/error.hpp"
#include "config/read.hpp"
#include "lower/lower.hpp"
#include "model/simulate.hpp"
#include "study/gemm.hpp"
#include "study/measure.hpp"
#include "study/point.hpp"
#include "study/validation_traces.hpp"
#include "trace/verify.hpp"

namespace systole {
namespace {

const std::vector<RunKind>& kinds() {
  static const std::vector<RunKind> all{
      {.name = "gemm",
       .parameters = {"m", "n", "k"},
       .can_be_part = true,
       .numbers = {{"time", "us", 1e-6}, {"products", "TFLOP/s", 1e12}}},
      {.name = "copy",
       .parameters = {"bytes"},
       .can_be_part = true,
       .numbers = {{"time", "us", 1e-6}, {"read and written", "GB/s", 1e9}}},
      {.name = "add",
       .parameters = {"elements"},
       .can_be_part = false,
       .numbers = {{"time", "us", 1e-6}}},
      {.name = "all_gather",
       .parameters = {"axes", "wraps", "bytes"},
       .can_be_part = false,
       .numbers = {{"time", "us", 1e-6}, {"gathered", "GB/s", 1e9}, {"received", "GB/s", 1e9}}},
      {.name = "decode",
       .parameters = {"run"},
       .can_be_part = false,
       .numbers = {{"time", "ms", 1e-3}}},
      {.name = "mlp",
       .parameters = {"layers", "width", "batch"},
       .can_be_part = false,
       .numbers = {{"array active", "%", 0},
                   {"useful MACs", "%", 0},
                   {"unused MACs", "%", 0},
                   {"weight stall", "%", 0},
                   {"weight shift", "%", 0},
                   {"non-matrix", "%", 0},
                   {"RAW stall", "%", 0},
                   {"input stall", "%", 0},
                   {"host time", "%", 0},
                   {"operations", "TOPS", 1e12}}},
      {.name = "idle", .parameters = {}, .can_be_part = false, .numbers = {{"idle power", "W", 0}}},
  };
  return all;
}

std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), out);
  return error == std::errc{} && end == text.end() && out > 0 && out < (std::uint64_t{1} << 40)
             ? std::optional(out)
             : std::nullopt;
}

// "2x2" is 2 and 2; empty if it is no shape of a pod.
std::vector<std::uint32_t> lengths(std::string_view text) {
  std::vector<std::uint32_t> out;
  while (out.size() < 3) {
    const std::size_t end = text.find('x');
    const std::uint64_t length = whole(text.substr(0, end)).value_or(0);
    if (length < 2 || length > 1024) {
      return {};
    }
    out.push_back(static_cast<std::uint32_t>(length));
    if (end == std::string_view::npos) {
      return out;
    }
    text.remove_prefix(end + 1);
  }
  return {};
}

std::uint64_t number(const Measurement& row, const std::string& key) {
  return whole(row.parameters.at(key)).value();
}

PodConfig pod_of(const ChipConfig& chip, std::vector<Axis> axes) {
  return {.name = "measured", .chip = chip, .axes = std::move(axes), .hash = "measured"};
}

PodConfig single(const ChipConfig& chip) { return pod_of(chip, {{.length = 1, .wraps = false}}); }

// Runs a trace as every other run does: verified, simulated, held against the laws.
Ledger simulated(const PodConfig& pod, const Trace& trace) {
  const ChipConfig& chip = pod.chip;
  verify(trace, {.chips = pod.chips(),
                 .group_axes = static_cast<std::uint32_t>(tensor_group(pod, trace.tensor).size()),
                 .stores = {.scratchpad = chip.scratchpad.capacity,
                            .far_sram = chip.far_sram ? chip.far_sram->capacity : Bytes{0},
                            .hbm = chip.hbm ? chip.hbm->capacity : Bytes{0}}});
  Simulation simulation = simulate(pod, trace);
  check_laws(pod, trace, simulation.ledger);
  return std::move(simulation.ledger);
}

double seconds(const Ledger& ledger) { return to_seconds(ledger.elapsed()).count(); }

RunOutcome gemm(const Measurement& row, const PodConfig& pod) {
  GemmOptions shape;
  shape.m = number(row, "m");
  shape.n = number(row, "n");
  shape.k = number(row, "k");
  shape.hbm = true;
  const auto products =
      static_cast<double>(shape.m) * static_cast<double>(shape.n) * static_cast<double>(shape.k);
  return {.seconds = seconds(simulated(pod, gemm_trace(shape, pod))),
          .work = {{"products", 2.0 * products}},
          .values = {}};
}

RunOutcome copy(const Measurement& row, const PodConfig& pod) {
  const std::uint64_t bytes = number(row, "bytes");
  return {.seconds = seconds(simulated(pod, copy_trace(Bytes{bytes}, pod))),
          .work = {{"read and written", 2.0 * static_cast<double>(bytes)}},
          .values = {}};
}

RunOutcome add(const Measurement& row, const PodConfig& pod) {
  return {.seconds = seconds(simulated(pod, add_trace(number(row, "elements"), pod))),
          .work = {},
          .values = {}};
}

RunOutcome all_gather(const Measurement& row, const ChipConfig& chip) {
  std::vector<Axis> axes;
  for (const std::uint32_t length : lengths(row.parameters.at("axes"))) {
    axes.push_back({.length = length, .wraps = row.parameters.at("wraps") == "yes"});
  }
  const PodConfig pod = pod_of(chip, std::move(axes));
  const std::uint64_t bytes = number(row, "bytes");
  const auto whole_array = static_cast<double>(bytes);
  return {.seconds = seconds(simulated(pod, all_gather_trace(Bytes{bytes}, pod))),
          .work = {{"gathered", whole_array},
                   {"received", whole_array - whole_array / static_cast<double>(pod.chips())}},
          .values = {}};
}

RunOutcome decode(const Measurement& row, const ChipConfig& chip, const std::string& root) {
  const RunConfig run =
      read_run((std::filesystem::path(root) / row.parameters.at("run")).lexically_normal());
  PodConfig pod = read_pod(run.pod);
  if (pod.chip.name != chip.name) {
    fail("{} was measured on {}, but its run is of {}", row.id, chip.name, pod.chip.name);
  }
  pod.chip = chip;
  const Trace trace = lower(run, read_model(run.workload.model), pod);
  return {.seconds = seconds(simulated(pod, trace)), .work = {}, .values = {}};
}

// Of the first matrix unit: all do the same.
double seconds_without_matmul(const Ledger& ledger) {
  const auto unit = std::ranges::find_if(ledger.accounts(), [](const Account& account) {
    return account.path().ends_with(".matrix_unit0");
  });
  check(unit != ledger.accounts().end(), "no account of a matrix unit");
  return to_seconds(unit->time_in(State::stalled_operation)).count() +
         to_seconds(unit->time_in(State::idle)).count();
}

// The counters of the TPU v1 paper from the ledger. Every cycle is one of four: rows stream; tiles
// shift in with nothing else going on; the unit waits for what comes before its matmul; and the
// rest, which waits for weights (a tile's drain is behind that wait).
RunOutcome mlp(const Measurement& row, const PodConfig& pod) {
  const MlpShape shape{.layers = number(row, "layers"),
                       .width = number(row, "width"),
                       .batch = number(row, "batch")};
  const MatrixUnitConfig& unit = pod.chip.matrix_unit;
  const Ledger ledger = simulated(pod, mlp_trace(shape, pod));
  const double elapsed = seconds(ledger);
  const double cycles = elapsed * pod.chip.clock.count();
  const double products = static_cast<double>(ledger.total(mac_action(Multiplier::int8))) /
                          (static_cast<double>(unit.rows) * unit.columns * unit.count);
  const auto tiles =
      static_cast<double>(kMlpBatches * shape.layers * ceil_div(shape.width, unit.rows) *
                          ceil_div(shape.width, unit.columns));
  const double stream =
      tiles * static_cast<double>(ceil_div(shape.batch, unit.rate(Multiplier::int8)));
  const double shift = tiles * static_cast<double>(ceil_div(unit.rows, unit.load_rows));
  const double active = stream / cycles;
  const double non_matrix = seconds_without_matmul(ledger) / elapsed;
  const double useful = products / cycles;
  return {
      .seconds = elapsed,
      .work = {{"operations",
                2.0 * static_cast<double>(kMlpBatches * shape.layers * shape.batch * shape.width) *
                    static_cast<double>(shape.width)}},
      .values = {{"array active", 100 * active},
                 {"useful MACs", 100 * useful},
                 {"unused MACs", 100 * (active - useful)},
                 {"weight shift", 100 * shift / cycles},
                 {"non-matrix", 100 * non_matrix},
                 {"weight stall", 100 * (1 - active - shift / cycles - non_matrix)}}};
}

// Of a chip that has started a program and does nothing.
RunOutcome idle(const PodConfig& pod, const std::string& root) {
  const std::filesystem::path file =
      std::filesystem::path(root) / "energy_models" / (pod.chip.node + ".yaml");
  const Result result = measure(pod, idle_trace(pod), read_energy_model(file));
  return {.seconds = result.seconds(),
          .work = {},
          .values = {{"idle power", result.power_w_per_chip()}}};
}

// One of two equal halves.
ChipConfig half(ChipConfig chip) {
  chip.matrix_unit.count /= 2;
  chip.vector_unit.lanes /= 2;
  chip.scratchpad.capacity = Bytes{chip.scratchpad.capacity.count() / 2};
  chip.scratchpad.banks /= 2;
  chip.dma.engines /= 2;
  if (chip.hbm) {
    chip.hbm->stacks /= 2;
    chip.hbm->capacity = Bytes{chip.hbm->capacity.count() / 2};
    chip.hbm->bandwidth = BytesPerSecond{chip.hbm->bandwidth.count() / 2};
  }
  if (chip.ici) {
    chip.ici->links /= 2;
  }
  return chip;
}

}  // namespace

bool RunKind::has(std::string_view metric, std::string_view unit) const {
  return std::ranges::any_of(
      numbers, [&](const MetricKind& n) { return n.name == metric && n.unit == unit; });
}

std::vector<std::string> RunKind::metrics() const {
  std::vector<std::string> out;
  for (const MetricKind& n : numbers) {
    out.push_back(fmt::format("{} ({})", n.name, n.unit));
  }
  return out;
}

std::optional<std::string> RunKind::why_wrong(const std::string& key,
                                              const std::string& value) const {
  const auto unless = [](bool holds, const char* must) {
    return holds ? std::nullopt : std::optional<std::string>(must);
  };
  if (key == "part") {
    return unless(value == "half", "half");
  }
  if (key == "axes") {
    return unless(!lengths(value).empty(), "one to three lengths of at least 2, such as 2x2");
  }
  if (key == "wraps") {
    return unless(value == "yes" || value == "no", "yes or no");
  }
  if (key == "run") {
    return unless(!value.empty(), "the path of a run file");
  }
  return unless(whole(value).has_value(), "a whole number above zero");
}

const RunKind* run_kind(std::string_view name) {
  const auto found = std::ranges::find(kinds(), name, &RunKind::name);
  return found == kinds().end() ? nullptr : &*found;
}

std::vector<std::string> run_kinds() {
  std::vector<std::string> out;
  std::ranges::transform(kinds(), std::back_inserter(out), &RunKind::name);
  return out;
}

RunOutcome run_measured(const Measurement& row, const ChipConfig& whole_chip,
                        const std::string& root) {
  const ChipConfig chip = row.parameters.contains("part") ? half(whole_chip) : whole_chip;
  if (row.run == "all_gather") {
    return all_gather(row, chip);
  }
  if (row.run == "decode") {
    return decode(row, chip, root);
  }
  const PodConfig pod = single(chip);
  if (row.run == "idle") {
    return idle(pod, root);
  }
  return row.run == "gemm"   ? gemm(row, pod)
         : row.run == "copy" ? copy(row, pod)
         : row.run == "add"  ? add(row, pod)
                             : mlp(row, pod);
}

}  // namespace systole
