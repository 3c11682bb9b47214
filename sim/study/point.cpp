// SPDX-License-Identifier: Apache-2.0
#include "study/point.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "analytic/bounds.hpp"
#include "analytic/estimate.hpp"
#include "base/hash.hpp"
#include "lower/layout_choice.hpp"
#include "lower/lower.hpp"
#include "study/activity.hpp"
#include "study/advice.hpp"
#include "study/inputs.hpp"
#include "study/measure.hpp"
#include "trace/text.hpp"
#include "trace/verify.hpp"
#include "workload/layout.hpp"
#include "workload/network.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

struct Settled {
  Inputs in;
  std::vector<ScoredLayout> layouts{};  // Behind `sharding.layout: auto`.
};

// `auto`, and x axes that the file leaves open, become what is run.
Settled settled(Inputs inputs) {
  Settled out{.in = std::move(inputs)};
  Inputs& in = out.in;
  ShardingConfig& sharding = in.run.sharding;
  if (sharding.layout == Layout::automatic) {
    LayoutChoice choice = choose_layout(in.run, in.model, in.pod, [&](const Trace& trace) {
      return to_seconds(estimate(in.pod, trace).elapsed()).count();
    });
    sharding = choice.best;
    out.layouts = std::move(choice.considered);
  } else if (sharding.layout == Layout::two_d) {
    sharding.x_axes = layout_axes(sharding, in.pod, tensor_group(in.pod, sharding.tensor)).x;
  }
  return out;
}

TraceMachine machine_of(const PodConfig& pod, std::uint32_t tensor) {
  const ChipConfig& chip = pod.chip;
  return {.chips = pod.chips(),
          .group_axes = static_cast<std::uint32_t>(tensor_group(pod, tensor).size()),
          .stores = {.scratchpad = chip.scratchpad.capacity,
                     .far_sram = chip.far_sram ? chip.far_sram->capacity : Bytes{0},
                     .hbm = chip.hbm ? chip.hbm->capacity : Bytes{0}}};
}

Trace lowered(const Inputs& in) {
  Trace trace = lower(in.run, in.model, in.pod);
  verify(trace, machine_of(in.pod, trace.tensor));
  return trace;
}

// A mistake at the value of a header line.
Diagnostic header_mistake(const TraceSource& source, std::uint32_t line, std::string message,
                          std::string label) {
  std::vector<Word> words;
  source.text.words(line, words);
  return source.text.mistake(words.back(), std::move(message), std::move(label));
}

// Holds a trace that was given against the run that it claims to be of.
void require_same_run(const Inputs& in, const SourcedTrace& given) {
  const Trace& trace = given.trace;
  const TraceSource& source = given.source;
  if (trace.pod != in.pod.hash) {
    throw UserError(
        {header_mistake(source, source.lines.pod, "the trace was lowered for another pod",
                        fmt::format("pod '{}' of the run is {}", in.pod.name, in.pod.hash))});
  }
  std::vector<Diagnostic> mistakes;
  const auto require = [&](const char* key, std::uint32_t line, const auto& found,
                           const auto& wanted) {
    if (found != wanted) {
      mistakes.push_back(header_mistake(source, line,
                                        fmt::format("the trace has {} {}", key, found),
                                        fmt::format("the run has {}", wanted)));
    }
  };
  const TraceLines& lines = source.lines;
  require("tensor", lines.tensor, trace.tensor, in.run.sharding.tensor);
  require("data", lines.data, trace.data, in.run.sharding.data);
  require("output_tokens", lines.output_tokens, trace.output_tokens,
          output_tokens(in.run.workload));
  const bool is_prefill = in.run.workload.phase == Phase::prefill;
  const std::string causal = in.run.workload.causal == Causal::half ? "half" : "full";
  require("causal", trace.causal ? lines.causal : lines.output_tokens,
          trace.causal.value_or("none"), is_prefill ? causal : "none");
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
}

Trace given_trace(const Inputs& in, const std::string& file) {
  SourcedTrace given = read_sourced_trace(file);
  require_same_run(in, given);
  verify(given.trace, machine_of(in.pod, given.trace.tensor), &given.source);
  return std::move(given.trace);
}

RunFacts facts_of(const Settled& settled) {
  const Inputs& in = settled.in;
  RunFacts facts{.model = in.model.name,
                 .workload = in.run.workload,
                 .sharding = in.run.sharding,
                 .overlap = in.run.overlap,
                 .values = in.run.values,
                 .layouts = settled.layouts};
  facts.workload.model.clear();
  return facts;
}

// One point, lowered and made; `stamp.inputs.trace` is the trace's content hash.
Result computed(const Settled& settled, const Trace& trace, Folding folding, Recording* recording) {
  const Inputs& in = settled.in;
  Result result = measure(in.pod, trace, in.energy,
                          {.uncertainty = in.run.uncertainty,
                           .activities = activities(in.run, in.pod.chip.matrix_unit),
                           .folding = folding,
                           .fidelity = in.run.fidelity,
                           .recording = recording});
  result.command = "run";
  result.run = facts_of(settled);
  if (in.run.workload.phase == Phase::decode) {
    result.tokens_per_user = in.run.workload.steps;
  }
  const Json& content = in.content;
  result.chip_json = content["chip"].dump();
  result.config_json = Json{{"run", content["run"]},
                            {"pod", content["pod"]},
                            {"model", content["model"]},
                            {"energy_model", content["energy_model"]}}
                           .dump();
  result.inputs = in.hashes;
  result.inputs["trace"] = content_hash(write(trace));
  result.config_hash = config_hash(result.inputs);
  return result;
}

}  // namespace

Result run_point(const std::string& run_file, const PointOptions& options) {
  const Settled point = settled(read_inputs(run_file, options.overrides, options.energy_model));
  const Trace trace = options.trace ? given_trace(point.in, *options.trace) : lowered(point.in);
  Result result =
      computed(point, trace, options.unfold ? Folding::off : Folding::automatic, options.recording);
  result.next = advise(result, point.in.energy);
  return result;
}

Result run_again(const nlohmann::ordered_json& result, const std::vector<Override>& overrides,
                 Recording* recording) {
  const Settled point = settled(inputs_of(result, overrides));
  const Trace trace = lowered(point.in);
  const bool unfold = result.value("unfolded_because", Json()) == kFoldingIsOff;
  return computed(point, trace, unfold ? Folding::off : Folding::automatic, recording);
}

std::string lower_point(const std::string& run_file, const std::vector<Override>& overrides) {
  return write(lowered(settled(read_inputs(run_file, overrides)).in));
}

}  // namespace systole
