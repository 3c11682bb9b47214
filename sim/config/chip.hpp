// SPDX-License-Identifier: Apache-2.0
// A chip as data: what its YAML file says, checked, in whole units. No field has a default.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/data_type.hpp"
#include "base/quantity.hpp"
#include "config/memory.hpp"

namespace systole {

enum class Dataflow : std::uint8_t { weight_stationary, output_stationary, input_stationary };
enum class Preload : std::uint8_t {
  double_buffered,  // The next tile's weights load behind the running pass.
  serial            // Load, stream, drain, one after the other: what SCALE-Sim counts.
};

// physics/mxu: timing contract in DESIGN of the matrix unit; see model/matrix_unit.hpp.
struct MatrixUnitConfig {
  std::uint32_t count;    // Arrays on the chip.
  std::uint32_t rows;     // Depth of the reduction, k.
  std::uint32_t columns;  // Outputs of a row, n.
  Dataflow dataflow;
  Preload preload;
  std::uint32_t load_rows;      // Weight rows that enter an array a clock.
  std::uint32_t edge_cycles;    // Registered ports, once per drain.
  std::uint32_t mac_latency;    // Clocks in which a sum moves one row.
  std::uint32_t rows_per_push;  // Activation or weight rows that one instruction pushes.
  std::array<std::uint32_t, kMultipliers.size()> macs_per_pe;  // A clock, by Multiplier; 0: absent.

  [[nodiscard]] std::uint32_t rate(Multiplier m) const {
    return macs_per_pe[static_cast<std::size_t>(m)];
  }
};

struct VectorUnitConfig {
  std::uint32_t lanes;  // fp32 lane operations a clock, all cores of the chip together.
  // Clocks that one lane is occupied by one operation of each kind.
  std::uint32_t add_cycles;
  std::uint32_t multiply_cycles;
  std::uint32_t fma_cycles;
  std::uint32_t transcendental_cycles;
  std::uint32_t shuffle_cycles;
};

// Scratchpad next to the matrix units. Data lie granule by granule over the banks in turn, so what
// units want together must stay within banks x ports accesses a cycle (model/README.md).
struct ScratchpadConfig {
  Bytes capacity;
  std::uint32_t banks;
  std::uint32_t ports;   // Accesses that a bank serves in a core cycle.
  Bytes granule;         // One access of one bank: energy is charged for all of it.
  Millimetres distance;  // Mean wire from a bank to the unit it feeds.

  [[nodiscard]] Bytes bank_capacity() const { return Bytes{capacity.count() / banks}; }
  [[nodiscard]] std::uint64_t slots() const { return std::uint64_t{banks} * ports; }  // A cycle.
};

// A second, larger SRAM further away (CMEM-like); reached by DMA through the scratchpad.
struct FarSramConfig {
  Bytes capacity;
  std::uint32_t banks;
  Bytes granule;
  BytesPerSecond read_bandwidth;
  BytesPerSecond write_bandwidth;
  Seconds latency;
  Millimetres distance;

  [[nodiscard]] Bytes bank_capacity() const { return Bytes{capacity.count() / banks}; }
};

// All stacks of the chip, of one standard. Bandwidth is the bus peak, and sets the memory's clock;
// refresh, rows and turnarounds take their share.
struct HbmConfig {
  MemoryConfig memory;  // Its name chooses the energy entry.
  std::string preset;   // Of its row timings.
  std::string mapping;  // Of addresses to banks.
  std::uint32_t stacks;
  Bytes capacity;            // All stacks.
  BytesPerSecond bandwidth;  // All stacks, peak of the bus.
  Millimetres distance;      // PHY to scratchpad.

  [[nodiscard]] std::uint32_t channels() const { return stacks * memory.channels; }
  [[nodiscard]] Bytes burst() const { return memory.burst; }
  [[nodiscard]] Bytes row() const { return memory.burst * memory.columns; }
  [[nodiscard]] Femtoseconds cycle() const { return cycle_for(memory, channels(), bandwidth); }
  [[nodiscard]] Femtoseconds burst_time() const { return Cycles{memory.burst_cycles} * cycle(); }
  // A timing of the preset or of the standard, "tRFC". The name must be one of the memory's.
  [[nodiscard]] Femtoseconds timing(std::string_view name) const;
  [[nodiscard]] Femtoseconds refresh_interval() const { return timing("tREFI"); }
};

struct IciConfig {
  std::uint32_t links;       // Two for each axis of the largest mesh the chip can join.
  BytesPerSecond bandwidth;  // One link, one way, sustained.
  Seconds hop_latency;       // Router and wire.
  Seconds collective_start;  // Launch and synchronisation, once per collective.
  Seconds collective_step;   // Software cost of each ring step; 0 where the start includes it.
};

struct DmaConfig {
  std::uint32_t engines;  // Transfers in flight towards and from the scratchpad, besides weights.
  Seconds start;          // Descriptor to first byte.
};

struct ChipConfig {
  std::string name;
  Hertz clock;
  double voltage = 1;      // Relative to the one that prices hold for.
  std::string node;        // Process of the logic die, as energy models name it: n7, n5, ...
  SquareMillimetres area;  // All logic dies.
  Seconds kernel_start;    // Launch of one compiled program (one step).
  MatrixUnitConfig matrix_unit;
  VectorUnitConfig vector_unit;
  ScratchpadConfig scratchpad;
  DmaConfig dma;
  std::optional<FarSramConfig> far_sram;
  std::optional<HbmConfig> hbm;
  std::optional<IciConfig> ici;
  std::optional<Watts> idle_power;      // Measured, die and HBM. Pins the sum of the static lines.
  std::optional<Watts> workload_power;  // The most that a real workload was measured to burn.

  // Scratchpad accesses a cycle of all links at full rate, rounded up: each link reads what it
  // sends, and writes what it receives and reads what that is added to.
  [[nodiscard]] std::uint64_t link_slots() const;
  // What is left to the other units.
  [[nodiscard]] std::uint64_t unit_slots() const { return scratchpad.slots() - link_slots(); }
};

}  // namespace systole
