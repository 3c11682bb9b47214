// SPDX-License-Identifier: Apache-2.0
// How far a total can be off, given the ranges of the parameters behind it.
//
// Each parameter is log-normal: 5% of belief lies below value x low, 5% above value x high. Its
// median is value x sqrt(low x high), so a lopsided range puts p50 beside the nominal value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ledger/energy_model.hpp"
#include "ledger/expression.hpp"
#include "ledger/price.hpp"

namespace systole {

// p5, p50 and p95 of `total` over `samples` draws; quantile q is the ceil(q x samples)-th smallest
// total (nearest rank: a total that was really drawn). Draw s of a parameter depends on the
// seed, s and its key alone: neither the order of work nor other parameters change it.
[[nodiscard]] Spread spread(const Expression& total, double nominal, const EnergyModel& model,
                            std::uint32_t samples, std::uint64_t seed);

// Totals with one parameter at the end of its range and the others nominal: the five of the largest
// swing, largest first.
[[nodiscard]] std::vector<Driver> drivers(const Expression& total, const EnergyModel& model);

}  // namespace systole
