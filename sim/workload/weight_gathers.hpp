// SPDX-License-Identifier: Apache-2.0
// Weight-gathered layouts: where in a layer's graph its matrices are gathered.
//
// Ahead, while a matrix works, its namesake of the next layer is gathered beside it, so that links
// and matrix units share the time in proportion and room for one layer and its largest matrix will
// do. Otherwise each matrix is gathered when it is needed.
#pragma once

#include <string>
#include <vector>

#include "workload/graph_builder.hpp"
#include "workload/model.hpp"
#include "workload/sharding.hpp"

namespace systole {

class WeightGathers {
 public:
  WeightGathers(GraphBuilder& graph, const ModelConfig& model, const Sharding& sharding,
                DataType weights);

  enum class When : std::uint8_t { never, ahead, now };

  // A block that gathers a whole layer: the first.
  void whole_layer(const std::vector<std::string>& linears);
  // At the start of a layer, after `x`.
  void start(When when, const Value& x);
  // Before the next matrix product; what it waits for besides its input.
  [[nodiscard]] std::vector<Value> before(const std::string& linear);
  void done(const Value& linear) { last_ = {linear}; }
  // What the end of the layer waits for.
  [[nodiscard]] const std::vector<Value>& pending() const { return pending_; }

 private:
  [[nodiscard]] Value shards(const Value& after);
  [[nodiscard]] Value gather(const std::string& linear, std::vector<Value> after);

  GraphBuilder& graph_;
  const Sharding& s_;
  const DataType weights_;
  const std::vector<Matrix> matrices_;
  When when_ = When::never;
  std::size_t next_ = 0;
  std::vector<Value> shards_;
  std::vector<Value> last_;  // The product before; its room is the next gather's.
  std::vector<Value> pending_;
};

}  // namespace systole
