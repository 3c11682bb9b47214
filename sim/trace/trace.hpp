// SPDX-License-Identifier: Apache-2.0
// The trace: what every chip of the pod does, one program for all of them.
//
// A trace operation is a whole operation with its plan: shapes, types, places of its operands, the
// block in which it is worked through, what it waits for. Tiles are never listed; the sequencer
// unrolls them. Equal layers are one block with a repeat count. Shapes are those of one chip, after
// sharding and padding; `useful` counts are of the whole pod, without padding.
//
// trace/text.hpp writes and reads the file form, trace/verify.hpp holds it against a pod.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/data_type.hpp"
#include "base/quantity.hpp"

namespace systole {

enum class Place : std::uint8_t { scratchpad, far_sram, hbm };
inline constexpr std::array kPlaces{Place::scratchpad, Place::far_sram, Place::hbm};

// What a stationary operand is: decides the ledger's tensor.
enum class Stationary : std::uint8_t { weight, kv };

struct Operand {
  DataType type;
  Place place;
  auto operator<=>(const Operand&) const = default;
};

// A block of a matmul that is in the scratchpad at once: `products` whole or partial products of
// rows x depth (moving) times depth x columns (stationary). Blocks are worked through in the order
// products, rows, columns, depth (depth innermost, so partial sums stay in the accumulators).
struct MatmulBlock {
  std::uint64_t products;
  std::uint64_t rows;
  std::uint64_t depth;
  std::uint64_t columns;
  auto operator<=>(const MatmulBlock&) const = default;
};

// products x [rows x depth] * [depth x columns] on each chip.
//
// A stationary block at hbm or far_sram is moved into the stationary buffer once for each block
// that needs it; at scratchpad it is read in place. A moving block at hbm is fetched once per row
// block and kept for all its column blocks. A result at hbm is written once per (rows, columns)
// block.
struct Matmul {
  std::uint64_t products;
  std::uint64_t rows;     // m
  std::uint64_t depth;    // k
  std::uint64_t columns;  // n
  Stationary tensor;
  Operand stationary;
  Operand moving;
  Operand result;
  MatmulBlock block;
  bool prefetch;         // The stationary operand exists before this operation may start.
  std::uint64_t useful;  // Products of numbers over the whole pod, without padding.
  bool operator==(const Matmul&) const = default;
};

// Lane operations on the vector unit, with the scratchpad traffic they cause.
struct Vector {
  std::uint64_t add = 0;
  std::uint64_t multiply = 0;
  std::uint64_t fma = 0;
  std::uint64_t transcendental = 0;
  std::uint64_t shuffle = 0;
  Bytes read{};
  Bytes written{};
  bool operator==(const Vector&) const = default;
};

// One move between two stores of a chip, in `segments` equal contiguous pieces.
struct Move {
  Place from;
  Place to;
  Bytes bytes;             // All segments together.
  std::uint64_t segments;  // At least 1; each is rounded up to whole bursts or granules.
  std::uint64_t elements;  // Numbers moved, for rule-of-thumb prices.
  Stationary tensor;
  bool operator==(const Move&) const = default;
};

enum class CollectiveKind : std::uint8_t {
  all_gather,
  reduce_scatter,
  all_reduce,
  all_to_all,
  permute,   // Each chip's share goes to the next chip along the first axis named.
  broadcast  // The whole array goes from the group's first chip to all others.
};
inline constexpr std::array kCollectives{CollectiveKind::all_gather, CollectiveKind::reduce_scatter,
                                         CollectiveKind::all_reduce, CollectiveKind::all_to_all,
                                         CollectiveKind::permute,    CollectiveKind::broadcast};

// Over whole stretches of the tensor group's axes (tensor_group in config/pod.hpp), by ring or line
// exchange between neighbours, data cut in parts that take the axes in rotated order. `bytes` is
// the full array of the group, as in the closed forms: a chip holds bytes / n of it before an
// all_gather and of its all_to_all. model/README.md has the rules.
struct Collective {
  CollectiveKind kind;
  std::vector<std::uint32_t> axes;  // Indices into tensor_group().
  Bytes bytes;
  DataType type;  // Of the elements, for the adds of a reduction.
  bool operator==(const Collective&) const = default;
};

// Start of one compiled program on the chip: kernel_start passes.
struct Launch {
  bool operator==(const Launch&) const = default;
};

using Work = std::variant<Matmul, Vector, Move, Collective, Launch>;

struct Operation {
  std::string name;  // Unique in its block.
  Work work;
  std::vector<std::string> after;  // Earlier operations of the same block; "previous" is the last
                                   // operation of the iteration or block before.
  bool operator==(const Operation&) const = default;
};

// Operations of one block run `repeat` times, one iteration after the other. The last operation
// ends the iteration: it must, directly or not, wait for every other operation of the block except
// moves that nobody waits for (they end on their own).
struct Block {
  std::string name;
  std::uint64_t repeat;
  std::vector<Operation> operations;
  bool operator==(const Block&) const = default;
};

// What each store of a chip holds for the whole run, and the buffers taken from the scratchpad.
struct Residency {
  Bytes scratchpad;  // Weights or KV that live there.
  Bytes far_sram;
  Bytes hbm;
  Bytes stationary_buffer;  // Blocks of stationary operands in flight.
  Bytes moving_buffer;      // Activations: panels, results, vectors.
  bool operator==(const Residency&) const = default;
};

struct Trace {
  std::string pod;                    // PodConfig::hash it was lowered for.
  std::uint32_t tensor;               // Chips of a tensor group.
  std::uint32_t data;                 // Groups.
  std::uint64_t output_tokens;        // Over the whole pod.
  std::optional<std::string> causal;  // "full" or "half" of a prefill.
  Residency residency;
  std::vector<Block> blocks;
  bool operator==(const Trace&) const = default;
};

// "block.operation", the name under which an operation's counts stand in the ledger. Blocks of the
// same name add up.
[[nodiscard]] std::string ledger_name(const Block& block, const Operation& operation);

// The word of the text format.
[[nodiscard]] std::string_view name(Place place);
[[nodiscard]] std::string_view name(Stationary tensor);
[[nodiscard]] std::string_view name(CollectiveKind kind);
[[nodiscard]] std::string_view kind(const Work& work);  // "matmul", "all_reduce", ...

}  // namespace systole
