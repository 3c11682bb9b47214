// SPDX-License-Identifier: Apache-2.0
#include "report/compare_json.hpp"

#include <nlohmann/json.hpp>

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

void add_parts(const Parts& parts, Json& out) {
  out["before_j"] = parts.before_j;
  out["after_j"] = parts.after_j;
  out["activity_j"] = parts.activity_j;
  out["price_j"] = parts.price_j;
}

Json groups_json(const char* key, const std::vector<GroupChange>& groups) {
  Json out = Json::array();
  for (const GroupChange& group : groups) {
    Json one{{key, group.name}};
    add_parts(group.parts, one);
    out.push_back(std::move(one));
  }
  return out;
}

Json line_json(const LineChange& line) {
  Json out{{"component", line.before.component},    {"operation", line.before.operation},
           {"tensor", line.before.tensor},          {"action", line.before.action},
           {"count_before", line.before.count},     {"count_after", line.after.count},
           {"pj_each_before", line.before.pj_each}, {"pj_each_after", line.after.pj_each}};
  add_parts(line.parts, out);
  return out;
}

Json values_json(const std::vector<ValueChange>& values) {
  Json out = Json::array();
  for (const ValueChange& value : values) {
    out.push_back({{"key", value.key}, {"before", value.before}, {"after", value.after}});
    if (!value.unit.empty()) {
      out.back()["unit"] = value.unit;
    }
  }
  return out;
}

}  // namespace

nlohmann::ordered_json compare_json(const Compared& compared) {
  Json out{{"schema", "systole.compare/1"},
           {"identical", compared.is_identical()},
           {"per", compared.energy.per_token ? Json("output token") : Json(nullptr)}};
  add_parts(compared.energy.total, out["energy"]);
  out["metrics"] = values_json(compared.metrics);
  out["by_component"] = groups_json("component", compared.energy.components);
  out["by_operation"] = groups_json("operation", compared.energy.operations);
  out["ledger"] = Json::array();
  for (const LineChange& line : compared.energy.lines) {
    out["ledger"].push_back(line_json(line));
  }
  out["inputs"] = values_json(compared.inputs);
  return out;
}

}  // namespace systole
