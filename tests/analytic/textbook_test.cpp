// SPDX-License-Identifier: Apache-2.0
// A textbook's roofline (JAX scaling book, "All About Transformer Inference"): Llama-70B in int8 at
// batch 64 on TPU v5e 4x8, out of the bounds of this machine.
#include <gtest/gtest.h>

#include "pods.hpp"

namespace systole {
namespace {

using systole::testing::matmul;
using systole::testing::small_pod;
using systole::testing::trace_of;

// 32 chips at peak rates: 1.5 GHz, four arrays of 128x128, weights that load in no time, HBM that
// never refreshes.
PodConfig v5e_4x8(double hbm_bandwidth) {
  PodConfig pod = small_pod({{4, false}, {8, false}});
  ChipConfig& chip = pod.chip;
  chip.clock = Hertz{1.5e9};
  chip.matrix_unit.count = 4;
  chip.matrix_unit.rows = chip.matrix_unit.columns = 128;
  chip.matrix_unit.load_rows = 128;
  chip.matrix_unit.macs_per_pe = {1, 1, 2, 4, 2, 1};
  chip.hbm->bandwidth = BytesPerSecond{hbm_bandwidth};
  chip.hbm->memory.timings["tREFI"] = Femtoseconds{1'000'000'000'000'000};
  return pod;
}

// [64, depth] x [depth, columns] on each chip, int8 weights out of HBM.
Matmul product(std::uint64_t depth, std::uint64_t columns, DataType activations) {
  Matmul m = matmul(64, depth, columns);
  m.stationary.place = Place::hbm;
  m.moving.type = activations;
  return m;
}

double microseconds(const PodConfig& pod, const Trace& trace, const std::string& resource) {
  for (const Bound& bound : time_bounds(pod, trace)) {
    if (bound.resource == resource) {
      return to_seconds(bound.time).count() * 1e6;
    }
  }
  ADD_FAILURE() << "no bound of " << resource;
  return 0;
}

TEST(Textbook, TwoMatricesOfTheMlpTake18MicrosecondsOfHbmAnd5OfMath) {
  // 2 D F / (32 x 810 GB/s) and, in int8, 4 B D F / (32 x 394 TOP/s).
  const PodConfig pod = v5e_4x8(810e9);
  const Trace mlp =
      trace_of(pod, {product(8192, 896, DataType::int8), product(896, 8192, DataType::int8)});
  EXPECT_NEAR(microseconds(pod, mlp, "hbm"), 18.1, 0.05);
  EXPECT_NEAR(microseconds(pod, mlp, "matrix_unit"), 4.8, 0.3);  // And the way through the array.
}

TEST(Textbook, AWholeLayerTakes33MicrosecondsOfWeightsAnd17OfMath) {
  const PodConfig pod = v5e_4x8(819e9);
  const Trace layer =
      trace_of(pod, {product(8192, 320, DataType::bf16), product(256, 8192, DataType::bf16),
                     product(8192, 2 * 896, DataType::bf16), product(896, 8192, DataType::bf16)});
  EXPECT_NEAR(microseconds(pod, layer, "hbm"), 32.6, 0.1);
  // 320 columns are padded to 384, 2% of all products; and the way through the array.
  EXPECT_NEAR(microseconds(pod, layer, "matrix_unit"), 17.4 * 1664 / 1632, 0.3);
}

}  // namespace
}  // namespace systole
