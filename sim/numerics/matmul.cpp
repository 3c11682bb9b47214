// SPDX-License-Identifier: Apache-2.0
#include "numerics/matmul.hpp"

#include <algorithm>
#include <cstddef>

#include "base/error.hpp"

namespace systole::numerics {
namespace {

// One element of the result: the sum over column `c` of the weights with row `r` of activations.
class Element {
 public:
  Element(const MatmulShape& shape, const Code* activations, const Code* weights, const Sum* scales)
      : shape_(shape), activations_(activations), weights_(weights), scales_(scales) {}

  [[nodiscard]] Sum result() const {
    const std::uint32_t depth = shape_.group == 0 ? shape_.k : shape_.group;
    Sum result = 0;
    for (std::uint32_t begin = 0, g = 0; begin < shape_.k; ++g) {
      const std::uint32_t end = begin + std::min(depth, shape_.k - begin);
      Sum sum = group(begin, end);
      if (shape_.group != 0) {
        sum = scale_sum(shape_.weights, sum, scales_[std::size_t{g} * shape_.n]);
      }
      result = begin == 0 ? sum : add_fp32(result, sum);
      begin = end;
    }
    return result;
  }

 private:
  [[nodiscard]] Sum group(std::uint32_t begin, std::uint32_t end) const {
    Sum sum = 0;
    for (std::uint32_t k = begin; k < end;) {
      const std::uint32_t tile_end = k + std::min(shape_.rows, end - k);
      const Sum next = tile(k, tile_end);
      sum = k == begin ? next : add_sums(shape_.weights, sum, next);
      k = tile_end;
    }
    return sum;
  }

  // The array's rows beyond `end` would add 0 x 0, which changes no sum.
  [[nodiscard]] Sum tile(std::uint32_t begin, std::uint32_t end) const {
    Sum sum = 0;
    for (std::uint32_t k = begin; k < end; ++k) {
      sum = multiply_add(shape_.weights, activations_[k], weights_[std::size_t{k} * shape_.n], sum);
    }
    return sum;
  }

  const MatmulShape& shape_;
  const Code* activations_;  // Of the result's row.
  const Code* weights_;      // Of the result's column, n apart, as the scales are.
  const Sum* scales_;
};

void check_sizes(const MatmulShape& shape, const std::vector<Code>& activations,
                 const std::vector<Code>& weights, const std::vector<Sum>& scales) {
  check(shape.rows >= 1 && shape.k >= 1, "a matrix product of depth {} in an array of {} rows",
        shape.k, shape.rows);
  const std::size_t groups =
      shape.group == 0 ? 0 : (std::size_t{shape.k} + shape.group - 1) / shape.group;
  check(activations.size() == std::size_t{shape.m} * shape.k, "{} activations for {} x {}",
        activations.size(), shape.m, shape.k);
  check(weights.size() == std::size_t{shape.k} * shape.n, "{} weights for {} x {}", weights.size(),
        shape.k, shape.n);
  check(scales.size() == groups * shape.n, "{} scales for {} groups x {}", scales.size(), groups,
        shape.n);
}

}  // namespace

std::vector<Sum> matmul(const MatmulShape& shape, const std::vector<Code>& activations,
                        const std::vector<Code>& weights, const std::vector<Sum>& scales) {
  check_sizes(shape, activations, weights, scales);
  std::vector<Sum> results;
  results.reserve(std::size_t{shape.m} * shape.n);
  for (std::uint32_t r = 0; r < shape.m; ++r) {
    for (std::uint32_t c = 0; c < shape.n; ++c) {
      const Sum* column_scales = scales.empty() ? nullptr : &scales[c];
      const Element element(shape, &activations[std::size_t{r} * shape.k], &weights[c],
                            column_scales);
      results.push_back(element.result());
    }
  }
  return results;
}

}  // namespace systole::numerics
