// SPDX-License-Identifier: Apache-2.0
#include "study/recorded_energy.hpp"

#include "study/power.hpp"

namespace systole {
namespace {

constexpr std::size_t index(auto enumerator) { return static_cast<std::size_t>(enumerator); }

// Watts of one chip that time alone causes.
std::array<double, kComponents> static_power(const Recording& recording, const Bill& bill) {
  const double chips =
      static_cast<double>(recording.chips().size()) * static_cast<double>(recording.copies());
  std::array<double, kComponents> out{};
  for (const BillLine& line : bill.lines) {
    if (is_static(line.line.action)) {
      out[index(line.line.component)] +=
          line.energy_j / to_seconds(recording.elapsed()).count() / chips;
    }
  }
  return out;
}

}  // namespace

std::vector<ChipEnergy> recorded_energy(const Recording& recording, const Bill& bill) {
  const auto prices = prices_of(bill);
  const auto constant = static_power(recording, bill);
  std::vector<ChipEnergy> out(recording.chips().size());
  for (std::size_t chip = 0; chip < out.size(); ++chip) {
    Femtoseconds begin = recording.limits().from;
    for (std::size_t w = 0; w < recording.windows().size(); ++w) {
      const double seconds = to_seconds(recording.windows()[w] - begin).count();
      begin = recording.windows()[w];
      for (std::size_t c = 0; c < kComponents; ++c) {
        out[chip][c].push_back(constant[c] * seconds);
      }
      for (std::size_t i = 0; i < prices.size(); ++i) {
        const auto action = static_cast<Action>(i / kTensors);
        const auto count = recording.count(w, chip, static_cast<Tensor>(i % kTensors), action);
        out[chip][index(component_of(action))].back() += static_cast<double>(count) * prices[i] *
                                                         1e-12 /
                                                         static_cast<double>(recording.copies());
      }
    }
  }
  return out;
}

}  // namespace systole
