// SPDX-License-Identifier: Apache-2.0
#include "study/validation_traces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "lower/tiling.hpp"

namespace systole {
namespace {

// Assumed, for no source says in what pieces a copy is done: long against the memory's latency, and
// at least eight, so that the first read and the last write are short beside the rest.
constexpr std::uint64_t kPiece = std::uint64_t{1} << 20;
constexpr std::uint64_t kLeastPieces = 8;
constexpr std::uint64_t kUnrolled = 64;  // Pieces of one iteration; between iterations all is done.
constexpr std::uint64_t kIdleLaunches = 1000;  // Long beside what is counted now and then.
constexpr std::uint64_t kFifoTiles = 4;        // Of weights: TPU v1 (Jouppi et al., ISCA 2017).

Trace trace_of(const PodConfig& pod) {
  return {.pod = pod.hash,
          .tensor = static_cast<std::uint32_t>(pod.chips()),
          .data = 1,
          .output_tokens = 0,
          .causal = std::nullopt,
          .residency = {},
          .blocks = {}};
}

Operation operation(std::string name, Work work, std::vector<std::string> after) {
  return {.name = std::move(name), .work = std::move(work), .after = std::move(after)};
}

Move move(Place from, Place to, Bytes bytes) {
  return {.from = from,
          .to = to,
          .bytes = bytes,
          .segments = 1,
          .elements = bytes.count() / 2,
          .tensor = Stationary::weight};
}

Block launch_block() {
  return {.name = "start", .repeat = 1, .operations = {operation("launch", Launch{}, {})}};
}

Trace launch_trace(const PodConfig& pod) {
  Trace trace = trace_of(pod);
  trace.blocks = {launch_block()};
  return trace;
}

// Piece i is written once it is read; meanwhile piece i + 1 is read, and i + 2 follows it.
Block copy_block(std::uint64_t pieces, Bytes piece, std::uint64_t repeat) {
  Block block{.name = "copy", .repeat = repeat, .operations = {}};
  const auto read = [&](std::uint64_t i) {
    if (i < pieces) {
      block.operations.push_back(operation(
          fmt::format("read{}", i), move(Place::hbm, Place::scratchpad, piece), {"previous"}));
    }
  };
  read(0);
  read(1);
  std::vector<std::string> written;
  for (std::uint64_t i = 0; i < pieces; ++i) {
    block.operations.push_back(operation(fmt::format("write{}", i),
                                         move(Place::scratchpad, Place::hbm, piece),
                                         {fmt::format("read{}", i)}));
    written.push_back(fmt::format("write{}", i));
    read(i + 2);
  }
  written.pop_back();  // The last write ends the iteration, and the others with it.
  block.operations.back().after.insert(block.operations.back().after.end(), written.begin(),
                                       written.end());
  return block;
}

}  // namespace

Trace idle_trace(const PodConfig& pod) {
  Trace trace = launch_trace(pod);
  trace.blocks[0].repeat = kIdleLaunches;
  trace.blocks[0].operations[0].after = {"previous"};
  return trace;
}

Trace copy_trace(Bytes bytes, const PodConfig& pod) {
  Trace trace = launch_trace(pod);
  const std::uint64_t pieces = std::max(kLeastPieces, ceil_div(bytes.count(), kPiece));
  const Bytes piece{ceil_div(bytes.count(), pieces)};
  trace.residency.hbm = Bytes{2 * bytes.count()};
  trace.residency.moving_buffer = pod.chip.scratchpad.capacity;
  if (const std::uint64_t whole = pieces / kUnrolled; whole > 0) {
    trace.blocks.push_back(copy_block(kUnrolled, piece, whole));
  }
  if (const std::uint64_t rest = pieces % kUnrolled; rest > 0) {
    trace.blocks.push_back(copy_block(rest, piece, 1));
  }
  return trace;
}

Trace add_trace(std::uint64_t elements, const PodConfig& pod) {
  Trace trace = launch_trace(pod);
  const Bytes bytes = storage(elements, DataType::bf16);
  trace.residency.hbm = Bytes{3 * bytes.count()};
  trace.residency.moving_buffer = pod.chip.scratchpad.capacity;
  const Vector sum{.add = elements, .read = Bytes{2 * bytes.count()}, .written = bytes};
  trace.blocks.push_back(
      {.name = "add",
       .repeat = 1,
       .operations = {operation("read_a", move(Place::hbm, Place::scratchpad, bytes), {"previous"}),
                      operation("read_b", move(Place::hbm, Place::scratchpad, bytes), {"previous"}),
                      operation("add", sum, {"read_a", "read_b"}),
                      operation("write", move(Place::scratchpad, Place::hbm, bytes), {"add"})}});
  return trace;
}

Trace all_gather_trace(Bytes bytes, const PodConfig& pod) {
  Trace trace = trace_of(pod);
  std::vector<std::uint32_t> axes(pod.axes.size());
  std::iota(axes.begin(), axes.end(), 0U);
  trace.blocks = {{.name = "collective",
                   .repeat = 1,
                   .operations = {operation("all_gather",
                                            Collective{.kind = CollectiveKind::all_gather,
                                                       .axes = axes,
                                                       .bytes = bytes,
                                                       .type = DataType::bf16},
                                            {})}}};
  return trace;
}

Trace mlp_trace(const MlpShape& shape, const PodConfig& pod) {
  Trace trace = trace_of(pod);
  const MatrixUnitConfig& unit = pod.chip.matrix_unit;
  trace.residency.hbm = Bytes{shape.layers * shape.width * shape.width};
  trace.residency.stationary_buffer = Bytes{kFifoTiles * std::uint64_t{unit.rows} * unit.columns};
  trace.residency.moving_buffer = pod.chip.scratchpad.capacity - trace.residency.stationary_buffer;
  Matmul matmul{.products = 1,
                .rows = shape.batch,
                .depth = shape.width,
                .columns = shape.width,
                .tensor = Stationary::weight,
                .stationary = {.type = DataType::int8, .place = Place::hbm},
                .moving = {.type = DataType::int8, .place = Place::scratchpad},
                .result = {.type = DataType::int8, .place = Place::scratchpad},
                .block = {},
                .prefetch = true,
                .useful = shape.batch * shape.width * shape.width};
  matmul.block = tile(matmul, pod.chip, trace.residency);
  const std::uint64_t outputs = shape.batch * shape.width;
  const Vector activation{
      .transcendental = outputs, .read = Bytes{outputs}, .written = Bytes{outputs}};
  Block batch{.name = "batch", .repeat = kMlpBatches, .operations = {}};
  batch.operations.push_back(operation("launch", Launch{}, {"previous"}));
  for (std::uint64_t i = 0; i < shape.layers; ++i) {
    const std::string layer = fmt::format("layer{}", i);
    batch.operations.push_back(operation(layer, matmul, {batch.operations.back().name}));
    batch.operations.push_back(operation(layer + "_activation", activation, {layer}));
  }
  trace.blocks = {std::move(batch)};
  return trace;
}

}  // namespace systole
