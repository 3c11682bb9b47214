// SPDX-License-Identifier: Apache-2.0
// Price is a dot product of ledger and energy model, done once, here, after the run.
//
// No other line of the program multiplies by picojoules.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/chip.hpp"
#include "ledger/energy_model.hpp"
#include "ledger/ledger.hpp"

namespace systole {

// Picojoules of one action on one chip, as a function of the energy model's parameters.
struct PriceList {
  std::array<std::optional<double>, kActions> pj{};  // Empty: this chip has no such thing.
};

// Prices at given parameter values (in EnergyModel order): nominal, or one sample.
[[nodiscard]] PriceList price_list(const EnergyModel& model, const ChipConfig& chip,
                                   const std::vector<double>& values);
[[nodiscard]] PriceList price_list(const EnergyModel& model, const ChipConfig& chip);  // Nominal.

// How much the operands of a matrix product make registers switch: 1 is what random data do, 0 is
// no switching at all. A price holds for random data and is scaled by
//   array.zero_operand + (1 - array.zero_operand) x activity.
struct Activity {
  double mac = 1.0;    // Operands and sums on their way through the array.
  double shift = 1.0;  // The stationary operand while it is loaded.

  bool operator==(const Activity&) const = default;
};
using Activities = std::array<Activity, kTensors>;  // By the operand held in the array.

struct BillLine {
  LedgerLine line;
  std::string operation;
  double pj_each;
  double energy_j;
};

// Quantiles of a total under the parameters' ranges.
struct Spread {
  double nominal;
  double p5;
  double p50;
  double p95;
};

struct Driver {
  std::string key;  // Parameter.
  double low_j;     // Total with this parameter alone at its low and at its high end.
  double high_j;
};

// The lines add up to the total: there is no other energy.
struct Bill {
  std::vector<BillLine> lines;
  Spread total_j;
  double static_j;
  double dynamic_j;
  double assumed_share;         // Share of nominal joules whose price rests on an assumed number.
  std::vector<Driver> drivers;  // Largest swing first.
};

// Throws UserError for an action that was counted but has no price, and for an overridden parameter
// that no counted action reads. `unexplained` alone may lack a price (no measured idle power, or
// that of another node): its line stays, at 0 pJ, so that another model can price it again.
[[nodiscard]] Bill price(const std::vector<LedgerLine>& lines,
                         const std::vector<std::string>& operations, const EnergyModel& model,
                         const ChipConfig& chip, std::uint32_t samples, std::uint64_t seed,
                         const Activities& activities = {});

}  // namespace systole
