// SPDX-License-Identifier: Apache-2.0
#include "numerics/arithmetic.hpp"

#include "base/error.hpp"
#include "numerics/multiply_add.hpp"

namespace systole::numerics {

Sum add_fp32(Sum a, Sum b) { return write_fp32(read_fp32(a) + read_fp32(b)); }

Sum multiply_add(DataType weights, Code activation, Code weight, Sum sum) {
  switch (weights) {
    case DataType::int8: return multiply_add<DataType::int8>(activation, weight, sum);
    case DataType::int4: return multiply_add<DataType::int4>(activation, weight, sum);
    case DataType::ternary: return multiply_add<DataType::ternary>(activation, weight, sum);
    case DataType::bf16: return multiply_add<DataType::bf16>(activation, weight, sum);
    case DataType::fp8_e4m3: return multiply_add<DataType::fp8_e4m3>(activation, weight, sum);
    case DataType::fp8_e5m2: return multiply_add<DataType::fp8_e5m2>(activation, weight, sum);
    case DataType::fp4: return multiply_add<DataType::fp4>(activation, weight, sum);
    case DataType::fp32: break;
  }
  throw Bug("no processing element has fp32 weights");
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
