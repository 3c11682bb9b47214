// SPDX-License-Identifier: Apache-2.0
#include "report/html/facts.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace systole::html {
namespace {

template <class Enumeration>
std::optional<Enumeration> named(std::string_view text, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    if (name(static_cast<Enumeration>(i)) == text) {
      return static_cast<Enumeration>(i);
    }
  }
  return std::nullopt;
}

double number(const Json& object, const char* key) {
  return object.contains(key) && object.at(key).is_number() ? object.at(key).get<double>() : 0.0;
}

std::uint64_t count(const Json& object, const char* key) {
  return object.contains(key) && object.at(key).is_number_unsigned()
             ? object.at(key).get<std::uint64_t>()
             : 0;
}

std::string text(const Json& object, const char* key) {
  return object.contains(key) && object.at(key).is_string() ? object.at(key).get<std::string>()
                                                            : "";
}

// A value as --set takes it.
std::string setting(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::optional<double> maybe(const Json& object, const char* key) {
  return object.contains(key) && object.at(key).is_number()
             ? std::optional(object.at(key).get<double>())
             : std::nullopt;
}

// Energies and their split, per output token.
void read_energy(const Json& document, double tokens, SweepRow& row) {
  const Json& energy = document.at("energy_j");
  row.energy_j = number(energy, "nominal") / tokens;
  row.energy_p5_j = number(energy, "p5") / tokens;
  row.energy_p50_j = number(energy, "p50") / tokens;
  row.energy_p95_j = number(energy, "p95") / tokens;
  row.dynamic_j = number(document, "energy_dynamic_j") / tokens;
  for (const LedgerEntry& entry : ledger_of(document)) {
    row.purposes_j[static_cast<std::size_t>(purpose_of(entry.line))] += entry.energy_j / tokens;
  }
}

}  // namespace

std::optional<Component> component_named(std::string_view text) {
  return named<Component>(text, kComponents);
}

std::optional<Action> action_named(std::string_view text) { return named<Action>(text, kActions); }

std::vector<LedgerEntry> ledger_of(const Json& document) {
  std::vector<LedgerEntry> out;
  for (const Json& line : document.at("ledger")) {
    const auto component = component_named(text(line, "component"));
    const auto action = action_named(text(line, "action"));
    const auto tensor = named<Tensor>(text(line, "tensor"), kTensors);
    if (!component || !action || !tensor) {
      fail("the result is damaged: its ledger has a line of '{}', '{}', '{}', which is unknown",
           text(line, "component"), text(line, "tensor"), text(line, "action"));
    }
    out.push_back({.line = {.component = *component,
                            .operation = kNoOperation,
                            .tensor = *tensor,
                            .action = *action,
                            .count = count(line, "count")},
                   .pj_each = number(line, "pj_each"),
                   .energy_j = number(line, "energy_j")});
  }
  return out;
}

double tokens_of(const Json& document) {
  const std::uint64_t tokens = count(document, "output_tokens");
  return tokens > 0 ? static_cast<double>(tokens) : 1.0;
}

SweepRow row_of_result(const Json& document) {
  SweepRow row;
  const Json& point = document.at("point");
  row.model = text(point, "model");
  row.phase = text(point, "phase");
  row.chip = text(point, "chip");
  row.config_hash = text(document, "config_hash");
  row.fidelity = text(document, "fidelity");
  row.energy_model = text(document.at("stamp"), "energy_model");
  row.folded = document.at("folded").get<bool>();
  row.chips = count(document, "chips");
  row.output_tokens = count(document, "output_tokens");
  row.time_s = number(document, "time_s");
  const std::uint64_t steps = count(point, "steps");
  row.step_s = row.time_s / (steps > 0 ? static_cast<double>(steps) : 1.0);
  row.tokens_per_s = number(document, "tokens_per_s");
  row.tokens_per_s_per_user = maybe(document, "tokens_per_s_per_user");
  read_energy(document, tokens_of(document), row);
  row.power_w_per_chip = number(document, "power_w_per_chip");
  row.binding = text(document.at("bound"), "binding");
  row.bound_time_s = number(document.at("bound"), "time_s");
  const Json& utilisation = document.at("utilisation");
  row.matrix_unit_utilisation = number(utilisation, "matrix_unit");
  row.vector_unit_utilisation = number(utilisation, "vector_unit");
  row.hbm_utilisation = number(utilisation, "hbm");
  row.ici_utilisation = number(utilisation, "ici");
  return row;
}

SweepRow row_of_sweep(const Json& point) {
  SweepRow row;
  row.model = text(point, "model");
  row.phase = text(point, "phase");
  row.chip = text(point, "chip");
  row.config_hash = text(point, "config_hash");
  row.fidelity = text(point, "fidelity");
  row.energy_model = text(point, "energy_model");
  row.folded = point.contains("folded") && point.at("folded") == true;
  row.chips = count(point, "chips");
  row.output_tokens = count(point, "output_tokens");
  row.time_s = number(point, "time_s");
  row.step_s = number(point, "step_s");
  row.tokens_per_s = number(point, "tokens_per_s");
  row.tokens_per_s_per_user = maybe(point, "tokens_per_s_per_user");
  row.energy_j = number(point, "energy_per_output_token_j");
  row.energy_p5_j = number(point, "energy_per_output_token_p5_j");
  row.energy_p50_j = number(point, "energy_per_output_token_p50_j");
  row.energy_p95_j = number(point, "energy_per_output_token_p95_j");
  row.dynamic_j = number(point, "dynamic_per_output_token_j");
  const std::array<const char*, kPurposes> purposes{
      "weights_per_output_token_j",     "kv_per_output_token_j",
      "macs_per_output_token_j",        "activations_per_output_token_j",
      "vector_unit_per_output_token_j", "instructions_per_output_token_j",
      "links_per_output_token_j",       "static_per_output_token_j"};
  for (std::size_t i = 0; i < kPurposes; ++i) {
    row.purposes_j[i] = number(point, purposes[i]);
  }
  row.power_w_per_chip = number(point, "power_w_per_chip");
  row.binding = text(point, "binding");
  row.bound_time_s = number(point, "bound_time_s");
  row.matrix_unit_utilisation = number(point, "matrix_unit_utilisation");
  row.vector_unit_utilisation = number(point, "vector_unit_utilisation");
  row.hbm_utilisation = number(point, "hbm_utilisation");
  row.ici_utilisation = number(point, "ici_utilisation");
  return row;
}

std::vector<SweepLabel> facts_of(const Json& document) {
  const Json& point = document.at("point");
  std::vector<SweepLabel> out;
  const auto add = [&](const char* section, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
      if (point.contains(key) && !point.at(key).is_null()) {
        out.push_back({.key = fmt::format("{}.{}", section, key), .value = setting(point.at(key))});
      }
    }
  };
  if (text(document, "command") == "run") {
    add("sharding", {"tensor", "data", "layout", "x_axes", "attention"});
    add("workload",
        {"phase", "weights", "activations", "kv_cache", "context", "prompt", "steps", "batch"});
  }
  return out;
}

std::optional<double> tokens_per_read(const Json& document) {
  const Json& point = document.at("point");
  const double batch = number(point, "batch");
  const double data = number(point, "data");
  if (batch == 0.0 || data == 0.0) {
    return std::nullopt;
  }
  const double prompt = number(point, "prompt");
  return std::max(1.0, batch / data) * (prompt > 0.0 ? prompt : 1.0);
}

}  // namespace systole::html
