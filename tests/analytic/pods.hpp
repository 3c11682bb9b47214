// SPDX-License-Identifier: Apache-2.0
// A small chip with round numbers, so that expected values can be worked out by hand: one cycle is
// 1 ns, one burst time is 1 ns, a link carries one byte a nanosecond.
#pragma once

#include <utility>
#include <vector>

#include "analytic/bounds.hpp"

namespace systole::testing {

inline ChipConfig small_chip() {
  ChipConfig chip{};
  chip.name = "small";
  chip.clock = Hertz{1e9};
  chip.kernel_start = Seconds{2e-6};
  chip.matrix_unit = {.count = 1,
                      .rows = 4,
                      .columns = 2,
                      .dataflow = Dataflow::weight_stationary,
                      .preload = Preload::double_buffered,
                      .load_rows = 1,
                      .edge_cycles = 3,
                      .mac_latency = 1,
                      .rows_per_push = 2,
                      .macs_per_pe = {1, 1, 1, 2, 1, 1}};
  chip.vector_unit = {.lanes = 8,
                      .add_cycles = 1,
                      .multiply_cycles = 1,
                      .fma_cycles = 1,
                      .transcendental_cycles = 4,
                      .shuffle_cycles = 2};
  chip.scratchpad = {.capacity = Bytes{1 << 20},
                     .banks = 16,  // Of the slots, links keep 5: 6 x 1 byte x 3 are 4.5 granules.
                     .ports = 1,
                     .granule = Bytes{4},
                     .distance = Millimetres{1}};
  chip.dma = {.engines = 2, .start = Seconds{1e-7}};
  chip.far_sram = FarSramConfig{.capacity = Bytes{1 << 20},
                                .banks = 4,
                                .granule = Bytes{64},
                                .read_bandwidth = BytesPerSecond{2e9},
                                .write_bandwidth = BytesPerSecond{1e9},
                                .latency = Seconds{1e-8},
                                .distance = Millimetres{5}};
  // A clock of 0.5 ns, rows of four bursts, 100 ns of each 1000 ns without columns. Constraints are
  // left out: no closed form reads them.
  MemoryConfig memory{};
  memory.name = "hbm2";
  memory.channels = 2;
  memory.groups = 4;
  memory.banks = 4;
  memory.rows = 1024;
  memory.columns = 4;
  memory.burst = Bytes{32};
  memory.burst_cycles = 2;
  memory.timings = {{"tREFI", Femtoseconds{1'000'000'000}},
                    {"tRFC", Femtoseconds{88'000'000}},
                    {"tCL", Femtoseconds{14'000'000}}};
  memory.presets["jedec"] = {{"tRCDRD", Femtoseconds{14'000'000}},
                             {"tRCDWR", Femtoseconds{12'000'000}},
                             {"tRP", Femtoseconds{14'000'000}}};
  chip.hbm = HbmConfig{.memory = std::move(memory),
                       .preset = "jedec",
                       .mapping = "stream",
                       .stacks = 2,
                       .capacity = Bytes{1 << 30},
                       .bandwidth = BytesPerSecond{128e9},
                       .distance = Millimetres{5}};
  chip.ici = IciConfig{.links = 6,
                       .bandwidth = BytesPerSecond{1e9},
                       .hop_latency = Seconds{1e-7},
                       .collective_start = Seconds{1e-6},
                       .collective_step = Seconds{2e-7}};
  return chip;
}

inline PodConfig small_pod(std::vector<Axis> axes) {
  return {.name = "small", .chip = small_chip(), .axes = std::move(axes), .hash = "small"};
}

// One block "b" of these operations, each waiting for the one before it.
inline Trace trace_of(const PodConfig& pod, std::vector<Work> works, std::uint64_t repeat = 1) {
  Block block{.name = "b", .repeat = repeat, .operations = {}};
  std::string before = "previous";
  for (Work& work : works) {
    const std::string name = "o" + std::to_string(block.operations.size());
    block.operations.push_back({.name = name, .work = std::move(work), .after = {before}});
    before = name;
  }
  Trace trace{};
  trace.pod = pod.hash;
  trace.tensor = static_cast<std::uint32_t>(pod.chips());
  trace.data = 1;
  trace.blocks = {std::move(block)};
  return trace;
}

// int8 weights against bf16 activations, so that weights are widened; everything at `place`.
inline Matmul matmul(std::uint64_t products, std::uint64_t rows, std::uint64_t depth,
                     std::uint64_t columns, MatmulBlock block, Place place) {
  return {.products = products,
          .rows = rows,
          .depth = depth,
          .columns = columns,
          .tensor = Stationary::weight,
          .stationary = {DataType::int8, place},
          .moving = {DataType::bf16, place},
          .result = {DataType::bf16, place},
          .block = block,
          .prefetch = true,
          .useful = 0};
}

// A whole matmul in one block.
inline Matmul matmul(std::uint64_t rows, std::uint64_t depth, std::uint64_t columns,
                     Place place = Place::scratchpad) {
  return matmul(1, rows, depth, columns, {1, rows, depth, columns}, place);
}

}  // namespace systole::testing
