// SPDX-License-Identifier: Apache-2.0
#include "ledger/formulas.hpp"

#include <array>
#include <cmath>
#include <string>

#include "base/error.hpp"

namespace systole {
namespace {

// Writes the formulas of one chip, one member function per part of the chip.
class FormulaBook {
 public:
  FormulaBook(const EnergyModel& model, const ChipConfig& chip) : model_(model), chip_(chip) {}

  Formulas write() {
    matrix_unit();
    scratchpad();
    far_sram();
    hbm();
    vector_unit();
    ici();
    chip();
    unexplained();
    voltage();
    return std::move(book_);
  }

 private:
  std::optional<Expression>& operator[](Action action) {
    return book_[static_cast<std::size_t>(action)];
  }

  [[nodiscard]] Expression p(std::string_view key) const {
    const Parameter& parameter = model_.at(key);
    return Expression::parameter(static_cast<std::size_t>(&parameter - model_.parameters.data()));
  }

  // Picojoules a core clock cycle of a power in watts. The period is the simulator's own, in whole
  // femtoseconds, so that cycles x period is the elapsed time exactly.
  [[nodiscard]] double pj_per_cycle_and_watt() const {
    return (Watts{1.0} * period(chip_.clock)).count();
  }

  void matrix_unit();
  void scratchpad();
  void far_sram();
  void hbm();
  void vector_unit();
  void ici();
  void chip();
  void unexplained();
  void voltage();
  void store(Action read, Action write, Bytes granule, Bytes bank, const Expression& bit_over_wire);

  const EnergyModel& model_;
  const ChipConfig& chip_;
  Formulas book_;
};

// A product holds the operand registers and the forwarding of one step; an accumulator is charged
// by the byte, in both directions.
void FormulaBook::matrix_unit() {
  auto& book = *this;
  for (const Multiplier multiplier : kMultipliers) {
    book[mac_action(multiplier)] = p("mac." + std::string(name(multiplier)));
  }
  book[Action::weight_shift_bit] = p("array.weight_shift_bit");
  book[Action::dequantise] = p("array.dequantise");
  book[Action::accumulator_read] = p("accumulator.read");
  book[Action::accumulator_write] = p("accumulator.write");
}

// An access of an SRAM pays its bank and the wire to the unit it feeds, for the whole granule
// whatever part of it is used:
//   pJ = granule bytes x (a + b x sqrt(bank capacity in KiB) + 8 bit/B x mm x pJ/bit/mm).
// The bank law is a fit (the word and bit lines of a square bank grow with the root of its
// capacity); a write costs the bank write_factor times as much and the wire the same.
void FormulaBook::store(Action read, Action write, Bytes granule, Bytes bank,
                        const Expression& bit_over_wire) {
  auto& book = *this;
  const auto bytes = static_cast<double>(granule.count());
  const double bank_kib = static_cast<double>(bank.count()) / 1024.0;
  const Expression cell = bytes * (p("sram.a") + std::sqrt(bank_kib) * p("sram.b"));
  const Expression wire = bytes * 8.0 * bit_over_wire;
  book[read] = cell + wire;
  book[write] = cell * p("sram.write_factor") + wire;
}

// The scratchpad has wires of its own to the units beside it.
void FormulaBook::scratchpad() {
  const ScratchpadConfig& near = chip_.scratchpad;
  store(Action::scratchpad_read, Action::scratchpad_write, near.granule, near.bank_capacity(),
        near.distance.count() * p("wire.dedicated"));
}

// The far SRAM is reached over the chip's network, routers included.
void FormulaBook::far_sram() {
  if (!chip_.far_sram) {
    return;
  }
  const FarSramConfig& far = *chip_.far_sram;
  store(Action::far_sram_read, Action::far_sram_write, far.granule, far.bank_capacity(),
        far.distance.count() * p("wire.noc"));
  (*this)[Action::far_sram_element] = p("element.far_sram");
}

// By command, device and PHY apart. A burst pays its bits at each stage it crosses: array and data
// path of the device, device I/O, PHY and controller on the logic die, wire from PHY to scratchpad.
// Background and idle PHY are watts a stack, whatever moves.
void FormulaBook::hbm() {
  if (!chip_.hbm) {
    return;
  }
  auto& book = *this;
  const HbmConfig& memory = *chip_.hbm;
  const std::string entry = "hbm." + memory.memory.name + ".";
  const double burst_bits = 8.0 * static_cast<double>(memory.burst().count());
  book[Action::hbm_activate] = p(entry + "activate");
  book[Action::hbm_read] = burst_bits * p(entry + "read");
  book[Action::hbm_write] = burst_bits * p(entry + "write");
  book[Action::hbm_io] = burst_bits * p(entry + "io");
  book[Action::hbm_phy] = burst_bits * p(entry + "phy");
  book[Action::hbm_wire] = burst_bits * memory.distance.count() * p("wire.noc");
  book[Action::hbm_element] = p("element.hbm");
  book[Action::hbm_refresh] = p(entry + "refresh");
  const double stacks = memory.stacks * pj_per_cycle_and_watt();
  book[Action::hbm_background] = stacks * p(entry + "background");
  book[Action::hbm_phy_idle] = stacks * p(entry + "phy_idle");
}

void FormulaBook::vector_unit() {
  auto& book = *this;
  book[Action::lane_add] = p("vector.add");
  book[Action::lane_multiply] = p("vector.multiply");
  book[Action::lane_fma] = p("vector.fma");
  book[Action::lane_transcendental] = p("vector.transcendental");
  book[Action::lane_shuffle] = p("vector.shuffle");
  book[Action::bundle] = p("sequencer.bundle");
}

// A published hop is a whole transceiver (TX and RX) at full rate; all but a part of it burns
// whenever the link is up. So a byte pays 8 bit x hop x (1 - static fraction), and a powered link
// bandwidth x 8 bit x hop x static fraction, with or without traffic.
// TPU v4: 6 links x 50 GB/s x 8 x 5.5 pJ/bit x 0.8 = 10.56 W.
void FormulaBook::ici() {
  if (!chip_.ici) {
    return;
  }
  auto& book = *this;
  const Expression byte = 8.0 * p("ici.hop");
  const double bytes_per_second = chip_.ici->links * chip_.ici->bandwidth.count();
  book[Action::link_byte] = byte * (1.0 - p("ici.static_fraction"));
  book[Action::optical_byte] = 8.0 * p("ici.optical");
  book[Action::link_powered] =
      bytes_per_second * 1e-12 * pj_per_cycle_and_watt() * byte * p("ici.static_fraction");
}

// Charged by the cycle. The leakage of the SRAM is inside that of the die's area.
void FormulaBook::chip() {
  auto& book = *this;
  const double area = chip_.area.count() * pj_per_cycle_and_watt();
  const double gigahertz = chip_.clock.count() * 1e-9;
  book[Action::leakage] = area * p("static.leakage");
  book[Action::clock_tree] = area * gigahertz * p("static.clock") * p("static.clock_ungated");
  book[Action::miscellaneous] = pj_per_cycle_and_watt() * p("static.miscellaneous");
}

// Where a chip's idle power was measured, the static lines must add up to it: what they do not
// explain is a line of its own. Then a sample of the leakage moves this line the other way, and the
// sum stays pinned to the measurement; in a sample the line may therefore be negative, nominally
// not. The measurement says nothing about another process, so a model of another node has no such
// line.
void FormulaBook::unexplained() {
  if (!chip_.idle_power || model_.node != chip_.node) {
    return;
  }
  auto& book = *this;
  const double watt = pj_per_cycle_and_watt();
  Expression explained =
      *book[Action::leakage] + *book[Action::clock_tree] + *book[Action::miscellaneous];
  if (chip_.ici) {
    explained += *book[Action::link_powered];
  }
  if (chip_.hbm) {
    explained += *book[Action::hbm_background] + *book[Action::hbm_phy_idle];
    // Refreshes are counted one by one; on average each pseudo-channel has one every interval.
    const double per_cycle = watt * 1e-12 / to_seconds(chip_.hbm->refresh_interval()).count();
    explained += chip_.hbm->channels() * per_cycle * *book[Action::hbm_refresh];
  }
  const Expression measured = chip_.idle_power->count() * watt * p("static.idle_power");
  const std::vector<double> values = nominal_values(model_);
  const double rest = (measured - explained).at(values);
  if (rest < 0.0) {
    fail(
        "energy model '{}' explains {:.4g} W of static power on chip '{}', more than its measured "
        "idle power of {:.4g} W",
        model_.name, explained.at(values) / watt, chip_.name, measured.at(values) / watt);
  }
  book[Action::unexplained] = measured - explained;
}

// Away from the voltage that prices hold for, what switches on the chip costs its square, and
// leakage V exp(3 (V - V0)) with V in volts around V0 = 0.75 V of n7 (both assumed: laws of the
// textbook with coefficients of no particular process). HBM devices, PHYs, links and what a
// measured idle power does not explain have supplies of their own.
void FormulaBook::voltage() {
  constexpr std::array kSwitching{
      Action::weight_shift_bit,  Action::dequantise,      Action::accumulator_read,
      Action::accumulator_write, Action::scratchpad_read, Action::scratchpad_write,
      Action::far_sram_read,     Action::far_sram_write,  Action::far_sram_element,
      Action::hbm_wire,          Action::hbm_element,     Action::lane_add,
      Action::lane_multiply,     Action::lane_fma,        Action::lane_transcendental,
      Action::lane_shuffle,      Action::bundle,          Action::clock_tree};
  constexpr double kVolts = 0.75;
  const double v = chip_.voltage;
  if (v == 1.0) {
    return;
  }
  auto& book = *this;
  const auto scale = [&](Action action, double factor) {
    if (book[action]) {
      book[action] = factor * *book[action];
    }
  };
  for (const Multiplier multiplier : kMultipliers) {
    scale(mac_action(multiplier), v * v);
  }
  for (const Action action : kSwitching) {
    scale(action, v * v);
  }
  scale(Action::leakage, v * std::exp(3.0 * kVolts * (v - 1.0)));
}

}  // namespace

Formulas formulas(const EnergyModel& model, const ChipConfig& chip) {
  return FormulaBook(model, chip).write();
}

std::vector<double> nominal_values(const EnergyModel& model) {
  std::vector<double> values;
  for (const Parameter& parameter : model.parameters) {
    values.push_back(parameter.value);
  }
  return values;
}

}  // namespace systole
