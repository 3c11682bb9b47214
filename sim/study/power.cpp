// SPDX-License-Identifier: Apache-2.0
#include "study/power.hpp"

#include <algorithm>

namespace systole {
namespace {

constexpr std::size_t index(auto enumerator) { return static_cast<std::size_t>(enumerator); }

double count_of(const Bill& bill, Action action) {
  double sum = 0.0;
  for (const BillLine& line : bill.lines) {
    sum += line.line.action == action ? static_cast<double>(line.line.count) : 0.0;
  }
  return sum;
}

// Rates are of one chip, a second; each function returns watts of its units at full rate.
class AllBusy {
 public:
  AllBusy(const ChipConfig& chip, const EnergyModel& model)
      : chip_(chip), prices_(price_list(model, chip)) {}

  [[nodiscard]] double arrays(Multiplier multiplier) const {
    const MatrixUnitConfig& unit = chip_.matrix_unit;
    const double cells = double{1} * unit.rows * unit.columns;
    const double bits = multiplier == Multiplier::bf16   ? 16
                        : multiplier == Multiplier::int4 ? 4
                        : multiplier == Multiplier::fp8  ? 8
                        : multiplier == Multiplier::int8 ? 8
                                                         : 2;
    // A row on its way to row r is shifted r + 1 times: (R + 1) / 2 on average.
    const double shifts = unit.load_rows * unit.columns * bits * (unit.rows + 1.0) / 2.0;
    const double rate = unit.rate(multiplier);
    const double bytes = std::max(bits, 8.0) / 8.0;
    const auto granule = static_cast<double>(chip_.scratchpad.granule.count());
    const double streamed = rate * unit.rows * bytes;
    const double loaded = unit.load_rows * unit.columns * bits / 8.0;
    const double sums = 4.0 * rate * unit.columns;  // Bytes, each way.
    const double cycle = rate * cells * pj(mac_action(multiplier)) +
                         shifts * pj(Action::weight_shift_bit) +
                         unit.load_rows * unit.columns * pj(Action::dequantise) +
                         sums * (pj(Action::accumulator_read) + pj(Action::accumulator_write)) +
                         (streamed + loaded) / granule * pj(Action::scratchpad_read) +
                         sums / granule * pj(Action::scratchpad_write) +
                         (1.0 + 2.0 / unit.rows_per_push) * pj(Action::bundle);
    return unit.count * watts(cycle, chip_.clock.count());
  }

  [[nodiscard]] double lanes() const {
    const VectorUnitConfig& unit = chip_.vector_unit;
    const double dearest = std::max({pj(Action::lane_add) / unit.add_cycles,
                                     pj(Action::lane_multiply) / unit.multiply_cycles,
                                     pj(Action::lane_fma) / unit.fma_cycles,
                                     pj(Action::lane_transcendental) / unit.transcendental_cycles,
                                     pj(Action::lane_shuffle) / unit.shuffle_cycles});
    // Operands from the scratchpad and a result to it, 4 bytes each.
    const auto granule = static_cast<double>(chip_.scratchpad.granule.count());
    const double operands =
        (8.0 * pj(Action::scratchpad_read) + 4.0 * pj(Action::scratchpad_write)) / granule;
    return watts(unit.lanes * (dearest + operands), chip_.clock.count());
  }

  // Rows of which 256 B are used: between a stream, which uses all, and random lines.
  [[nodiscard]] double hbm() const {
    if (!chip_.hbm) {
      return 0.0;
    }
    const double burst = static_cast<double>(chip_.hbm->burst().count());
    const double a_burst = std::max(pj(Action::hbm_read), pj(Action::hbm_write)) +
                           pj(Action::hbm_io) + pj(Action::hbm_phy) + pj(Action::hbm_wire) +
                           burst / 256.0 * pj(Action::hbm_activate) +
                           elements(Action::hbm_element, burst) + scratchpad_both_ways(burst);
    return watts(a_burst, chip_.hbm->bandwidth.count() / burst);
  }

  [[nodiscard]] double far_sram() const {
    if (!chip_.far_sram) {
      return 0.0;
    }
    const FarSramConfig& far = *chip_.far_sram;
    const auto granule = static_cast<double>(far.granule.count());
    return watts(pj(Action::far_sram_read) + elements(Action::far_sram_element, granule) +
                     scratchpad_both_ways(granule),
                 far.read_bandwidth.count() / granule) +
           watts(pj(Action::far_sram_write) + scratchpad_both_ways(granule),
                 far.write_bandwidth.count() / granule);
  }

  // `optical`: the share of the bytes that cross optical links.
  [[nodiscard]] double links(double optical) const {
    if (!chip_.ici) {
      return 0.0;
    }
    return watts(
        pj(Action::link_byte) + optical * pj(Action::optical_byte) + scratchpad_both_ways(1.0),
        chip_.ici->links * chip_.ici->bandwidth.count());
  }

  [[nodiscard]] double powered() const {
    double cycle = 0.0;
    for (const Action action :
         {Action::hbm_background, Action::hbm_phy_idle, Action::link_powered, Action::leakage,
          Action::clock_tree, Action::miscellaneous, Action::unexplained}) {
      cycle += pj(action);
    }
    const double refreshes =
        chip_.hbm ? chip_.hbm->channels() / to_seconds(chip_.hbm->refresh_interval()).count() : 0.0;
    return watts(cycle, chip_.clock.count()) + watts(pj(Action::hbm_refresh), refreshes);
  }

 private:
  // Rules of thumb charge elements; the narrowest, ternary, are four to a byte.
  [[nodiscard]] double elements(Action action, double bytes) const {
    return 4.0 * bytes * pj(action);
  }
  [[nodiscard]] double pj(Action action) const { return prices_.pj[index(action)].value_or(0.0); }
  [[nodiscard]] static double watts(double pj_each, double per_second) {
    return pj_each * 1e-12 * per_second;
  }
  // What comes from a far store is written to the scratchpad, or read there to go to one.
  [[nodiscard]] double scratchpad_both_ways(double bytes) const {
    return bytes / static_cast<double>(chip_.scratchpad.granule.count()) *
           std::max(pj(Action::scratchpad_read), pj(Action::scratchpad_write));
  }

  const ChipConfig& chip_;
  const PriceList prices_;
};

}  // namespace

std::array<double, kActions * kTensors> prices_of(const Bill& bill) {
  std::array<double, kActions * kTensors> prices{};
  for (const BillLine& line : bill.lines) {
    prices[index(line.line.action) * kTensors + index(line.line.tensor)] = line.pj_each;
  }
  return prices;
}

double PowerProfile::total(std::size_t window) const {
  double sum = 0.0;
  for (const std::vector<double>& component : components) {
    sum += component[window];
  }
  return sum;
}

double PowerProfile::peak() const {
  double most = 0.0;
  for (std::size_t w = 0; w < components.front().size(); ++w) {
    most = std::max(most, total(w));
  }
  return most;
}

PowerProfile power_profile(const Windows& windows, const Bill& bill, std::uint64_t chips,
                           double seconds) {
  PowerProfile out{.window_s = to_seconds(windows.width).count(), .components = {}};
  const std::size_t count = windows.lines.empty() ? 0 : windows.lines.front().counts.size();
  out.components.fill(std::vector<double>(count, 0.0));
  const auto prices = prices_of(bill);
  const auto each = static_cast<double>(chips);
  for (const Windows::Line& line : windows.lines) {
    const double joules = prices[index(line.action) * kTensors + index(line.tensor)] * 1e-12 / each;
    for (std::size_t w = 0; w < count; ++w) {
      const double begin = static_cast<double>(w) * out.window_s;
      const double length = std::min(out.window_s, seconds - begin);
      out.components[index(component_of(line.action))][w] +=
          static_cast<double>(line.counts[w]) * joules / length;
    }
  }
  for (const BillLine& line : bill.lines) {
    if (is_static(line.line.action) && seconds > 0.0) {
      for (double& watts : out.components[index(line.line.component)]) {
        watts += line.energy_j / seconds / each;
      }
    }
  }
  return out;
}

PowerLimits power_limits(const ChipConfig& chip, const EnergyModel& model, const Bill& bill) {
  const AllBusy units(chip, model);
  double arrays = 0.0;
  for (const Multiplier multiplier : kMultipliers) {
    const auto uses = [&](const BillLine& line) {
      return line.line.action == mac_action(multiplier);
    };
    if (std::ranges::any_of(bill.lines, uses)) {
      arrays = std::max(arrays, units.arrays(multiplier));
    }
  }
  const double link_bytes = count_of(bill, Action::link_byte);
  const double optical = link_bytes > 0.0 ? count_of(bill, Action::optical_byte) / link_bytes : 0.0;
  PowerLimits out{.all_busy = arrays + units.lanes() + units.hbm() + units.far_sram() +
                              units.links(optical) + units.powered(),
                  .workloads = {}};
  if (chip.workload_power) {
    out.workloads = chip.workload_power->count();
  }
  return out;
}

}  // namespace systole
