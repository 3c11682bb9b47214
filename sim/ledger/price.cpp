// SPDX-License-Identifier: Apache-2.0
#include "ledger/price.hpp"

#include <cmath>
#include <set>

#include "base/error.hpp"
#include "ledger/formulas.hpp"
#include "ledger/spread.hpp"

namespace systole {
namespace {

// What has one price: an action on behalf of a tensor, whose values may scale it.
constexpr std::size_t kSlots = kActions * kTensors;

std::size_t slot(Action action, Tensor tensor) {
  return static_cast<std::size_t>(action) * kTensors + static_cast<std::size_t>(tensor);
}
std::size_t slot(const LedgerLine& line) { return slot(line.action, line.tensor); }
Action action_of(std::size_t slot) { return static_cast<Action>(slot / kTensors); }

using Counts = std::array<double, kSlots>;
using Prices = std::array<std::optional<Expression>, kSlots>;  // Picojoules of one action.

Diagnostic mistake(std::string message) {
  return {
      .message = std::move(message), .at = {}, .source = {}, .label = {}, .notes = {}, .also = {}};
}

// The idle power of a chip is measured on its own process; elsewhere nothing is left unexplained.
bool may_be_unpriced(Action action) { return action == Action::unexplained; }

double activity_of(Action action, const Activity& activity) {
  return is_mac(action) ? activity.mac : action == Action::weight_shift_bit ? activity.shift : 1.0;
}

Prices prices_of(const EnergyModel& model, const ChipConfig& chip, const Activities& activities) {
  const Parameter& idle_parameter = model.at("array.zero_operand");
  const Expression idle =
      Expression::parameter(static_cast<std::size_t>(&idle_parameter - model.parameters.data()));
  const Formulas random_data = formulas(model, chip);
  Prices prices;
  for (std::size_t i = 0; i < kSlots; ++i) {
    prices[i] = random_data[i / kTensors];
    const double activity = activity_of(action_of(i), activities[i % kTensors]);
    if (prices[i] && activity != 1.0) {
      prices[i] = (idle + activity * (1.0 - idle)) * *prices[i];
    }
  }
  return prices;
}

// Energy is linear in prices, so a bill's total needs only how often each action happened.
Counts total_counts(const std::vector<LedgerLine>& lines) {
  Counts counts{};
  for (const LedgerLine& line : lines) {
    counts[slot(line)] += static_cast<double>(line.count);
  }
  return counts;
}

void reject_unpriced_and_unread(const Counts& counts, const Prices& prices,
                                const EnergyModel& model, const ChipConfig& chip) {
  std::vector<Diagnostic> mistakes;
  std::set<std::size_t> read;
  for (std::size_t action = 0; action < kActions; ++action) {
    double times = 0.0;
    for (std::size_t i = action * kTensors; i < (action + 1) * kTensors; ++i) {
      times += counts[i];
      if (counts[i] > 0.0 && prices[i]) {
        read.merge(prices[i]->parameters());
      }
    }
    const auto which = static_cast<Action>(action);
    if (times > 0.0 && !prices[action * kTensors] && !may_be_unpriced(which)) {
      mistakes.push_back(mistake(fmt::format(
          "'{}' was counted {:.0f} times, but energy model '{}' has no price for it on chip '{}'",
          name(which), times, model.name, chip.name)));
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

Expression total_in_joules(const Counts& counts, const Prices& prices) {
  Expression total;
  for (std::size_t i = 0; i < kSlots; ++i) {
    if (counts[i] > 0.0 && prices[i]) {
      total += counts[i] * 1e-12 * *prices[i];
    }
  }
  return total;
}

// Lines, totals and the assumed share, all nominal. A line that nothing prices stays, at 0 pJ, so
// that its count can be priced again under another model.
Bill nominal_bill(const std::vector<LedgerLine>& lines, const std::vector<std::string>& operations,
                  const Prices& prices, const EnergyModel& model) {
  const std::vector<double> values = nominal_values(model);
  std::array<double, kSlots> nominal{};
  std::array<double, kSlots> assumed{};
  for (std::size_t i = 0; i < kSlots; ++i) {
    nominal[i] = prices[i] ? prices[i]->at(values) : 0.0;
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
    const double pj_each = nominal[slot(line)];
    const double energy_j = static_cast<double>(line.count) * pj_each * 1e-12;
    bill.lines.push_back({line, operations.at(line.operation), pj_each, energy_j});
    bill.total_j.nominal += energy_j;
    (is_static(line.action) ? bill.static_j : bill.dynamic_j) += energy_j;
    assumed_j += energy_j * assumed[slot(line)];
  }
  bill.assumed_share = bill.total_j.nominal > 0.0 ? assumed_j / bill.total_j.nominal : 0.0;
  return bill;
}

}  // namespace

PriceList price_list(const EnergyModel& model, const ChipConfig& chip,
                     const std::vector<double>& values) {
  check(values.size() == model.parameters.size(), "{} values for the {} parameters of '{}'",
        values.size(), model.parameters.size(), model.name);
  const Formulas prices = formulas(model, chip);
  PriceList list;
  for (std::size_t i = 0; i < kActions; ++i) {
    if (prices[i]) {
      list.pj[i] = prices[i]->at(values);
    }
  }
  return list;
}

PriceList price_list(const EnergyModel& model, const ChipConfig& chip) {
  return price_list(model, chip, nominal_values(model));
}

Bill price(const std::vector<LedgerLine>& lines, const std::vector<std::string>& operations,
           const EnergyModel& model, const ChipConfig& chip, std::uint32_t samples,
           std::uint64_t seed, const Activities& activities) {
  const Prices prices = prices_of(model, chip, activities);
  const Counts counts = total_counts(lines);
  reject_unpriced_and_unread(counts, prices, model, chip);
  Bill bill = nominal_bill(lines, operations, prices, model);
  const Expression total = total_in_joules(counts, prices);
  bill.total_j = spread(total, bill.total_j.nominal, model, samples, seed);
  bill.drivers = drivers(total, model);
  return bill;
}

}  // namespace systole
