// SPDX-License-Identifier: Apache-2.0
#include "lower/gathers.hpp"

#include <algorithm>
#include <utility>

namespace systole {

GraphBlock without_idle_shards(const GraphBlock& block, const Places& places) {
  if (places.weights != Place::scratchpad) {
    return block;
  }
  GraphBlock out{.name = block.name, .repeat = block.repeat, .nodes = {}};
  std::string idle;
  std::vector<std::string> before;  // What it waited for.
  for (Node node : block.nodes) {
    if (std::holds_alternative<WeightShards>(node.work)) {
      idle = node.name;
      before = node.after;
      continue;
    }
    if (std::erase(node.after, idle) > 0) {
      for (const std::string& name : before) {
        if (std::ranges::find(node.after, name) == node.after.end()) {
          node.after.push_back(name);
        }
      }
    }
    out.nodes.push_back(std::move(node));
  }
  return out;
}

Operation lower_shards(const Node& node, const WeightShards& shards, const Places& places) {
  const Move read{.from = places.weights,
                  .to = Place::scratchpad,
                  .bytes = storage(shards.elements, shards.weights),
                  .segments = shards.matrices,
                  .elements = shards.elements,
                  .tensor = Stationary::weight};
  return {.name = node.name, .work = read, .after = node.after};
}

std::vector<Operation> lower_gather(const Node& node, const WeightGather& gather,
                                    const Places& places) {
  const Bytes bytes = storage(gather.elements, gather.weights);
  const Collective links{.kind = CollectiveKind::all_gather,
                         .axes = gather.axes,
                         .bytes = bytes,
                         .type = gather.weights};
  if (places.gathered == Place::scratchpad) {
    return {{.name = node.name, .work = links, .after = node.after}};
  }
  const std::string gathered = node.name + "_gather";
  const Move keep{.from = Place::scratchpad,
                  .to = places.gathered,
                  .bytes = bytes,
                  .segments = 1,
                  .elements = gather.elements,
                  .tensor = Stationary::weight};
  return {{.name = gathered, .work = links, .after = node.after},
          {.name = node.name, .work = keep, .after = {gathered}}};
}

}  // namespace systole
