// SPDX-License-Identifier: Apache-2.0
// Chips, pods, models and runs for the tests, with the dimensions of real ones.
#pragma once

#include <string>
#include <vector>

#include "config/pod.hpp"
#include "config/run.hpp"
#include "trace/verify.hpp"
#include "workload/model.hpp"

namespace systole {

// Sizes and array of TPU v4 (ISCA'23); rates play no part in lowering.
inline ChipConfig v4_like() {
  ChipConfig chip{};
  chip.name = "v4_like";
  chip.clock = Hertz{1.05e9};
  chip.matrix_unit.count = 8;
  chip.matrix_unit.rows = 128;
  chip.matrix_unit.columns = 128;
  chip.scratchpad.capacity = 32_MiB;
  chip.scratchpad.granule = 64_B;
  chip.far_sram = FarSramConfig{};
  chip.far_sram->capacity = 128_MiB;
  chip.hbm = HbmConfig{};
  chip.hbm->capacity = Bytes{std::uint64_t{32} << 30};
  return chip;
}

// No HBM: everything lives in a large scratchpad.
inline ChipConfig sram_like() {
  ChipConfig chip = v4_like();
  chip.name = "sram_like";
  chip.scratchpad.capacity = 1024_MiB;
  chip.far_sram.reset();
  chip.hbm.reset();
  return chip;
}

inline PodConfig pod_of(ChipConfig chip, const std::vector<std::uint32_t>& lengths) {
  PodConfig pod{.name = "pod", .chip = std::move(chip), .axes = {}, .hash = "0123abcd"};
  for (const std::uint32_t length : lengths) {
    pod.axes.push_back({.length = length, .wraps = length > 1});
  }
  return pod;
}

// Published dimensions (Hugging Face config.json of each).
inline ModelConfig llama_2_7b() {
  return {"llama-2-7b", 32, 4096, 32, 32, 128, 11008, 32000, false, "hash"};
}
inline ModelConfig llama_8b() {
  return {"llama-3.1-8b", 32, 4096, 32, 8, 128, 14336, 128256, false, "hash"};
}
inline ModelConfig llama_70b() {
  return {"llama-3.1-70b", 80, 8192, 64, 8, 128, 28672, 128256, false, "hash"};
}
inline ModelConfig llama_405b() {
  return {"llama-3.1-405b", 126, 16384, 128, 8, 128, 53248, 128256, false, "hash"};
}

inline RunConfig decode_run(std::uint64_t batch, std::uint64_t context, std::uint32_t tensor,
                            std::uint32_t data = 1) {
  RunConfig run{};
  run.workload = {.model = "",
                  .phase = Phase::decode,
                  .batch = batch,
                  .context = context,
                  .prompt = 1,
                  .steps = 1,
                  .weights = DataType::int8,
                  .activations = DataType::bf16,
                  .kv_cache = DataType::bf16,
                  .causal = Causal::half};
  run.sharding = {.tensor = tensor, .data = data, .attention = AttentionSharding::batch};
  run.overlap = Overlap::async;
  return run;
}

inline RunConfig prefill_run(std::uint64_t batch, std::uint64_t prompt, std::uint32_t tensor,
                             std::uint32_t data = 1) {
  RunConfig run = decode_run(batch, 0, tensor, data);
  run.workload.phase = Phase::prefill;
  run.workload.prompt = prompt;
  return run;
}

// What the trace is verified against.
inline TraceMachine machine_of(const PodConfig& pod, std::uint32_t tensor) {
  const ChipConfig& chip = pod.chip;
  return {.chips = pod.chips(),
          .group_axes = static_cast<std::uint32_t>(tensor_group(pod, tensor).size()),
          .stores = {.scratchpad = chip.scratchpad.capacity,
                     .far_sram = chip.far_sram ? chip.far_sram->capacity : Bytes{0},
                     .hbm = chip.hbm ? chip.hbm->capacity : Bytes{0}}};
}

}  // namespace systole
