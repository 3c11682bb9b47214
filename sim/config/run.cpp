// SPDX-License-Identifier: Apache-2.0
#include "config/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/read.hpp"

namespace systole {
namespace {

std::uint64_t integer_or_0(const Document& document, const char* key) {
  return document.has(key) ? document.integer(key) : 0;
}

DataType type_of(const Document& document, const char* key) {
  return data_type(document.text(key)).value();  // A choice of the table, so it exists.
}

// Empty in what comes out of a result, which holds the contents instead.
std::string path_or_empty(const Document& document, std::string_view key) {
  return document.has(key) ? document.path(key) : "";
}

WorkloadConfig workload(const Document& document) {
  return {.model = path_or_empty(document, "workload.model"),
          .phase = document.text("workload.phase") == "decode" ? Phase::decode : Phase::prefill,
          .batch = document.integer("workload.batch"),
          .context = integer_or_0(document, "workload.context"),
          .prompt = integer_or_0(document, "workload.prompt"),
          .steps = document.integer("workload.steps"),
          .weights = type_of(document, "workload.weights"),
          .activations = type_of(document, "workload.activations"),
          .kv_cache = type_of(document, "workload.kv_cache"),
          .causal = document.text("workload.causal") == "full" ? Causal::full : Causal::half};
}

// What a phase needs beyond what every run needs.
void check_phase(const Document& document, const WorkloadConfig& workload) {
  std::vector<Diagnostic> mistakes;
  if (workload.phase == Phase::decode && !document.has("workload.context")) {
    mistakes.push_back(document.mistake(
        "workload.phase",
        "decode needs 'workload.context', the tokens already in the KV cache of each sequence"));
  }
  if (workload.phase == Phase::prefill && !document.has("workload.prompt")) {
    mistakes.push_back(document.mistake(
        "workload.phase", "prefill needs 'workload.prompt', the tokens of each sequence"));
  }
  if (workload.phase == Phase::prefill && workload.steps != 1) {
    mistakes.push_back(document.mistake(
        "workload.steps", "'workload.steps' counts generated tokens, and prefill generates none"));
  }
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
}

Overlap overlap(const std::string& text) {
  return text == "none" ? Overlap::none : text == "chunked" ? Overlap::chunked : Overlap::async;
}

// A choice of the table, so one of them has the name.
template <class Choices>
auto choice(const Document& document, const char* key, const Choices& choices) {
  return *std::ranges::find(choices, document.text(key), [](auto c) { return name(c); });
}

ShardingConfig sharding(const Document& document) {
  ShardingConfig out{.tensor = static_cast<std::uint32_t>(document.integer("sharding.tensor")),
                     .data = static_cast<std::uint32_t>(document.integer("sharding.data")),
                     .attention = choice(document, "sharding.attention", kAttentionShardings),
                     .layout = choice(document, "sharding.layout", kLayouts),
                     .x_axes = {}};
  if (!document.has("sharding.x_axes")) {
    return out;
  }
  if (out.layout != Layout::two_d) {
    throw UserError({document.mistake(
        "sharding.x_axes",
        fmt::format("'sharding.x_axes' belongs to layout 2d, and this is {}", name(out.layout)))});
  }
  for (const std::uint64_t axis : document.integers("sharding.x_axes")) {
    out.x_axes.push_back(static_cast<std::uint32_t>(axis));
  }
  if (out.x_axes.empty()) {
    throw UserError(
        {document.mistake("sharding.x_axes", "name at least one axis, or leave it out")});
  }
  return out;
}

constexpr std::array kDistributions{Distribution::random, Distribution::gaussian,
                                    Distribution::sparse, Distribution::histogram};

ValuesConfig values_of(const Document& document, const std::string& section,
                       std::vector<Diagnostic>& mistakes) {
  const std::string key = section + ".distribution";
  ValuesConfig out;
  out.distribution = *std::ranges::find(kDistributions, document.text(key),
                                        [](Distribution d) { return name(d); });
  // A key that belongs to one distribution is needed there and means nothing elsewhere.
  const auto takes = [&](const char* leaf, Distribution owner) {
    const std::string own = section + "." + leaf;
    const bool is_owner = out.distribution == owner;
    if (is_owner && !document.has(own)) {
      mistakes.push_back(
          document.mistake(key, fmt::format("{} values need '{}'", name(owner), own)));
    }
    if (!is_owner && document.has(own)) {
      mistakes.push_back(
          document.mistake(own, fmt::format("'{}' belongs to {} values, and these are {}", own,
                                            name(owner), name(out.distribution))));
    }
    return is_owner && document.has(own);
  };
  if (takes("zeros", Distribution::sparse)) {
    out.zeros = document.number(section + ".zeros");
  }
  if (takes("histogram", Distribution::histogram)) {
    out.histogram = document.path(section + ".histogram");
  }
  return out;
}

Residence residence(const std::string& word) {
  return word == "sram" ? Residence::sram : word == "hbm" ? Residence::hbm : Residence::automatic;
}

OperandValues operand_values(const Document& document) {
  std::vector<Diagnostic> mistakes;
  OperandValues out{.weights = values_of(document, "values.weights", mistakes),
                    .activations = values_of(document, "values.activations", mistakes),
                    .kv_cache = values_of(document, "values.kv_cache", mistakes)};
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
  return out;
}

}  // namespace

std::string_view name(Layout layout) {
  switch (layout) {
    case Layout::one_d: return "1d";
    case Layout::two_d: return "2d";
    case Layout::gathered_x: return "gathered_x";
    case Layout::gathered_xy: return "gathered_xy";
    case Layout::gathered_xyz: return "gathered_xyz";
    case Layout::automatic: return "auto";
  }
  throw Bug("a layout without a name");
}

std::string_view name(AttentionSharding attention) {
  switch (attention) {
    case AttentionSharding::batch: return "batch";
    case AttentionSharding::heads: return "heads";
    case AttentionSharding::context: return "context";
  }
  throw Bug("an attention sharding without a name");
}

std::string_view name(Distribution distribution) {
  switch (distribution) {
    case Distribution::random: return "random";
    case Distribution::gaussian: return "gaussian";
    case Distribution::sparse: return "sparse";
    case Distribution::histogram: return "histogram";
  }
  throw Bug("a distribution without a name");
}

RunConfig run_config(const Document& document) {
  RunConfig out{
      .pod = path_or_empty(document, "pod"),
      .energy_model = path_or_empty(document, "energy_model"),
      .workload = workload(document),
      .sharding = sharding(document),
      .residence = {.weights = residence(document.text("residence.weights")),
                    .kv_cache = residence(document.text("residence.kv_cache"))},
      .overlap = overlap(document.text("schedule.overlap")),
      .values = operand_values(document),
      .uncertainty = {.samples =
                          static_cast<std::uint32_t>(document.integer("uncertainty.samples")),
                      .seed = document.integer("uncertainty.seed")},
      .fidelity = document.text("fidelity") == "event" ? Fidelity::event : Fidelity::analytic};
  check_phase(document, out.workload);
  return out;
}

RunConfig read_run(const std::string& file, const std::vector<Override>& overrides) {
  return run_config(load(FileKind::run, file, overrides));
}

}  // namespace systole
