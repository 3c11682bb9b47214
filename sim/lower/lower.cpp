// SPDX-License-Identifier: Apache-2.0
#include "lower/lower.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/error.hpp"
#include "lower/attention.hpp"
#include "lower/chunks.hpp"
#include "lower/gathers.hpp"
#include "lower/residency.hpp"
#include "lower/tiling.hpp"
#include "workload/network.hpp"
#include "workload/sharding.hpp"

namespace systole {
namespace {

// Turns the nodes of a graph into operations with places, blocks and prefetch.
class Lowering {
 public:
  Lowering(const Places& places, const ChipConfig& chip, Overlap overlap)
      : places_(places), chip_(chip), overlap_(overlap) {}

  [[nodiscard]] Block block(const GraphBlock& graph) {
    Block block{.name = graph.name, .repeat = graph.repeat, .operations = {}};
    const GraphBlock busy = without_idle_shards(graph, places_);
    for (const Node& node : busy.nodes) {
      std::vector<Operation> made = operations(node);
      std::move(made.begin(), made.end(), std::back_inserter(block.operations));
    }
    if (overlap_ == Overlap::chunked) {
      block.operations = cut_into_chunks(std::move(block.operations), chip_);
    }
    for (Operation& operation : block.operations) {
      if (auto* matmul = std::get_if<Matmul>(&operation.work)) {
        matmul->block = tile(*matmul, chip_, places_.residency);
      }
    }
    return block;
  }

 private:
  [[nodiscard]] std::vector<Operation> operations(const Node& node) const {
    if (const auto* attention = std::get_if<Attention>(&node.work)) {
      return lower_attention(node, *attention, places_, chip_, overlap_);
    }
    if (const auto* shards = std::get_if<WeightShards>(&node.work)) {
      return {lower_shards(node, *shards, places_)};
    }
    if (const auto* gather = std::get_if<WeightGather>(&node.work)) {
      return lower_gather(node, *gather, places_);
    }
    struct OfOne {
      const Lowering& lowering;
      Work operator()(const Launch& launch) const { return launch; }
      Work operator()(const Vector& vector) const { return vector; }
      Work operator()(const Collective& collective) const { return collective; }
      Work operator()(const Lookup& lookup) const { return lowering.lookup(lookup); }
      Work operator()(const Linear& linear) const { return lowering.matmul(linear); }
      Work operator()(const Attention&) const { return none(); }
      Work operator()(const WeightShards&) const { return none(); }
      Work operator()(const WeightGather&) const { return none(); }
      static Work none() { throw Bug("a node that is more than one operation"); }
    };
    Work work = std::visit(OfOne{*this}, node.work);  // Apart: it throws what does not fit.
    return {{.name = node.name, .work = std::move(work), .after = node.after}};
  }

  // Every row is a piece of its own. A table in the scratchpad is read by the vector unit.
  [[nodiscard]] Work lookup(const Lookup& l) const {
    const Bytes bytes = storage(l.columns, l.weights) * l.rows;
    if (places_.weights == Place::scratchpad) {
      return Vector{.shuffle = l.rows * l.columns, .read = bytes, .written = bytes};
    }
    return Move{.from = places_.weights,
                .to = Place::scratchpad,
                .bytes = bytes,
                .segments = l.rows,
                .elements = l.rows * l.columns,
                .tensor = Stationary::weight};
  }

  // A gathered matrix is not there before its gather ends, so it is never fetched ahead.
  [[nodiscard]] Work matmul(const Linear& l) const {
    const Place place = l.gathered ? places_.gathered : places_.weights;
    const bool is_fetched = place != Place::scratchpad;
    return Matmul{.products = 1,
                  .rows = l.rows,
                  .depth = l.depth,
                  .columns = l.columns,
                  .tensor = Stationary::weight,
                  .stationary = {.type = l.weights, .place = place},
                  .moving = activation(l.rows * l.depth, l.moving),
                  .result = activation(l.rows * l.columns, l.result),
                  .block = {},
                  .prefetch = is_fetched && !l.gathered && overlap_ != Overlap::none,
                  .useful = l.useful};
  }

  [[nodiscard]] Operand activation(std::uint64_t elements, DataType type) const {
    return {.type = type, .place = place_of_activation(storage(elements, type), places_, chip_)};
  }

  const Places& places_;
  const ChipConfig& chip_;
  const Overlap overlap_;
};

// Counts are whole numbers of 64 bits. A run whose products come near that is refused here, so that
// no shape below needs a guard; the trace's verifier holds the padded sums against the limit.
void require_countable(const WorkloadConfig& workload, const ModelConfig& model) {
  constexpr double kMost = 1e18;
  const bool is_decode = workload.phase == Phase::decode;
  const auto steps = static_cast<double>(is_decode ? workload.steps : workload.prompt);
  const auto keys = is_decode ? static_cast<double>(workload.context) + steps : steps;
  const double heads = static_cast<double>(model.layers) * static_cast<double>(model.heads) *
                       static_cast<double>(model.head_width);
  const double products = static_cast<double>(workload.batch) * steps *
                          (static_cast<double>(model.parameters()) + 2 * heads * keys);
  if (products > kMost) {
    fail(
        "the workload has {:.1e} products of numbers, more than can be counted ({:.0e}): choose a "
        "smaller batch, context, prompt or number of steps",
        products, kMost);
  }
}

}  // namespace

Trace lower(const RunConfig& run, const ModelConfig& model, const PodConfig& pod) {
  require_countable(run.workload, model);
  const Sharding sharding = shard(run, model, pod);
  const Places places = settle(run, model, pod, sharding);
  Trace trace{.pod = pod.hash,
              .tensor = run.sharding.tensor,
              .data = run.sharding.data,
              .output_tokens = output_tokens(run.workload),
              .causal = std::nullopt,
              .residency = places.residency,
              .blocks = {}};
  if (run.workload.phase == Phase::prefill) {
    trace.causal = run.workload.causal == Causal::half ? "half" : "full";
  }
  Lowering lowering(places, pod.chip, run.overlap);
  const Graph graph = network(run.workload, model, sharding, pod.chip);
  std::transform(graph.begin(), graph.end(), std::back_inserter(trace.blocks),
                 [&](const GraphBlock& block) { return lowering.block(block); });
  return trace;
}

}  // namespace systole
