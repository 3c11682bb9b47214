// SPDX-License-Identifier: Apache-2.0
// The part of a systole.result/1 document that depends on prices, written in one place, so that a
// document priced again has the very bytes of a run under the other energy model.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "ledger/price.hpp"
#include "study/by_chip.hpp"
#include "study/power.hpp"

namespace systole {

inline constexpr std::string_view kResultSchema = "systole.result/1";

// Useful products at their nominal price, those of the operand that switches least: no way of
// computing them costs less here.
[[nodiscard]] double ideal_energy(const std::array<std::uint64_t, kMultipliers.size()>& macs,
                                  const EnergyModel& model, const ChipConfig& chip,
                                  const Activities& activities);

struct Priced {
  const Bill& bill;
  const ChipConfig& chip;
  double ideal_j;  // ideal_energy().
  std::uint64_t chips;
  double seconds;
  std::optional<std::uint64_t> output_tokens;
  const Windows* windows = nullptr;  // With `limits`, where power over time is known.
  const PowerLimits* limits = nullptr;
  const ChipCounts* by_chip = nullptr;  // Where chips differ.
};

// Sets the keys that prices decide; where a key exists it keeps its place.
void write_energy(const Priced& priced, nlohmann::ordered_json& document);

}  // namespace systole
