// SPDX-License-Identifier: Apache-2.0
#include "study/point.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "analytic/bounds.hpp"
#include "analytic/estimate.hpp"
#include "base/hash.hpp"
#include "config/files.hpp"
#include "config/read.hpp"
#include "lower/layout_choice.hpp"
#include "lower/lower.hpp"
#include "study/activity.hpp"
#include "study/advice.hpp"
#include "study/histogram.hpp"
#include "study/measure.hpp"
#include "trace/text.hpp"
#include "trace/verify.hpp"
#include "workload/layout.hpp"
#include "workload/network.hpp"

namespace systole {
namespace {

// All that a run file names but its prices.
struct Inputs {
  RunConfig run;
  std::string run_hash;  // Of the file's own content; what it names has hashes of its own.
  PodConfig pod;
  nlohmann::ordered_json chip;
  ModelConfig model;
  std::vector<ScoredLayout> layouts;  // Behind `sharding.layout: auto`.
};

// `auto`, and x axes that the file leaves open, become what is run.
void settle_layout(Inputs& in) {
  ShardingConfig& sharding = in.run.sharding;
  if (sharding.layout == Layout::automatic) {
    LayoutChoice choice = choose_layout(in.run, in.model, in.pod, [&](const Trace& trace) {
      return to_seconds(estimate(in.pod, trace).elapsed()).count();
    });
    sharding = choice.best;
    in.layouts = std::move(choice.considered);
  } else if (sharding.layout == Layout::two_d) {
    sharding.x_axes = layout_axes(sharding, in.pod, tensor_group(in.pod, sharding.tensor)).x;
  }
}

Inputs read_inputs(const std::string& run_file, const std::vector<Override>& overrides) {
  const Document document = load(FileKind::run, run_file, overrides);
  Inputs in{.run = run_config(document),
            .run_hash = content_hash(document.canonical().dump()),
            .pod = {},
            .chip = {},
            .model = {},
            .layouts = {}};
  in.pod = read_pod(in.run.pod);
  in.chip = read_chip_file(load(FileKind::pod, in.run.pod).path("chip")).canonical;
  in.model = read_model(in.run.workload.model);
  const ShardingConfig& sharding = in.run.sharding;
  if (std::uint64_t{sharding.tensor} * sharding.data != in.pod.chips()) {
    throw UserError({document.mistake(
        "sharding.tensor",
        fmt::format("tensor {} x data {} is {} chips, but pod '{}' has {}", sharding.tensor,
                    sharding.data, std::uint64_t{sharding.tensor} * sharding.data, in.pod.name,
                    in.pod.chips()))});
  }
  settle_layout(in);
  return in;
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

RunFacts facts_of(const Inputs& in) {
  RunFacts facts{.model = in.model.name,
                 .workload = in.run.workload,
                 .sharding = in.run.sharding,
                 .overlap = in.run.overlap,
                 .values = in.run.values,
                 .layouts = in.layouts};
  facts.workload.model.clear();
  return facts;
}

// The run's own hash covers what it says, not what the files it names hold.
void add_histograms(const OperandValues& values, std::map<std::string, std::string>& inputs) {
  const auto add = [&](const char* role, const ValuesConfig& config) {
    if (config.distribution == Distribution::histogram) {
      inputs[role] = content_hash(read_text(config.histogram, kHistogramBytes));
    }
  };
  add("values.weights", values.weights);
  add("values.activations", values.activations);
  add("values.kv_cache", values.kv_cache);
}

}  // namespace

Result run_point(const std::string& run_file, const PointOptions& options) {
  const Inputs in = read_inputs(run_file, options.overrides);
  const EnergyModel energy = read_energy_model(options.energy_model.value_or(in.run.energy_model));
  const Trace trace = options.trace ? given_trace(in, *options.trace) : lowered(in);
  Result result = measure(in.pod, trace, energy,
                          {.uncertainty = in.run.uncertainty,
                           .activities = activities(in.run, in.pod.chip.matrix_unit),
                           .folding = options.unfold ? Folding::off : Folding::automatic,
                           .fidelity = in.run.fidelity,
                           .recording = options.recording});
  result.command = "run";
  result.run = facts_of(in);
  if (in.run.workload.phase == Phase::decode) {
    result.tokens_per_user = in.run.workload.steps;
  }
  result.chip_json = in.chip.dump();
  result.inputs = {{"run", in.run_hash},
                   {"pod", in.pod.hash},
                   {"chip", content_hash(result.chip_json)},
                   {"model", in.model.hash},
                   {"energy_model", energy.hash},
                   {"trace", content_hash(write(trace))}};
  add_histograms(in.run.values, result.inputs);
  result.config_hash = config_hash(result.inputs);
  result.next = advise(result, energy);
  return result;
}

std::string lower_point(const std::string& run_file, const std::vector<Override>& overrides) {
  return write(lowered(read_inputs(run_file, overrides)));
}

}  // namespace systole
