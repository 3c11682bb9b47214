// SPDX-License-Identifier: Apache-2.0
#include "ledger/spread.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "ledger/formulas.hpp"

namespace systole {
namespace {

constexpr std::size_t kDrivers = 5;

// A share of something never exceeds the whole, whatever a log-normal tail says.
double largest(const Parameter& parameter) {
  const bool is_fraction = parameter.key == "ici.static_fraction" ||
                           parameter.key == "static.clock_ungated" ||
                           parameter.key == "array.zero_operand";
  return is_fraction ? 1.0 : std::numeric_limits<double>::infinity();
}

// One parameter's belief, in logarithms.
struct LogNormal {
  std::size_t parameter;
  std::uint64_t stream;  // Of random numbers, by the parameter's key.
  double mu;
  double sigma;
  double largest;
};

std::vector<LogNormal> beliefs(const Expression& total, const EnergyModel& model) {
  const double z95 = normal_quantile(0.95);
  std::vector<LogNormal> uncertain;
  for (const std::size_t i : total.parameters()) {
    const Parameter& parameter = model.parameters[i];
    if (parameter.value > 0.0 && parameter.low < parameter.high) {
      const double low = std::log(parameter.value * parameter.low);
      const double high = std::log(parameter.value * parameter.high);
      uncertain.push_back({i, content_number(parameter.key), 0.5 * (low + high),
                           0.5 * (high - low) / z95, largest(parameter)});
    }
  }
  return uncertain;
}

double nearest_rank(const std::vector<double>& sorted, std::size_t percent) {
  return sorted[ceil_div(percent * sorted.size(), 100) - 1];
}

}  // namespace

Spread spread(const Expression& total, double nominal, const EnergyModel& model,
              std::uint32_t samples, std::uint64_t seed) {
  check(samples >= 1, "a spread needs at least one sample");
  const std::vector<LogNormal> uncertain = beliefs(total, model);
  std::vector<double> values = nominal_values(model);
  std::vector<double> totals(samples);
  for (std::uint32_t sample = 0; sample < samples; ++sample) {
    for (const LogNormal& belief : uncertain) {
      const double z = normal_quantile(uniform(seed, sample, belief.stream));
      values[belief.parameter] = std::min(std::exp(belief.mu + belief.sigma * z), belief.largest);
    }
    totals[sample] = total.at(values);
  }
  std::ranges::sort(totals);
  return {nominal, nearest_rank(totals, 5), nearest_rank(totals, 50), nearest_rank(totals, 95)};
}

std::vector<Driver> drivers(const Expression& total, const EnergyModel& model) {
  std::vector<double> values = nominal_values(model);
  std::vector<Driver> all;
  for (const std::size_t i : total.parameters()) {
    const Parameter& parameter = model.parameters[i];
    values[i] = parameter.value * parameter.low;
    const double low = total.at(values);
    values[i] = std::min(parameter.value * parameter.high, largest(parameter));
    const double high = total.at(values);
    values[i] = parameter.value;
    if (low != high) {
      all.push_back({parameter.key, low, high});
    }
  }
  const auto swing = [](const Driver& driver) { return std::abs(driver.high_j - driver.low_j); };
  std::ranges::stable_sort(all, std::greater{}, swing);  // Equal swings stay in table order.
  all.resize(std::min(all.size(), kDrivers));
  return all;
}

}  // namespace systole
