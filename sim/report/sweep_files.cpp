// SPDX-License-Identifier: Apache-2.0
#include "report/sweep_files.hpp"

#include <fmt/format.h>

#include "report/result_json.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

Json point(const SweepConfig& sweep, std::size_t index, const SweepOutcome& outcome) {
  Json out{{"point", sweep.points[index].number}};
  for (const SweepLabel& label : sweep.points[index].labels) {
    out[label.key] = label.value;
  }
  out["status"] = name(outcome.status);
  out["message"] = outcome.message;
  const Json all = sweep_numbers(outcome.row.value_or(SweepRow{}));
  for (const auto& [key, value] : all.items()) {
    out[key] = outcome.row ? value : Json(nullptr);
  }
  return out;
}

// A point by the other fidelity; the errors are the analytic engine's, as part of the event
// engine's.
Json check_json(const SweepConfig& sweep, const SweepEnd& end, const SweepChecked& checked) {
  const std::optional<SweepRow>& row = checked.outcome.row;
  const std::optional<FidelityError> error = error_of(end, checked);
  return {{"point", sweep.points[checked.point].number},
          {"status", name(checked.outcome.status)},
          {"message", checked.outcome.message},
          {"fidelity", row ? Json(row->fidelity) : Json(nullptr)},
          {"time_s", row ? Json(row->time_s) : Json(nullptr)},
          {"energy_per_output_token_j", row ? Json(row->energy_j) : Json(nullptr)},
          {"analytic_time_error", error ? Json(error->time) : Json(nullptr)},
          {"analytic_energy_error", error ? Json(error->energy) : Json(nullptr)}};
}

}  // namespace

std::string csv_cell(const nlohmann::ordered_json& value) {
  if (value.is_null()) {
    return "";
  }
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string out = "\"";
  for (const char c : text) {
    out += c == '"' ? std::string("\"\"") : std::string(1, c);
  }
  return out + "\"";
}

nlohmann::ordered_json sweep_numbers(const SweepRow& row) {
  const auto joules = [&](Purpose purpose) { return row.purpose_j(purpose); };
  return {{"time_s", row.time_s},
          {"step_s", row.step_s},
          {"output_tokens", row.output_tokens},
          {"tokens_per_s", row.tokens_per_s},
          {"tokens_per_s_per_user",
           row.tokens_per_s_per_user ? Json(*row.tokens_per_s_per_user) : Json(nullptr)},
          {"energy_per_output_token_j", row.energy_j},
          {"energy_per_output_token_p5_j", row.energy_p5_j},
          {"energy_per_output_token_p50_j", row.energy_p50_j},
          {"energy_per_output_token_p95_j", row.energy_p95_j},
          {"dynamic_per_output_token_j", row.dynamic_j},
          {"static_per_output_token_j", joules(Purpose::fixed)},
          {"weights_per_output_token_j", joules(Purpose::weights)},
          {"kv_per_output_token_j", joules(Purpose::kv_cache)},
          {"macs_per_output_token_j", joules(Purpose::products)},
          {"activations_per_output_token_j", joules(Purpose::activations)},
          {"vector_unit_per_output_token_j", joules(Purpose::vector_unit)},
          {"instructions_per_output_token_j", joules(Purpose::instructions)},
          {"links_per_output_token_j", joules(Purpose::links)},
          {"weights_share_of_dynamic", row.weights_share_of_dynamic()},
          {"power_w_per_chip", row.power_w_per_chip},
          {"binding", row.binding},
          {"bound_time_s", row.bound_time_s},
          {"matrix_unit_utilisation", row.matrix_unit_utilisation},
          {"vector_unit_utilisation", row.vector_unit_utilisation},
          {"hbm_utilisation", row.hbm_utilisation},
          {"ici_utilisation", row.ici_utilisation},
          {"model", row.model},
          {"phase", row.phase},
          {"chip", row.chip},
          {"chips", row.chips},
          {"folded", row.folded},
          {"fidelity", row.fidelity},
          {"energy_model", row.energy_model},
          {"config_hash", row.config_hash}};
}

nlohmann::ordered_json sweep_json(const SweepConfig& sweep, const SweepEnd& end) {
  Json points = Json::array();
  for (std::size_t i = 0; i < end.outcomes.size(); ++i) {
    points.push_back(point(sweep, i, end.outcomes[i]));
  }
  Json out{{"schema", "systole.sweep/1"},
           {"systole", SYSTOLE_VERSION},
           {"name", sweep.name},
           {"teaches", sweep.teaches},
           {"points", std::move(points)}};
  for (const SweepChecked& checked : end.checks) {
    out["check"].push_back(check_json(sweep, end, checked));
  }
  return out;
}

std::string sweep_csv(const SweepConfig& sweep, const SweepEnd& end) {
  std::string out;
  for (std::size_t i = 0; i < end.outcomes.size(); ++i) {
    const Json values = point(sweep, i, end.outcomes[i]);
    std::string head;
    std::string line;
    for (const auto& [key, value] : values.items()) {
      head += (head.empty() ? "" : ",") + csv_cell(key);
      line += (line.empty() ? "" : ",") + csv_cell(value);
    }
    if (i == 0) {
      out += head + "\n";
    }
    out += line + "\n";
  }
  return out;
}

}  // namespace systole
