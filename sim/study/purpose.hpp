// SPDX-License-Identifier: Apache-2.0
// Where the joules went, as a designer asks. Every line of a bill is in exactly one place, so the
// places add up to the total.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "ledger/price.hpp"

namespace systole {

enum class Purpose : std::uint8_t {
  weights,      // Moving weights: from memory, through the scratchpad, into the arrays.
  kv_cache,     // The same for keys and values.
  products,     // Multiply-adds, whatever they multiply.
  activations,  // Moving activations and partial sums.
  vector_unit,
  instructions,
  links,  // The part that follows traffic.
  fixed   // Charged by time: leakage, clocks, refresh, powered links.
};
inline constexpr std::size_t kPurposes = 8;

[[nodiscard]] Purpose purpose_of(const LedgerLine& line);

// Nominal joules of a bill.
[[nodiscard]] std::array<double, kPurposes> by_purpose(const Bill& bill);

}  // namespace systole
