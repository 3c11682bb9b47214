// SPDX-License-Identifier: Apache-2.0
// One collective as a trace of one operation over all axes of a pod.
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/hash.hpp"
#include "config/read.hpp"
#include "study/advice.hpp"
#include "study/flit_collective.hpp"
#include "study/measure.hpp"
#include "study/point.hpp"
#include "trace/text.hpp"
#include "trace/verify.hpp"

namespace systole {
namespace {

// Elements are bf16: what a reduction adds, and nothing else, depends on it.
Trace collective_trace(const CollectiveOptions& options, const PodConfig& pod) {
  const auto chips = static_cast<std::uint32_t>(pod.chips());
  std::vector<std::uint32_t> axes(tensor_group(pod, chips).size());
  if (axes.empty()) {
    fail("a collective needs at least 2 chips, and pod '{}' has {}", pod.name, chips);
  }
  std::iota(axes.begin(), axes.end(), 0U);
  const Collective work{
      .kind = options.kind, .axes = axes, .bytes = Bytes{options.bytes}, .type = DataType::bf16};
  Trace trace{
      .pod = pod.hash,
      .tensor = chips,
      .data = 1,
      .output_tokens = 0,
      .causal = std::nullopt,
      .residency = {},
      .blocks = {
          {.name = "collective",
           .repeat = 1,
           .operations = {{.name = std::string(name(options.kind)), .work = work, .after = {}}}}}};
  verify(trace, {.chips = pod.chips(),
                 .group_axes = static_cast<std::uint32_t>(axes.size()),
                 .stores = {.scratchpad = pod.chip.scratchpad.capacity,
                            .far_sram = pod.chip.far_sram ? pod.chip.far_sram->capacity : Bytes{0},
                            .hbm = pod.chip.hbm ? pod.chip.hbm->capacity : Bytes{0}}});
  return trace;
}

}  // namespace

Result run_collective(const CollectiveOptions& options) {
  const PodConfig pod = read_pod(options.pod);
  const EnergyModel energy = read_energy_model(options.energy_model);
  const Trace trace = collective_trace(options, pod);
  const MeasureOptions how{.folding = options.unfold ? Folding::off : Folding::automatic};
  Result result = options.fidelity == CollectiveFidelity::flit
                      ? evaluate(pod, trace, energy, how, run_flits(pod, trace))
                      : measure(pod, trace, energy, how);
  if (options.fidelity == CollectiveFidelity::flit) {
    result.fidelity = "flit";
  }
  result.command = "collective";
  result.collective = CollectiveFacts{.kind = options.kind, .bytes = Bytes{options.bytes}};
  // The bound of all plans in place of that of the plan which ran.
  for (Bound& bound : result.bounds) {
    if (bound.resource == "ici") {
      bound.time = link_bound(pod, options.kind, Bytes{options.bytes});
      check(result.elapsed >= bound.time, "law broken: a collective beats the bound of its links");
    }
  }
  const nlohmann::ordered_json facts{{"kind", name(options.kind)}, {"bytes", options.bytes}};
  result.chip_json = read_chip_file(load(FileKind::pod, options.pod).path("chip")).canonical.dump();
  result.inputs = {{"collective", content_hash(facts.dump())},
                   {"pod", pod.hash},
                   {"chip", content_hash(result.chip_json)},
                   {"energy_model", energy.hash},
                   {"trace", content_hash(write(trace))}};
  result.config_hash = config_hash(result.inputs);
  result.next = advise(result, energy);
  return result;
}

}  // namespace systole
