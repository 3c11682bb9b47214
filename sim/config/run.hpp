// SPDX-License-Identifier: Apache-2.0
// One point: a pod, a workload and how it is spread, as the run file says.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/data_type.hpp"

namespace systole {

enum class Phase : std::uint8_t { prefill, decode };
enum class Causal : std::uint8_t { full, half };
enum class Overlap : std::uint8_t {
  none,    // An operation's weights are fetched when it starts.
  async,   // Weights and old KV are fetched ahead, as far as the buffer reaches.
  chunked  // Also, a matmul and the all-reduce of its result overlap in chunks.
};
[[nodiscard]] constexpr std::string_view name(Overlap overlap) {
  return overlap == Overlap::none ? "none" : overlap == Overlap::async ? "async" : "chunked";
}
// How the weights of a layer lie over a tensor group of n chips, and what moves (X, YZ, G: products
// of axes; D the model's width).
enum class Layout : std::uint8_t {
  one_d,         // Columns of what widens, rows of what narrows, over all chips; sums all-reduced.
  two_d,         // D over X, the other side over YZ: partial sums over X, then over YZ.
  gathered_x,    // As 2-D at rest; a layer's weights are gathered over the first axis, tokens lie
  gathered_xy,   // across it, and the axes that are left work as one_d. Over the first two axes,
  gathered_xyz,  // or all three.
  automatic      // The one that a given score likes best.
};
inline constexpr std::array kLayouts{Layout::one_d,       Layout::two_d,        Layout::gathered_x,
                                     Layout::gathered_xy, Layout::gathered_xyz, Layout::automatic};
[[nodiscard]] std::string_view name(Layout layout);  // "1d", "2d", "gathered_x", ..., "auto".

enum class AttentionSharding : std::uint8_t {
  batch,   // Sequences over leading axes, context over the rest (all-to-alls around attention).
  heads,   // KV heads over the chips, padded; no all-to-alls. Fewer KV heads than chips are copied.
  context  // Every sequence's context over all chips.
};
inline constexpr std::array kAttentionShardings{AttentionSharding::batch, AttentionSharding::heads,
                                                AttentionSharding::context};
[[nodiscard]] std::string_view name(AttentionSharding attention);

struct WorkloadConfig {
  std::string model;  // Resolved path of a Hugging Face config.json.
  Phase phase;
  std::uint64_t batch;    // Sequences in the step, over the whole pod.
  std::uint64_t context;  // Decode: tokens already in the KV cache of each sequence.
  std::uint64_t prompt;   // Prefill: tokens of each sequence.
  std::uint64_t steps;    // Decode: tokens generated per sequence.
  DataType weights;
  DataType activations;
  DataType kv_cache;
  Causal causal;
};

struct ShardingConfig {
  std::uint32_t tensor;
  std::uint32_t data;
  AttentionSharding attention;
  Layout layout = Layout::one_d;
  std::vector<std::uint32_t> x_axes{};  // Of a 2-D layout, into tensor_group(); empty: chosen.
};

// The memory that keeps weights or KV cache from one step to the next.
enum class Residence : std::uint8_t {
  automatic,  // SRAM where it all fits, otherwise HBM.
  sram,
  hbm
};
[[nodiscard]] constexpr std::string_view name(Residence residence) {
  return residence == Residence::automatic ? "auto" : residence == Residence::sram ? "sram" : "hbm";
}

struct ResidenceConfig {
  Residence weights = Residence::automatic;
  Residence kv_cache = Residence::automatic;
};

enum class Distribution : std::uint8_t {
  random,    // Integers: every code equally likely. Floats: uniform in (-1, 1).
  gaussian,  // The largest value of the type, or of 65536 draws of a float, is 4 deviations.
  sparse,    // Zero with the share `zeros`, else random.
  histogram  // Measured.
};
[[nodiscard]] std::string_view name(Distribution distribution);

// What numbers a tensor holds.
struct ValuesConfig {
  Distribution distribution = Distribution::random;
  double zeros = 0.0;       // Sparse.
  std::string histogram{};  // Resolved path of a CSV file.

  bool operator==(const ValuesConfig&) const = default;
};

// By tensor class; random data is what prices are given for.
struct OperandValues {
  ValuesConfig weights;
  ValuesConfig activations;
  ValuesConfig kv_cache;

  bool operator==(const OperandValues&) const = default;
};

struct UncertaintyConfig {
  std::uint32_t samples;
  std::uint64_t seed;
};

enum class Fidelity : std::uint8_t {
  event,    // Simulated: exact cycle numbers.
  analytic  // Closed form: the same counts, an estimate of the time.
};
[[nodiscard]] constexpr std::string_view name(Fidelity fidelity) {
  return fidelity == Fidelity::event ? "event" : "analytic";
}

struct RunConfig {
  std::string pod;           // Resolved path.
  std::string energy_model;  // Resolved path.
  WorkloadConfig workload;
  ShardingConfig sharding;
  ResidenceConfig residence{};
  Overlap overlap;  // schedule.overlap
  OperandValues values;
  UncertaintyConfig uncertainty;
  Fidelity fidelity;
};

}  // namespace systole
