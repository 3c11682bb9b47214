// SPDX-License-Identifier: Apache-2.0
// The matrix unit's number formats: what the bits of one element mean, and how a number becomes
// bits. Every value of every format is exact in fp32, so fp32 is the common language.
//
// | format   | bits | value |
// |----------|------|-------|
// | int8     | 8    | two's complement |
// | int4     | 4    | two's complement |
// | ternary  | 2    | bit 0: not zero, bit 1: negative. 00 and 10 are 0, 01 is +1, 11 is -1 |
// | bf16     | 16   | 1-8-7, bias 127. Subnormals read as 0; infinities and NaN as IEEE 754 |
// | fp8_e4m3 | 8    | 1-4-3, bias 7. Subnormals count; no infinity; S.1111.111 is NaN |
// | fp8_e5m2 | 8    | 1-5-2, bias 15. Subnormals count; infinities and NaN as IEEE 754 |
// | fp4      | 4    | e2m1, bias 1: 0 0.5 1 1.5 2 3 4 6 and their negatives; no NaN |
// | fp32     | 32   | IEEE 754; subnormals read as 0 |
//
// fp8 is OCP OFP8 1.0; fp4 and the block scale e8m0 are OCP MX 1.0.
//
// A zero of either sign reads as +0 wherever the sign of zero could be seen; a NaN is a NaN
// whatever its bits.
#pragma once

#include <cstdint>

#include "base/data_type.hpp"

namespace systole::numerics {

using Code = std::uint32_t;  // The bits of one element, right-aligned; bits above are 0.

inline constexpr std::uint32_t kNan = 0x7fc00000;  // The only NaN that arithmetic produces.

// The value of an element. NaN comes back as kNan, a subnormal bf16 or fp32 and every zero as +0.
[[nodiscard]] float decode(DataType type, Code code);

// Nearest element, ties to even. What is beyond the largest finite value becomes it in every format
// but bf16 and fp32, where it rounds to infinity as in IEEE 754 (infinity itself saturates
// likewise). NaN becomes the format's NaN with a clear sign (bf16 0x7fc0, fp8_e4m3 and fp8_e5m2
// 0x7f), and 0 where there is none. Results that would read as 0 (subnormal bf16, fp32) are +0, and
// what rounds up to the smallest normal number stays, as in arithmetic; a negative number that
// rounds to zero is +0 in every format.
[[nodiscard]] Code encode(DataType type, float value);

// A block scale of OCP MX: 2^(code - 127), 0xff is NaN. Code 0 is a subnormal of fp32: it reads as
// 0.
[[nodiscard]] float decode_e8m0(std::uint8_t code);

}  // namespace systole::numerics
