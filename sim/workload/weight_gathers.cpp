// SPDX-License-Identifier: Apache-2.0
#include "workload/weight_gathers.hpp"

namespace systole {

WeightGathers::WeightGathers(GraphBuilder& graph, const ModelConfig& model,
                             const Sharding& sharding, DataType weights)
    : graph_(graph), s_(sharding), weights_(weights), matrices_(layer_matrices(model, sharding)) {}

void WeightGathers::whole_layer(const std::vector<std::string>& linears) {
  start(When::ahead, graph_.open("first_weights", 1));
  for (const std::string& linear : linears) {
    last_ = {gather(linear, last_)};
  }
}

void WeightGathers::start(When when, const Value& x) {
  when_ = when;
  next_ = 0;
  last_.clear();
  pending_.clear();
  shards_.clear();
  if (when != When::never) {
    shards_ = {shards(x)};
  }
}

std::vector<Value> WeightGathers::before(const std::string& linear) {
  if (when_ == When::never) {
    return {};
  }
  const Value gathered = gather(linear, last_);
  if (when_ == When::now) {
    return {gathered};
  }
  pending_.push_back(gathered);
  return {};
}

Value WeightGathers::shards(const Value& after) {
  WeightShards work{.elements = 0, .matrices = matrices_.size(), .weights = weights_};
  for (const Matrix& matrix : matrices_) {
    work.elements += ceil_div(matrix.elements(), s_.gather_chips);
  }
  return graph_.add("weight_shards", work, {after});
}

Value WeightGathers::gather(const std::string& linear, std::vector<Value> after) {
  after.insert(after.end(), shards_.begin(), shards_.end());
  const std::uint64_t share = ceil_div(matrices_.at(next_++).elements(), s_.gather_chips);
  return graph_.add(
      linear + "_weights",
      WeightGather{
          .axes = s_.gather_axes, .elements = share * s_.gather_chips, .weights = weights_},
      after);
}

}  // namespace systole
