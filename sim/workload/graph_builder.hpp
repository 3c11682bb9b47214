// SPDX-License-Identifier: Apache-2.0
// Builds a graph from values: whoever takes a value waits for the node that made it.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "workload/graph.hpp"

namespace systole {

// What a node makes, or what comes from the iteration before.
struct Value {
  std::string node;
};

class GraphBuilder {
 public:
  // Starts a block; returns what the block, or the iteration, before it ended with.
  Value open(std::string block, std::uint64_t repeat) {
    graph_.push_back({.name = std::move(block), .repeat = repeat, .nodes = {}});
    return {"previous"};
  }

  Value add(std::string name, GraphWork work, const std::vector<Value>& inputs) {
    Node node{.name = name, .work = std::move(work), .after = {}};
    for (const Value& input : inputs) {
      if (std::ranges::find(node.after, input.node) == node.after.end()) {
        node.after.push_back(input.node);
      }
    }
    graph_.back().nodes.push_back(std::move(node));
    return {std::move(name)};
  }

  [[nodiscard]] Graph finish() && { return std::move(graph_); }

 private:
  Graph graph_;
};

}  // namespace systole
