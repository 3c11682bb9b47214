// SPDX-License-Identifier: Apache-2.0
#include "numerics/arithmetic.hpp"

#include "numerics/multiply_add.hpp"

namespace systole::numerics {

Sum add_fp32(Sum a, Sum b) { return write_fp32(read_fp32(a) + read_fp32(b)); }

Sum multiply_add(DataType weights, Code activation, Code weight, Sum sum) {
  return with_weights(weights,
                      [&]<DataType type> { return multiply_add<type>(activation, weight, sum); });
}

Sum add_sums(DataType weights, Sum a, Sum b) {
  return has_integer_sums(weights) ? a + b : add_fp32(a, b);
}

Sum scale_sum(DataType weights, Sum sum, Sum scale) {
  if (!has_integer_sums(weights)) {
    return write_fp32(read_fp32(sum) * read_fp32(scale));
  }
  const auto rounded = static_cast<float>(static_cast<std::int32_t>(sum));
  const float unit = weights == DataType::fp4 ? 0.25F : 1.0F;
  return write_fp32(rounded * unit * read_fp32(scale));  // The unit changes the exponent only.
}

}  // namespace systole::numerics
