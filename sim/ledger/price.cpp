// SPDX-License-Identifier: Apache-2.0
#include "ledger/price.hpp"

#include <cmath>
#include <set>

#include "base/error.hpp"
#include "ledger/formulas.hpp"
#include "ledger/spread.hpp"

namespace systole {
namespace {

using Counts = std::array<double, kActions>;

std::size_t index(Action action) { return static_cast<std::size_t>(action); }

Diagnostic mistake(std::string message) {
  return {
      .message = std::move(message), .at = {}, .source = {}, .label = {}, .notes = {}, .also = {}};
}

// The idle power of a chip is measured on its own process; elsewhere nothing is left unexplained.
bool may_be_unpriced(Action action) { return action == Action::unexplained; }

// Energy is linear in prices, so a bill's total needs only how often each action happened.
Counts total_counts(const std::vector<LedgerLine>& lines) {
  Counts counts{};
  for (const LedgerLine& line : lines) {
    counts[index(line.action)] += static_cast<double>(line.count);
  }
  return counts;
}

void reject_unpriced_and_unread(const Counts& counts, const Formulas& prices,
                                const EnergyModel& model, const ChipConfig& chip) {
  std::vector<Diagnostic> mistakes;
  std::set<std::size_t> read;
  for (std::size_t i = 0; i < kActions; ++i) {
    if (counts[i] == 0.0) {
      continue;
    }
    if (prices[i]) {
      read.merge(prices[i]->parameters());
    } else if (!may_be_unpriced(static_cast<Action>(i))) {
      mistakes.push_back(mistake(fmt::format(
          "'{}' was counted {:.0f} times, but energy model '{}' has no price for it on chip '{}'",
          name(static_cast<Action>(i)), counts[i], model.name, chip.name)));
    }
  }
  for (const std::string& key : model.overridden) {
    const Parameter& parameter = model.at(key);
    if (!read.contains(static_cast<std::size_t>(&parameter - model.parameters.data()))) {
      mistakes.push_back(mistake(fmt::format("'{}' overridden but 0 actions used it", key)));
    }
  }
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
}

// Share of a price that rests on assumed parameters. Each parameter weighs as much as a relative
// change of it moves the price (its elasticity), so in a product all factors weigh the same, and in
// `8 x hop x (1 - fraction)` the fraction weighs fraction / (1 - fraction) times the hop.
double assumed_part(const Expression& price, const EnergyModel& model,
                    const std::vector<double>& values) {
  double assumed = 0.0;
  double all = 0.0;
  for (const std::size_t i : price.parameters()) {
    const double weight = std::abs(price.sensitivity(i, values));
    all += weight;
    assumed += model.parameters[i].kind == ValueKind::assumed ? weight : 0.0;
  }
  return all == 0.0 ? 0.0 : assumed / all;
}

Expression total_in_joules(const Counts& counts, const Formulas& prices) {
  Expression total;
  for (std::size_t i = 0; i < kActions; ++i) {
    if (counts[i] > 0.0 && prices[i]) {
      total += counts[i] * 1e-12 * *prices[i];
    }
  }
  return total;
}

PriceList evaluate(const Formulas& prices, const std::vector<double>& values) {
  PriceList list;
  for (std::size_t i = 0; i < kActions; ++i) {
    if (prices[i]) {
      list.pj[i] = prices[i]->at(values);
    }
  }
  return list;
}

// Lines, totals and the assumed share, all nominal. A line that nothing prices stays, at 0 pJ, so
// that its count can be priced again under another model.
Bill nominal_bill(const std::vector<LedgerLine>& lines, const std::vector<std::string>& operations,
                  const Formulas& prices, const EnergyModel& model) {
  const std::vector<double> values = nominal_values(model);
  const PriceList list = evaluate(prices, values);
  std::array<double, kActions> assumed{};
  for (std::size_t i = 0; i < kActions; ++i) {
    assumed[i] = prices[i] ? assumed_part(*prices[i], model, values) : 0.0;
  }
  Bill bill{.lines = {},
            .total_j = {},
            .static_j = 0.0,
            .dynamic_j = 0.0,
            .assumed_share = 0.0,
            .drivers = {}};
  double assumed_j = 0.0;
  for (const LedgerLine& line : lines) {
    const double pj_each = list.pj[index(line.action)].value_or(0.0);
    const double energy_j = static_cast<double>(line.count) * pj_each * 1e-12;
    bill.lines.push_back({line, operations.at(line.operation), pj_each, energy_j});
    bill.total_j.nominal += energy_j;
    (is_static(line.action) ? bill.static_j : bill.dynamic_j) += energy_j;
    assumed_j += energy_j * assumed[index(line.action)];
  }
  bill.assumed_share = bill.total_j.nominal > 0.0 ? assumed_j / bill.total_j.nominal : 0.0;
  return bill;
}

}  // namespace

PriceList price_list(const EnergyModel& model, const ChipConfig& chip,
                     const std::vector<double>& values) {
  check(values.size() == model.parameters.size(), "{} values for the {} parameters of '{}'",
        values.size(), model.parameters.size(), model.name);
  return evaluate(formulas(model, chip), values);
}

PriceList price_list(const EnergyModel& model, const ChipConfig& chip) {
  return price_list(model, chip, nominal_values(model));
}

std::vector<std::string> read_parameters(const EnergyModel& model, const ChipConfig& chip) {
  std::set<std::size_t> read;
  for (const std::optional<Expression>& price : formulas(model, chip)) {
    if (price) {
      read.merge(price->parameters());
    }
  }
  std::vector<std::string> keys;
  for (const std::size_t i : read) {
    keys.push_back(model.parameters[i].key);
  }
  return keys;
}

Bill price(const std::vector<LedgerLine>& lines, const std::vector<std::string>& operations,
           const EnergyModel& model, const ChipConfig& chip, std::uint32_t samples,
           std::uint64_t seed) {
  const Formulas prices = formulas(model, chip);
  const Counts counts = total_counts(lines);
  reject_unpriced_and_unread(counts, prices, model, chip);
  Bill bill = nominal_bill(lines, operations, prices, model);
  const Expression total = total_in_joules(counts, prices);
  bill.total_j = spread(total, bill.total_j.nominal, model, samples, seed);
  bill.drivers = drivers(total, model);
  return bill;
}

}  // namespace systole
