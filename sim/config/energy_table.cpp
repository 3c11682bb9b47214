// SPDX-License-Identifier: Apache-2.0
#include "base/data_type.hpp"
#include "config/table.hpp"

namespace systole {
namespace {

using enum Dimension;

void price(std::vector<Row>& t, std::string key, Dimension dimension, std::string doc,
           const std::string& value, std::string most = {}) {
  std::string example =
      "{value: " + value + ", range: [0.7, 1.4], kind: derived, source: \"paper, table\"}";
  t.push_back({.key = std::move(key),
               .type = Type::measured,
               .dimension = dimension,
               .most = std::move(most),
               .doc = std::move(doc),
               .example = std::move(example)});
}

void on_chip(std::vector<Row>& t) {
  t.push_back(section_row("mac", "One multiply-accumulate, by kind of multiplier."));
  for (const Multiplier m : kMultipliers) {
    price(t, join("mac", name(m)), energy,
          "One multiply-accumulate with " + std::string(name(m)) +
              " operands, with the registers of its processing element.",
          "0.65 pJ");
  }
  t.push_back(section_row("array", "Movement inside the matrix unit."));
  price(t, "array.weight_shift_bit", energy, "One bit of a weight shifted by one row.", "0.003 pJ");
  price(t, "array.dequantise", energy, "One weight widened at the edge of the array.", "1.1 pJ");
  price(t, "array.zero_operand", none,
        "Share of a product's energy, and of a shift's, that is left when no operand switches: "
        "clock and control.",
        "0.26", "1");
  t.push_back(section_row("accumulator", "Partial sums below the columns."));
  price(t, "accumulator.read", energy_per_byte, "Reading a partial sum.", "0.68 pJ/B");
  price(t, "accumulator.write", energy_per_byte, "Writing a partial sum.", "0.82 pJ/B");
  t.push_back(section_row("sram", "A byte read from a bank costs a + b x sqrt(bank in KiB)."));
  price(t, "sram.a", energy_per_byte, "The part that does not grow with the bank.", "0.45 pJ/B");
  price(t, "sram.b", energy_per_byte, "The part that grows, for a bank of 1 KiB.", "0.04 pJ/B");
  price(t, "sram.write_factor", none, "What a write costs in reads.", "1.2");
  t.push_back(section_row("wire", "Movement across the die."));
  price(t, "wire.dedicated", energy_per_bit_length,
        "One bit moved one millimetre from a bank to the unit beside it.", "0.055 pJ/b/mm");
  price(t, "wire.noc", energy_per_bit_length,
        "One bit moved one millimetre over the network of the chip, routers included.",
        "0.1 pJ/b/mm");
  t.push_back(section_row("element",
                          "Rule-of-thumb prices of one element moved, whatever its size; "
                          "structural_zero in physical models."));
  price(t, "element.far_sram", energy, "One element from far SRAM.", "1000 pJ");
  price(t, "element.hbm", energy, "One element from HBM.", "2000 pJ");
  t.push_back(section_row("vector", "One operation of one lane."));
  price(t, "vector.add", energy, "Addition, comparison or conversion.", "1.1 pJ");
  price(t, "vector.multiply", energy, "Multiplication.", "2.1 pJ");
  price(t, "vector.fma", energy, "Fused multiply-add.", "2.4 pJ");
  price(t, "vector.transcendental", energy, "Exponential, reciprocal or square root.", "10 pJ");
  price(t, "vector.shuffle", energy, "One element moved to another lane.", "1.5 pJ");
  t.push_back(section_row("sequencer", "Issue of instructions."));
  price(t, "sequencer.bundle", energy, "One instruction bundle.", "100 pJ");
}

void hbm(std::vector<Row>& t, const std::string& standard) {
  const std::string section = "hbm." + standard;
  t.push_back(section_row(section, "Device, interface and controller of " + standard + "."));
  price(t, section + ".activate", energy, "One row of a pseudo-channel opened and closed.",
        "909 pJ");
  price(t, section + ".read", energy_per_bit, "Device, one bit read.", "2.68 pJ/b");
  price(t, section + ".write", energy_per_bit, "Device, one bit written.", "2.68 pJ/b");
  price(t, section + ".io", energy_per_bit, "Interface of the device, either way.", "0.8 pJ/b");
  price(t, section + ".phy", energy_per_bit, "PHY and controller on the logic die.", "1.2 pJ/b");
  price(t, section + ".refresh", energy, "One refresh of one pseudo-channel.", "58200 pJ");
  price(t, section + ".background", power, "Device, one stack, all the time.", "0.528 W");
  price(t, section + ".phy_idle", power, "PHY on the logic die, one stack, all the time.", "1.5 W");
}

void off_core(std::vector<Row>& t) {
  t.push_back(section_row("ici", "Links between chips."));
  price(t, "ici.hop", energy_per_bit, "One bit over one link, whole transceiver at full rate.",
        "5.5 pJ/b");
  price(t, "ici.optical", energy_per_bit,
        "One bit over an optical link: what both of its ends take on top of 'ici.hop'.", "15 pJ/b");
  price(t, "ici.static_fraction", none,
        "Share of the transceiver's power at full rate that burns whenever the link is up.", "0.8",
        "1");
  t.push_back(section_row("static", "Power that burns with time."));
  price(t, "static.leakage", power_density, "Leakage of the logic dies.", "0.05 W/mm2");
  price(t, "static.clock", clock_power_density, "Clock network of the logic dies.",
        "0.035 W/mm2/GHz");
  price(t, "static.clock_ungated", none, "Share of the clock network that runs while idle.", "0.8",
        "1");
  price(t, "static.miscellaneous", power, "Everything else on the chip.", "6 W");
  price(t, "static.idle_power", none,
        "Factor on the chip's measured idle power: 1, with the range of the measurement.", "1");
}

}  // namespace

std::vector<Row> energy_model_rows() {
  std::vector<Row> table{
      text_row("name", "Name of the energy model in reports.", "n7"),
      text_row("node",
               "Process that it describes. A chip's measured idle power applies only under "
               "its own node.",
               "n7"),
  };
  on_chip(table);
  table.push_back(section_row("hbm", "Stacked memory, by standard."));
  for (const char* standard : {"hbm2", "hbm2e", "hbm3", "hbm3e", "ddr3"}) {
    hbm(table, standard);
  }
  off_core(table);
  return table;
}

}  // namespace systole
