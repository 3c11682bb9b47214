// SPDX-License-Identifier: Apache-2.0
#include "report/result_json.hpp"

#include <algorithm>

#include "study/energy_json.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json macs_json(const Result& result) {
  Json out = Json::object();
  for (const Multiplier multiplier : kMultipliers) {
    if (const auto n = result.macs[static_cast<std::size_t>(multiplier)]; n > 0) {
      out[std::string(name(multiplier))] = n;
    }
  }
  return out;
}

Json bytes_json(const Result& result) {
  return {{"hbm_read", result.hbm_read_bytes},
          {"hbm_write", result.hbm_write_bytes},
          {"sram_read", result.sram_read_bytes},
          {"sram_write", result.sram_write_bytes},
          {"ici", result.ici_bytes}};
}

Json bound_json(const Result& result) {
  const Bound& binding = result.binding();
  Json out{{"time_s", to_seconds(binding.time).count()},
           {"energy_j", nullptr},
           {"binding", binding.resource}};
  if (result.collective) {
    out["link_bytes_per_s"] = result.chip.ici.value().bandwidth.count();
  }
  return out;
}

Json bounds_json(const Result& result) {
  Json out = Json::object();
  for (const Bound& bound : result.bounds) {
    out[bound.resource] = to_seconds(bound.time).count();
  }
  return out;
}

Json utilisation_json(const Result& result) {
  const auto where = [](bool exists, double share) { return exists ? Json(share) : Json(nullptr); };
  return {{"matrix_unit", result.matrix_unit_utilisation},
          {"vector_unit", result.vector_unit_utilisation},
          {"scratchpad", where(result.has_slots(), result.scratchpad_utilisation)},
          {"hbm", where(result.chip.hbm.has_value(), result.hbm_utilisation)},
          {"ici", where(result.has_links(), result.ici_utilisation)}};
}

Json units_json(const Result& result) {
  Json out = Json::array();
  for (const UnitTimes& unit : result.units) {
    Json seconds = Json::object();
    for (std::size_t state = 0; state < kStates; ++state) {
      seconds[std::string(name(static_cast<State>(state)))] = unit.seconds[state];
    }
    out.push_back({{"unit", unit.unit}, {"units", unit.units}, {"seconds", std::move(seconds)}});
  }
  return out;
}

Json links_json(const Result& result) {
  Json out = Json::array();
  for (const LinkLoad& load : result.links) {
    out.push_back({{"axis", load.axis},
                   {"direction", load.up ? "up" : "down"},
                   {"links", load.links},
                   {"busy", {{"least", load.least}, {"mean", load.mean}, {"most", load.most}}}});
    if (load.chips.size() > 1) {  // Link by link: the chip that sends, and its share.
      out.back()["each"] = {{"chips", load.chips}, {"busy", load.busy}};
    }
  }
  return out;
}

Json axes_json(const Result& result) {
  Json out = Json::array();
  for (const Axis& axis : result.axes) {
    out.push_back({{"length", axis.length}, {"wraps", axis.wraps}});
  }
  return out;
}

Json values_json(const OperandValues& values) {
  const auto one = [](const ValuesConfig& config) {
    Json out{{"distribution", name(config.distribution)}};
    if (config.distribution == Distribution::sparse) {
      out["zeros"] = config.zeros;
    }
    return out;
  };
  return {{"weights", one(values.weights)},
          {"activations", one(values.activations)},
          {"kv_cache", one(values.kv_cache)}};
}

// By the operand held in the array.
Json activity_json(const Activities& activities) {
  Json out = Json::object();
  for (const Tensor held : {Tensor::weight, Tensor::kv}) {
    const Activity& activity = activities[static_cast<std::size_t>(held)];
    out[std::string(name(held))] = {{"mac", activity.mac}, {"shift", activity.shift}};
  }
  return out;
}

// What `auto` chose from, with the time by its bounds; null does not fit.
Json layouts_json(const std::vector<ScoredLayout>& layouts) {
  Json out = Json::array();
  for (const ScoredLayout& layout : layouts) {
    const std::vector<std::uint32_t>& x = layout.sharding.x_axes;
    out.push_back({{"layout", name(layout.sharding.layout)},
                   {"x_axes", x.empty() ? Json(nullptr) : Json(x)},
                   {"estimate_s", layout.score ? Json(*layout.score) : Json(nullptr)}});
  }
  return out;
}

// What was asked for, so that a report needs no other file.
Json point_json(const Result& result) {
  Json out{{"chip", result.chip.name}, {"axes", axes_json(result)}};
  if (result.run) {
    const WorkloadConfig& work = result.run->workload;
    const ShardingConfig& sharding = result.run->sharding;
    const bool is_decode = work.phase == Phase::decode;
    out["model"] = result.run->model;
    out["phase"] = is_decode ? "decode" : "prefill";
    out["batch"] = work.batch;
    out["context"] = is_decode ? Json(work.context) : Json(nullptr);
    out["prompt"] = is_decode ? Json(nullptr) : Json(work.prompt);
    out["steps"] = is_decode ? Json(work.steps) : Json(nullptr);
    out["weights"] = name(work.weights);
    out["activations"] = name(work.activations);
    out["kv_cache"] = name(work.kv_cache);
    out["tensor"] = sharding.tensor;
    out["data"] = sharding.data;
    out["attention"] = name(sharding.attention);
    out["layout"] = name(sharding.layout);
    out["x_axes"] = sharding.x_axes.empty() ? Json(nullptr) : Json(sharding.x_axes);
    if (!result.run->layouts.empty()) {
      out["layouts"] = layouts_json(result.run->layouts);
    }
    out["overlap"] = name(result.run->overlap);
    out["values"] = values_json(result.run->values);
  }
  if (result.gemm) {
    const GemmFacts& gemm = *result.gemm;
    out["m"] = gemm.m;
    out["n"] = gemm.n;
    out["k"] = gemm.k;
    out["weights"] = name(gemm.weights);
    out["activations"] = name(gemm.activations);
    out["hbm"] = gemm.hbm;
  }
  if (result.collective) {
    out["kind"] = name(result.collective->kind);
    out["bytes"] = result.collective->bytes.count();
  }
  return out;
}

Json rate(const std::optional<std::uint64_t>& tokens, double seconds) {
  return tokens && seconds > 0.0 ? Json(static_cast<double>(*tokens) / seconds) : Json(nullptr);
}

// Every key in its place; prices fill theirs in afterwards.
Json frame(const Result& result) {
  const double seconds = result.seconds();
  Json out{{"schema", kResultSchema},
           {"systole", SYSTOLE_VERSION},
           {"command", result.command},
           {"config_hash", result.config_hash},
           {"fidelity", result.fidelity},
           {"folded", result.folded},
           {"unfolded_because", result.folded ? Json(nullptr) : Json(result.unfolded_because)},
           {"simulated_chips", result.simulated_chips},
           {"chips", result.chips},
           {"time_s", seconds},
           {"cycles", result.cycles.count()},
           {"output_tokens", or_null(result.output_tokens)},
           {"requests", nullptr},
           {"causal", or_null(result.causal)}};
  for (const char* key :
       {"energy_j", "energy_per_output_token_j", "energy_static_j", "energy_dynamic_j"}) {
    out[key] = nullptr;
  }
  out["boundary"] = result.boundary;
  out["tokens_per_s"] = rate(result.output_tokens, seconds);
  out["tokens_per_s_per_user"] = rate(result.tokens_per_user, seconds);
  out["power_w_per_chip"] = nullptr;
  out["power"] = nullptr;
  out["by_chip"] = nullptr;
  out["macs"] = macs_json(result);
  out["bytes"] = bytes_json(result);
  out["bound"] = bound_json(result);
  out["bounds"] = bounds_json(result);
  out["utilisation"] = utilisation_json(result);
  out["units"] = units_json(result);
  out["links"] = links_json(result);
  for (const char* key : {"by_component", "ledger", "assumed_share", "drivers"}) {
    out[key] = nullptr;
  }
  out["activity"] = activity_json(result.activities);
  out["uncertainty"] = {{"samples", result.uncertainty.samples}, {"seed", result.uncertainty.seed}};
  out["point"] = point_json(result);
  out["chip"] = Json::parse(result.chip_json);
  if (!result.config_json.empty()) {
    out["config"] = Json::parse(result.config_json);
  }
  out["stamp"] = {{"energy_model", result.energy_model}, {"inputs", result.inputs}};
  return out;
}

}  // namespace

nlohmann::ordered_json to_json(const Result& result) {
  Json out = frame(result);
  write_energy({.bill = result.bill,
                .chip = result.chip,
                .ideal_j = result.bound_energy_j,
                .chips = result.chips,
                .seconds = result.seconds(),
                .output_tokens = result.output_tokens,
                .windows = result.windows.lines.empty() ? nullptr : &result.windows,
                .limits = &result.power_limits,
                .by_chip = &result.by_chip},
               out);
  return out;
}

std::string to_text(const nlohmann::ordered_json& document) { return document.dump(2) + "\n"; }

}  // namespace systole
