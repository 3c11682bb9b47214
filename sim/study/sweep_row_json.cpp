// SPDX-License-Identifier: Apache-2.0
#include "study/sweep_row_json.hpp"

#include <array>

namespace systole {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SweepRow, model, phase, chip, config_hash, fidelity,
                                   energy_model, folded, chips, output_tokens, time_s, step_s,
                                   tokens_per_s, energy_j, energy_p5_j, energy_p50_j, energy_p95_j,
                                   dynamic_j, purposes_j, power_w_per_chip, binding, bound_time_s,
                                   matrix_unit_utilisation, vector_unit_utilisation,
                                   hbm_utilisation, ici_utilisation)

namespace {

constexpr std::array kStatuses{PointStatus::done,    PointStatus::wrong_input,
                               PointStatus::fault,   PointStatus::does_not_fit,
                               PointStatus::crashed, PointStatus::not_run};

}  // namespace

nlohmann::json row_json(const SweepRow& row) {
  nlohmann::json out = row;
  if (row.tokens_per_s_per_user) {
    out["tokens_per_s_per_user"] = *row.tokens_per_s_per_user;
  }
  return out;
}

SweepRow row_from_json(const nlohmann::json& json) {
  SweepRow row = json.get<SweepRow>();
  if (json.contains("tokens_per_s_per_user")) {
    row.tokens_per_s_per_user = json["tokens_per_s_per_user"].get<double>();
  }
  return row;
}

nlohmann::json ledger_json(const std::vector<LedgerSum>& ledger) {
  nlohmann::json out = nlohmann::json::array();
  for (const LedgerSum& sum : ledger) {
    out.push_back({sum.component, sum.tensor, sum.action, sum.count, sum.energy_j});
  }
  return out;
}

std::vector<LedgerSum> ledger_from_json(const nlohmann::json& json) {
  std::vector<LedgerSum> out;
  for (const nlohmann::json& line : json) {
    out.push_back({.component = line.at(0),
                   .tensor = line.at(1),
                   .action = line.at(2),
                   .count = line.at(3),
                   .energy_j = line.at(4)});
  }
  return out;
}

PointStatus point_status(std::string_view word) {
  for (const PointStatus status : kStatuses) {
    if (name(status) == word) {
      return status;
    }
  }
  throw nlohmann::json::out_of_range::create(403, "no status of a point", nullptr);
}

}  // namespace systole
