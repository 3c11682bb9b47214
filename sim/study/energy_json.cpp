// SPDX-License-Identifier: Apache-2.0
#include "study/energy_json.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

Json spread_json(const Spread& spread, double parts) {
  return {{"p5", spread.p5 / parts},
          {"p50", spread.p50 / parts},
          {"p95", spread.p95 / parts},
          {"nominal", spread.nominal / parts}};
}

bool chip_has(const ChipConfig& chip, Component component) {
  switch (component) {
    case Component::far_sram: return chip.far_sram.has_value();
    case Component::hbm: return chip.hbm.has_value();
    case Component::ici: return chip.ici.has_value();
    default: return true;
  }
}

// Every component of the chip, also one that cost nothing; largest first.
Json by_component(const Bill& bill, const ChipConfig& chip) {
  std::vector<std::pair<Component, double>> sums;
  for (std::size_t i = 0; i < kComponents; ++i) {
    if (const auto component = static_cast<Component>(i); chip_has(chip, component)) {
      sums.emplace_back(component, 0.0);
    }
  }
  for (const BillLine& line : bill.lines) {
    const auto sum =
        std::ranges::find(sums, line.line.component, &decltype(sums)::value_type::first);
    sum->second += line.energy_j;
  }
  std::ranges::stable_sort(sums, std::greater{}, &decltype(sums)::value_type::second);
  Json out = Json::array();
  for (const auto& [component, energy_j] : sums) {
    const double share = bill.total_j.nominal > 0.0 ? energy_j / bill.total_j.nominal : 0.0;
    out.push_back({{"component", name(component)}, {"energy_j", energy_j}, {"share", share}});
  }
  return out;
}

Json ledger_json(const Bill& bill) {
  Json out = Json::array();
  for (const BillLine& line : bill.lines) {
    out.push_back({{"component", name(line.line.component)},
                   {"operation", line.operation},
                   {"tensor", name(line.line.tensor)},
                   {"action", name(line.line.action)},
                   {"count", line.line.count},
                   {"pj_each", line.pj_each},
                   {"energy_j", line.energy_j}});
  }
  return out;
}

Json drivers_json(const Bill& bill) {
  Json out = Json::array();
  for (const Driver& driver : bill.drivers) {
    out.push_back({{"key", driver.key}, {"low_j", driver.low_j}, {"high_j", driver.high_j}});
  }
  return out;
}

template <class Line>
Json counts_json(const std::vector<Line>& lines) {
  Json out = Json::array();
  for (const Line& line : lines) {
    out.push_back(
        {{"tensor", name(line.tensor)}, {"action", name(line.action)}, {"counts", line.counts}});
  }
  return out;
}

// Counts by window beside their watts, so that the watts can be priced again.
Json power_json(const Priced& priced) {
  const PowerProfile profile =
      power_profile(*priced.windows, priced.bill, priced.chips, priced.seconds);
  Json components = Json::object();
  for (std::size_t i = 0; i < kComponents; ++i) {
    if (const auto component = static_cast<Component>(i); chip_has(priced.chip, component)) {
      components[std::string(name(component))] = profile.components[i];
    }
  }
  const PowerLimits& limits = *priced.limits;
  return {{"window_s", profile.window_s},
          {"w_per_chip", std::move(components)},
          {"peak_w_per_chip", profile.peak()},
          {"workloads_w_per_chip", limits.workloads ? Json(*limits.workloads) : Json(nullptr)},
          {"all_busy_w_per_chip", limits.all_busy},
          {"counts", counts_json(priced.windows->lines)}};
}

Json by_chip_json(const Priced& priced) {
  if (priced.by_chip == nullptr || priced.by_chip->lines.empty()) {
    return nullptr;
  }
  return {{"copies", priced.by_chip->copies},
          {"energy_j", energy_by_chip(*priced.by_chip, priced.bill, priced.chips)},
          {"counts", counts_json(priced.by_chip->lines)}};
}

}  // namespace

double ideal_energy(const std::array<std::uint64_t, kMultipliers.size()>& macs,
                    const EnergyModel& model, const ChipConfig& chip,
                    const Activities& activities) {
  const auto mac = [&](Tensor held) { return activities[static_cast<std::size_t>(held)].mac; };
  const Tensor calmer = mac(Tensor::weight) <= mac(Tensor::kv) ? Tensor::weight : Tensor::kv;
  std::vector<LedgerLine> lines;
  for (const Multiplier multiplier : kMultipliers) {
    if (const std::uint64_t count = macs[static_cast<std::size_t>(multiplier)]; count > 0) {
      lines.push_back({.component = Component::matrix_unit,
                       .operation = kNoOperation,
                       .tensor = calmer,
                       .action = mac_action(multiplier),
                       .count = count});
    }
  }
  EnergyModel prices = model;
  prices.overridden.clear();  // That other actions read them is for the whole bill to say.
  return price(lines, {"ideal"}, prices, chip, 1, 0, activities).total_j.nominal;
}

void write_energy(const Priced& priced, nlohmann::ordered_json& document) {
  const Bill& bill = priced.bill;
  document["energy_j"] = spread_json(bill.total_j, 1.0);
  document["energy_per_output_token_j"] =
      priced.output_tokens ? spread_json(bill.total_j, static_cast<double>(*priced.output_tokens))
                           : Json(nullptr);
  document["energy_static_j"] = bill.static_j;
  document["energy_dynamic_j"] = bill.dynamic_j;
  document["power_w_per_chip"] =
      priced.seconds > 0.0
          ? Json(bill.total_j.nominal / priced.seconds / static_cast<double>(priced.chips))
          : Json(nullptr);
  document["power"] = priced.windows != nullptr ? power_json(priced) : Json(nullptr);
  document["by_chip"] = by_chip_json(priced);
  document["bound"]["energy_j"] = priced.ideal_j;
  document["by_component"] = by_component(bill, priced.chip);
  document["ledger"] = ledger_json(bill);
  document["assumed_share"] = bill.assumed_share;
  document["drivers"] = drivers_json(bill);
}

}  // namespace systole
