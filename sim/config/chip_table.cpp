// SPDX-License-Identifier: Apache-2.0
#include "base/data_type.hpp"
#include "config/table.hpp"

namespace systole {
namespace {

using enum Dimension;

constexpr const char* kMostCycles = "65536";

void top(std::vector<Row>& t) {
  t.push_back(text_row("name", "Name of the chip in reports.", "tpu_v4"));
  t.push_back(quantity_row("clock", frequency, "1 MHz", "100 GHz",
                           "Clock of the cores. Every count of cycles is of this clock.",
                           "1.05 GHz"));
  t.push_back(
      optional({.key = "voltage",
                .type = Type::number,
                .least = "0.5",
                .most = "1.5",
                .doc = "Supply of logic, SRAM and wires on the chip, relative to the one that "
                       "prices hold for: switching costs its square, leakage more. Memory stacks "
                       "and links have their own. What clock it allows is not checked.",
                .example = "0.9"}));
  t.push_back(text_row("node", "Process of the logic die, as energy models name it.", "n7"));
  t.push_back(quantity_row("area", area, "0.01 mm2", "1000000 mm2",
                           "All logic dies together; static power is charged by area.", "600 mm2"));
  t.push_back(quantity_row("kernel_start", time, "0 s", "1 s",
                           "Launch of one compiled program, once per step.", "5 us"));
  t.push_back(optional(quantity_row(
      "idle_power", power, "1 mW", "100 kW",
      "Measured power of the idle chip with its HBM. Pins the sum of the static lines.", "55 W")));
  t.push_back(optional(quantity_row(
      "workload_power", power, "1 mW", "100 kW",
      "Highest published power of a real workload, chip and HBM. A run above it is warned of.",
      "192 W")));
}

void matrix_unit(std::vector<Row>& t) {
  t.push_back(section_row("matrix_unit", "The systolic arrays."));
  t.push_back(integer_row("matrix_unit.count", "1", "65536", "Arrays on the chip.", "8"));
  t.push_back(integer_row("matrix_unit.rows", "1", "65536", "Depth of the reduction, k.", "128"));
  t.push_back(integer_row("matrix_unit.columns", "1", "65536", "Outputs of one row, n.", "128"));
  t.push_back(choice_row("matrix_unit.dataflow", {"ws", "os", "is"},
                         "What stays in the array: weights (ws), outputs (os) or inputs (is)."));
  t.push_back(choice_row("matrix_unit.preload", {"double", "serial"},
                         "double: the next tile loads behind the running pass. serial: load, "
                         "stream and drain follow one another, as SCALE-Sim counts."));
  t.push_back(integer_row("matrix_unit.load_rows", "1", "65536",
                          "Weight rows that enter an array in one clock.", "1"));
  t.push_back(integer_row("matrix_unit.edge_cycles", "0", kMostCycles,
                          "Clocks of the registered ports, once per drain.", "3"));
  t.push_back(integer_row("matrix_unit.mac_latency", "1", "64",
                          "Clocks in which a sum moves one row: stages of the adder. 1 with os, "
                          "where sums stay in place.",
                          "1"));
  t.push_back(integer_row("matrix_unit.rows_per_push", "1", "65536",
                          "Activation or weight rows that one instruction pushes.", "8"));
  t.push_back(section_row("matrix_unit.macs_per_pe",
                          "Multiply-adds of one processing element in one clock, by kind of "
                          "multiplier. 0 means that the chip has none of this kind."));
  for (const Multiplier m : kMultipliers) {
    t.push_back(integer_row(join("matrix_unit.macs_per_pe", name(m)), "0", "64",
                            "Multiply-adds per clock with " + std::string(name(m)) + " operands.",
                            "1"));
  }
}

void vector_unit(std::vector<Row>& t) {
  t.push_back(section_row("vector_unit", "Lanes for everything that is not a matrix product."));
  t.push_back(integer_row("vector_unit.lanes", "1", "16777216",
                          "fp32 operations in one clock, all cores of the chip together.", "2048"));
  const auto cycles = [&](const char* key, const char* what) {
    t.push_back(integer_row(join("vector_unit", key), "1", kMostCycles,
                            std::string("Clocks that one lane is occupied by ") + what + ".", "1"));
  };
  cycles("add_cycles", "an addition, comparison or conversion");
  cycles("multiply_cycles", "a multiplication");
  cycles("fma_cycles", "a fused multiply-add");
  cycles("transcendental_cycles", "an exponential, reciprocal or square root");
  cycles("shuffle_cycles", "moving one element to another lane");
}

void memory(std::vector<Row>& t) {
  t.push_back(section_row("scratchpad", "The SRAM next to the matrix units."));
  t.push_back(quantity_row("scratchpad.capacity", bytes, "1 KiB", "1024 TiB", "All banks together.",
                           "32 MiB"));
  t.push_back(
      integer_row("scratchpad.banks", "1", "1048576", "Banks; they divide the capacity.", "128"));
  t.push_back(integer_row("scratchpad.ports", "1", "2",
                          "Accesses that a bank serves in one clock. Banks times ports limit what "
                          "all units together read and write.",
                          "1"));
  t.push_back(quantity_row("scratchpad.granule", bytes, "1 B", "64 KiB",
                           "One access of one bank: energy is charged for all of it.", "64 B"));
  t.push_back(quantity_row("scratchpad.distance", length, "0 mm", "1000 mm",
                           "Mean wire from a bank to the unit that it feeds.", "2 mm"));
  t.push_back(section_row("dma", "Engines that copy between memories."));
  t.push_back(integer_row("dma.engines", "1", "65536",
                          "Transfers in flight towards and from the scratchpad, besides weights.",
                          "4"));
  t.push_back(
      quantity_row("dma.start", time, "0 s", "1 s", "From descriptor to first byte.", "200 ns"));
  t.push_back(optional(section_row("far_sram", "A second, larger SRAM further away, like CMEM.")));
  t.push_back(quantity_row("far_sram.capacity", bytes, "1 KiB", "1024 TiB", "All banks together.",
                           "128 MiB"));
  t.push_back(
      integer_row("far_sram.banks", "1", "1048576", "Banks; they divide the capacity.", "128"));
  t.push_back(quantity_row("far_sram.granule", bytes, "1 B", "64 KiB",
                           "One access of one bank: energy is charged for all of it.", "64 B"));
  t.push_back(quantity_row("far_sram.read_bandwidth", data_rate, "1 MB/s", "10000 TB/s",
                           "Towards the scratchpad.", "2 TB/s"));
  t.push_back(quantity_row("far_sram.write_bandwidth", data_rate, "1 MB/s", "10000 TB/s",
                           "From the scratchpad.", "1 TB/s"));
  t.push_back(quantity_row("far_sram.latency", time, "0 s", "1 s", "First request to first data.",
                           "150 ns"));
  t.push_back(quantity_row("far_sram.distance", length, "0 mm", "1000 mm",
                           "Mean wire from a bank to the scratchpad.", "10 mm"));
}

void hbm(std::vector<Row>& t) {
  t.push_back(optional(section_row("hbm", "Stacked memory, all stacks of the chip.")));
  t.push_back(path_row("hbm.memory", "The memory of every stack: geometry, timings, mappings.",
                       "../memories/hbm2.yaml"));
  t.push_back(
      text_row("hbm.preset", "Timings of rows, of those that the memory's file has.", "jedec"));
  t.push_back(text_row("hbm.mapping", "Addresses to banks, of those that the memory's file has.",
                       "stream"));
  t.push_back(integer_row("hbm.stacks", "1", "1024", "Stacks on the package.", "4"));
  t.push_back(
      quantity_row("hbm.capacity", bytes, "1 MiB", "1024 TiB", "All stacks together.", "32 GiB"));
  t.push_back(quantity_row("hbm.bandwidth", data_rate, "1 MB/s", "10000 TB/s",
                           "All stacks together, peak of the bus; sets the memory's clock. "
                           "Refresh, rows and turnarounds take their share of it.",
                           "1.2288 TB/s"));
  t.push_back(quantity_row("hbm.distance", length, "0 mm", "1000 mm",
                           "Wire from the PHY to the scratchpad.", "8 mm"));
}

void ici(std::vector<Row>& t) {
  t.push_back(optional(section_row("ici", "Links to neighbouring chips.")));
  t.push_back(integer_row("ici.links", "1", "64",
                          "Links of one chip: two for each axis of the largest mesh it can join.",
                          "6"));
  t.push_back(quantity_row("ici.bandwidth", data_rate, "1 MB/s", "10000 TB/s",
                           "One link, one way, sustained.", "45 GB/s"));
  t.push_back(
      quantity_row("ici.hop_latency", time, "0 s", "1 s", "Router and wire of one hop.", "1 us"));
  t.push_back(quantity_row("ici.collective_start", time, "0 s", "1 s",
                           "Launch and synchronisation, once per collective.", "5 us"));
  t.push_back(quantity_row("ici.collective_step", time, "0 s", "1 s",
                           "Software cost of each ring step; 0 s where the start includes it.",
                           "0 s"));
}

}  // namespace

std::vector<Row> chip_rows() {
  std::vector<Row> table;
  top(table);
  matrix_unit(table);
  vector_unit(table);
  memory(table);
  hbm(table);
  ici(table);
  return table;
}

}  // namespace systole
