// SPDX-License-Identifier: Apache-2.0
#include "study/inputs.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"
#include "config/files.hpp"
#include "config/read.hpp"
#include "config/settings.hpp"
#include "study/histogram.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

struct Documents {
  Document run;
  Document pod;
  Document chip;
  std::optional<Document> memory;
  Document energy_model;
  ModelConfig model;
};

// A key of a memory that the chip does not have would be ignored in silence.
void require_memory(const Documents& in, const std::vector<Override>& overrides) {
  const std::vector<Override> unread = overrides_of(FileKind::memory, overrides);
  if (!in.memory && !unread.empty()) {
    fail("--set memory.{}: the chip '{}' has no HBM and so no memory file", unread.front().key,
         in.chip.text("name"));
  }
}

void require_all_chips(const Documents& in, const RunConfig& run, const PodConfig& pod) {
  const ShardingConfig& sharding = run.sharding;
  const std::uint64_t chips = std::uint64_t{sharding.tensor} * sharding.data;
  if (chips != pod.chips()) {
    throw UserError({in.run.mistake(
        "sharding.tensor",
        fmt::format("tensor {} x data {} is {} chips, but pod '{}' has {}", sharding.tensor,
                    sharding.data, chips, pod.name, pod.chips()))});
  }
}

// The run's own hash covers what it says, not what the files it names hold.
void add_histograms(const OperandValues& values, std::map<std::string, std::string>& hashes) {
  const auto add = [&](const char* role, const ValuesConfig& config) {
    if (config.distribution == Distribution::histogram) {
      hashes[role] = content_hash(read_text(config.histogram, kHistogramBytes));
    }
  };
  add("values.weights", values.weights);
  add("values.activations", values.activations);
  add("values.kv_cache", values.kv_cache);
}

Inputs assembled(Documents in) {
  ChipFile chip = chip_file(in.chip, in.memory);
  Inputs out{.run = run_config(in.run),
             .pod = {},
             .model = std::move(in.model),
             .energy = energy_model(in.energy_model),
             .content = {{"run", in.run.canonical()},
                         {"pod", in.pod.canonical()},
                         {"chip", chip.canonical},
                         {"model", nullptr},
                         {"energy_model", in.energy_model.canonical()}},
             .hashes = {}};
  out.pod = pod_config(in.pod, std::move(chip));
  out.content["model"] = to_json(out.model);
  require_all_chips(in, out.run, out.pod);
  out.hashes = {{"run", content_hash(out.content["run"].dump())},
                {"pod", out.pod.hash},
                {"chip", content_hash(out.content["chip"].dump())},
                {"model", out.model.hash},
                {"energy_model", out.energy.hash}};
  add_histograms(out.run.values, out.hashes);
  return out;
}

}  // namespace

Inputs read_inputs(const std::string& run_file, const std::vector<Override>& overrides,
                   const std::optional<std::string>& energy_model) {
  const auto read = [&](FileKind kind, const std::string& file) {
    return load(kind, file, overrides_of(kind, overrides));
  };
  Documents in;
  in.run = read(FileKind::run, run_file);
  in.pod = read(FileKind::pod, in.run.path("pod"));
  in.chip = read(FileKind::chip, in.pod.path("chip"));
  if (in.chip.has("hbm")) {
    in.memory = read(FileKind::memory, in.chip.path("hbm.memory"));
  }
  require_memory(in, overrides);
  in.energy_model =
      read(FileKind::energy_model, energy_model.value_or(in.run.path("energy_model")));
  in.model = read_model(in.run.path("workload.model"));
  return assembled(std::move(in));
}

Inputs inputs_of(const nlohmann::ordered_json& result, const std::vector<Override>& overrides) {
  if (!result.is_object() || !result.contains("config") || !result["config"].is_object()) {
    fail("this is no result of 'systole run': it has no 'config' to run again");
  }
  const auto part = [&](FileKind kind) {
    const std::string role(name(kind));
    const Json& config = result["config"];
    if (!config.contains(role)) {
      fail("the result is damaged: its 'config' has no '{}'", role);
    }
    return config[role];
  };
  const auto document = [&](FileKind kind, const Json& content) {
    return from_canonical(kind, content, fmt::format("{} of the result", name(kind)),
                          overrides_of(kind, overrides));
  };
  Documents in;
  in.run = document(FileKind::run, part(FileKind::run));
  in.pod = document(FileKind::pod, part(FileKind::pod));
  Json chip = result.contains("chip") ? result["chip"] : Json();
  if (chip.is_object() && chip.contains("hbm") && chip["hbm"].is_object()) {
    in.memory = document(FileKind::memory, chip["hbm"]["memory"]);
    chip["hbm"].erase("memory");
  }
  in.chip = document(FileKind::chip, chip);
  require_memory(in, overrides);
  in.energy_model = document(FileKind::energy_model, part(FileKind::energy_model));
  in.model = model_from_json(result["config"].value("model", Json()), "model of the result");
  return assembled(std::move(in));
}

}  // namespace systole
