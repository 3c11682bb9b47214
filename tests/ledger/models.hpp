// SPDX-License-Identifier: Apache-2.0
// Chips and energy models made by hand, so that a test shows every number it rests on.
#pragma once

#include <cmath>
#include <initializer_list>
#include <string>
#include <vector>

#include "config/chip.hpp"
#include "ledger/energy_model.hpp"

namespace systole::test {

// Every parameter is 1 and certain; a test gives the ones it is about.
inline EnergyModel unit_model() {
  EnergyModel model{.name = "unit", .node = "n7", .hash = "", .parameters = {}, .overridden = {}};
  const auto section = [&](const std::string& prefix, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
      model.parameters.push_back({prefix + key, 1.0, 1.0, 1.0, ValueKind::derived, "test", ""});
    }
  };
  section("mac.", {"bf16", "fp8", "int8", "int4", "ternary_int8", "ternary_bf16"});
  section("array.", {"weight_shift_bit", "dequantise", "zero_operand"});
  section("accumulator.", {"read", "write"});
  section("sram.", {"a", "b", "write_factor"});
  section("wire.", {"dedicated", "noc"});
  section("element.", {"far_sram", "hbm"});
  section("vector.", {"add", "multiply", "fma", "transcendental", "shuffle"});
  section("sequencer.", {"bundle"});
  for (const char* standard : {"hbm2", "hbm2e", "hbm3", "hbm3e", "ddr3"}) {
    section(std::string("hbm.") + standard + ".",
            {"activate", "read", "write", "io", "phy", "refresh", "background", "phy_idle"});
  }
  section("ici.", {"hop", "optical", "static_fraction"});
  section("static.", {"leakage", "clock", "clock_ungated", "miscellaneous", "idle_power"});
  return model;
}

struct Given {
  const char* key;
  double value;
  double low = 1.0;
  double high = 1.0;
  ValueKind kind = ValueKind::derived;
};

inline EnergyModel model_with(std::initializer_list<Given> given) {
  EnergyModel model = unit_model();
  for (const Given& g : given) {
    auto& parameter = const_cast<Parameter&>(model.at(g.key));
    parameter.value = g.value;
    parameter.low = g.low;
    parameter.high = g.high;
    parameter.kind = g.kind;
  }
  return model;
}

// One array, 32 MiB of scratchpad in 256 KiB banks 2 mm away; no memory, no links, 1 GHz.
inline ChipConfig bare_chip() {
  return {.name = "bare",
          .clock = Hertz{1e9},
          .node = "n7",
          .area = SquareMillimetres{100.0},
          .kernel_start = Seconds{0.0},
          .matrix_unit = {.count = 1,
                          .rows = 128,
                          .columns = 128,
                          .dataflow = Dataflow::weight_stationary,
                          .preload = Preload::double_buffered,
                          .load_rows = 1,
                          .edge_cycles = 0,
                          .mac_latency = 1,
                          .rows_per_push = 8,
                          .macs_per_pe = {1, 1, 1, 1, 1, 1}},
          .vector_unit = {.lanes = 1024,
                          .add_cycles = 1,
                          .multiply_cycles = 1,
                          .fma_cycles = 1,
                          .transcendental_cycles = 4,
                          .shuffle_cycles = 1},
          .scratchpad = {.capacity = Bytes{32ULL << 20},
                         .banks = 128,
                         .ports = 1,
                         .granule = Bytes{64},
                         .distance = Millimetres{2.0}},
          .dma = {.engines = 1, .start = Seconds{0.0}},
          .far_sram = std::nullopt,
          .hbm = std::nullopt,
          .ici = std::nullopt,
          .idle_power = std::nullopt,
          .workload_power = {}};
}

// 128 MiB in 1 MiB banks, 20 mm away, 64-byte granules.
inline FarSramConfig far_sram_at_20_mm() {
  return {.capacity = Bytes{128ULL << 20},
          .banks = 128,
          .granule = Bytes{64},
          .read_bandwidth = BytesPerSecond{2e12},
          .write_bandwidth = BytesPerSecond{1e12},
          .latency = Seconds{50e-9},
          .distance = Millimetres{20.0}};
}

// Four stacks of 16 pseudo-channels with 32-byte bursts, 10 mm from the scratchpad.
inline HbmConfig four_stacks(const std::string& standard) {
  return {.memory = read_memory(std::string(SYSTOLE_SOURCE_DIR) + "/configs/memories/" + standard +
                                ".yaml"),
          .preset = "jedec",
          .mapping = "stream",
          .stacks = 4,
          .capacity = Bytes{32ULL << 30},
          .bandwidth = BytesPerSecond{1.2e12},
          .distance = Millimetres{10.0}};
}

// The published facts of TPU v4 that power depends on: 600 mm2, 1.05 GHz, 4 HBM2 stacks, 6 links
// of 50 GB/s one way, 90 W idle (Jouppi et al., ISCA 2023, table 4).
inline ChipConfig tpu_v4() {
  ChipConfig chip = bare_chip();
  chip.name = "tpu_v4";
  chip.clock = Hertz{1.05e9};
  chip.area = SquareMillimetres{600.0};
  chip.far_sram = far_sram_at_20_mm();
  chip.hbm = four_stacks("hbm2");
  chip.ici = IciConfig{.links = 6,
                       .bandwidth = BytesPerSecond{50e9},
                       .hop_latency = Seconds{1e-6},
                       .collective_start = Seconds{1e-6},
                       .collective_step = Seconds{0.0}};
  chip.idle_power = Watts{90.0};
  return chip;
}

}  // namespace systole::test
