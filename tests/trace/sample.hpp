// SPDX-License-Identifier: Apache-2.0
// A machine and a small trace that it can run, for tests to break one thing at a time.
#pragma once

#include "trace/trace.hpp"
#include "trace/verify.hpp"

namespace systole {

inline TraceMachine sample_machine() {
  return {.chips = 8,
          .group_axes = 2,
          .stores = {.scratchpad = 16_MiB, .far_sram = 0_B, .hbm = Bytes{std::uint64_t{16} << 30}}};
}

inline Matmul sample_matmul() {
  return {.products = 1,
          .rows = 64,
          .depth = 1024,
          .columns = 4096,
          .tensor = Stationary::weight,
          .stationary = {DataType::int8, Place::hbm},
          .moving = {DataType::bf16, Place::scratchpad},
          .result = {DataType::bf16, Place::scratchpad},
          .block = {.products = 1, .rows = 64, .depth = 1024, .columns = 1024},
          .prefetch = true,
          .useful = 2147483648};
}

// Residents, buffers and half of the stationary buffer: 4 + 2 + 2 MiB, 1 MiB a block.
inline Trace sample_trace() {
  const Move save{.from = Place::scratchpad,
                  .to = Place::hbm,
                  .bytes = 4096_B,
                  .segments = 4,
                  .elements = 2048,
                  .tensor = Stationary::kv};
  const Collective sum{.kind = CollectiveKind::all_reduce,
                       .axes = {0, 1},
                       .bytes = 524288_B,
                       .type = DataType::bf16};
  return {
      .pod = "c0ffee",
      .tensor = 4,
      .data = 2,
      .output_tokens = 128,
      .causal = std::nullopt,
      .residency = {.scratchpad = 4_MiB,
                    .far_sram = 0_B,
                    .hbm = Bytes{std::uint64_t{1} << 30},
                    .stationary_buffer = 2_MiB,
                    .moving_buffer = 2_MiB},
      .blocks = {{.name = "layer",
                  .repeat = 80,
                  .operations = {{.name = "norm", .work = Vector{.fma = 7}, .after = {"previous"}},
                                 {.name = "up", .work = sample_matmul(), .after = {"norm"}},
                                 {.name = "save", .work = save, .after = {"up"}},
                                 {.name = "sum", .work = sum, .after = {"up"}}}}}};
}

}  // namespace systole
