// SPDX-License-Identifier: Apache-2.0
// A small machine with round numbers, so that expected times can be worked out by hand.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/memory.hpp"
#include "config/pod.hpp"
#include "trace/trace.hpp"

namespace systole {

// HBM2 as shipped, at a clock of 1 ns for 64 GB/s, but refreshed at this interval.
inline MemoryConfig four_channels(Seconds refresh_interval) {
  MemoryConfig memory = read_memory(SYSTOLE_SOURCE_DIR "/configs/memories/hbm2.yaml");
  memory.channels = 4;
  memory.timings["tREFI"] = to_femtoseconds(refresh_interval);
  return memory;
}

// 16 slots a cycle, of which links keep 3: 6 x 10 B a cycle x 3 are 2.8 granules.
inline ScratchpadConfig tiny_scratchpad() {
  return {.capacity = 1_MiB, .banks = 16, .ports = 1, .granule = 64_B, .distance = Millimetres{1}};
}

// 1 GHz; two 8x8 arrays; 64 lanes; HBM of 4 channels, 32 B bursts, 64 GB/s (2 ns a burst on all
// four channels), no refresh within 1 ms; links of 10 GB/s (100 ps a byte) and 100 ns a hop.
inline ChipConfig tiny_chip() {
  return {.name = "tiny",
          .clock = Hertz{1e9},
          .node = "n7",
          .area = SquareMillimetres{10},
          .kernel_start = Seconds{1e-6},
          .matrix_unit = {.count = 2,
                          .rows = 8,
                          .columns = 8,
                          .dataflow = Dataflow::weight_stationary,
                          .preload = Preload::double_buffered,
                          .load_rows = 1,
                          .edge_cycles = 3,
                          .mac_latency = 1,
                          .rows_per_push = 8,
                          .macs_per_pe = {1, 1, 1, 1, 1, 1}},
          .vector_unit = {.lanes = 64,
                          .add_cycles = 1,
                          .multiply_cycles = 1,
                          .fma_cycles = 1,
                          .transcendental_cycles = 4,
                          .shuffle_cycles = 2},
          .scratchpad = tiny_scratchpad(),
          .dma = {.engines = 2, .start = Seconds{50e-9}},
          .far_sram = FarSramConfig{.capacity = 8_MiB,
                                    .banks = 8,
                                    .granule = 64_B,
                                    .read_bandwidth = BytesPerSecond{128e9},
                                    .write_bandwidth = BytesPerSecond{64e9},
                                    .latency = Seconds{10e-9},
                                    .distance = Millimetres{5}},
          .hbm = HbmConfig{.memory = four_channels(Seconds{1e-3}),
                           .preset = "jedec",
                           .mapping = "stream",
                           .stacks = 1,
                           .capacity = Bytes{1ULL << 30},
                           .bandwidth = BytesPerSecond{64e9},
                           .distance = Millimetres{5}},
          .ici = IciConfig{.links = 6,
                           .bandwidth = BytesPerSecond{10e9},
                           .hop_latency = Seconds{100e-9},
                           .collective_start = Seconds{1e-6},
                           .collective_step = Seconds{0}},
          .idle_power = std::nullopt,
          .workload_power = {}};
}

inline PodConfig tiny_pod(std::vector<Axis> axes, ChipConfig chip = tiny_chip()) {
  return {.name = "tiny", .chip = std::move(chip), .axes = std::move(axes), .hash = "tiny"};
}

inline Operand in_scratchpad(DataType type) { return {type, Place::scratchpad}; }

// A matmul of bf16 operands in the scratchpad, in one block.
inline Matmul matmul(std::uint64_t rows, std::uint64_t depth, std::uint64_t columns) {
  return {.products = 1,
          .rows = rows,
          .depth = depth,
          .columns = columns,
          .tensor = Stationary::weight,
          .stationary = in_scratchpad(DataType::bf16),
          .moving = in_scratchpad(DataType::bf16),
          .result = in_scratchpad(DataType::bf16),
          .block = {1, rows, depth, columns},
          .prefetch = false,
          .useful = rows * depth * columns};
}

inline Operation operation(std::string name, Work work, std::vector<std::string> after = {}) {
  return {.name = std::move(name), .work = std::move(work), .after = std::move(after)};
}

// One block, run `repeat` times, by every chip of groups of `tensor`.
inline Trace trace_of(std::vector<Operation> operations, std::uint32_t tensor = 1,
                      std::uint32_t data = 1, std::uint64_t repeat = 1) {
  return {.pod = "tiny",
          .tensor = tensor,
          .data = data,
          .output_tokens = 1,
          .causal = std::nullopt,
          .residency = {.scratchpad = 0_B,
                        .far_sram = 0_B,
                        .hbm = 0_B,
                        .stationary_buffer = 256_KiB,
                        .moving_buffer = 256_KiB},
          .blocks = {{.name = "block", .repeat = repeat, .operations = std::move(operations)}}};
}

}  // namespace systole
