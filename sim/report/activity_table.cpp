// SPDX-License-Identifier: Apache-2.0
#include "report/activity_table.hpp"

#include <fmt/format.h>

namespace systole {

std::string activity_text(const ActivityTable& table) {
  std::string out = fmt::format(
      "{} under {}: a product in a column of {} rows costs E0 + E1 x bits that switch\n"
      "{:<22}{:>9}{:>10}",
      table.chip, table.energy_model, table.rows, "", "E0", "E1");
  if (!table.products.empty()) {
    for (const ActivityCase& one : table.products.front().cases) {
      out += fmt::format("{:>14}", one.data);
    }
  }
  out += "\n";
  for (const ActivityRow& row : table.products) {
    out += fmt::format("{:<22}{:>6.3f} pJ{:>7.2f} fJ", row.product, row.at_rest_pj,
                       row.per_toggle_pj * 1e3);
    for (const ActivityCase& one : row.cases) {
      out += fmt::format("{:>5.1f} {:>5.3f} pJ", one.toggles, one.pj);
    }
    out += "\n";
  }
  return out;
}

nlohmann::ordered_json activity_json(const ActivityTable& table) {
  nlohmann::ordered_json products = nlohmann::ordered_json::array();
  for (const ActivityRow& row : table.products) {
    nlohmann::ordered_json cases = nlohmann::ordered_json::array();
    for (const ActivityCase& one : row.cases) {
      cases.push_back({{"data", one.data}, {"toggles", one.toggles}, {"energy_pj", one.pj}});
    }
    products.push_back({{"product", row.product},
                        {"at_rest_pj", row.at_rest_pj},
                        {"per_toggle_pj", row.per_toggle_pj},
                        {"cases", std::move(cases)}});
  }
  return {{"schema", "systole.activity/1"},
          {"chip", table.chip},
          {"energy_model", table.energy_model},
          {"rows", table.rows},
          {"products", std::move(products)}};
}

}  // namespace systole
