// SPDX-License-Identifier: Apache-2.0
// The number formats of operands, and which multiplier a pair of them uses.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/quantity.hpp"

namespace systole {

enum class DataType : std::uint8_t { bf16, fp8_e4m3, fp8_e5m2, int8, int4, fp4, ternary, fp32 };

inline constexpr std::array kDataTypes{DataType::bf16,    DataType::fp8_e4m3, DataType::fp8_e5m2,
                                       DataType::int8,    DataType::int4,     DataType::fp4,
                                       DataType::ternary, DataType::fp32};

[[nodiscard]] std::string_view name(DataType type);
[[nodiscard]] std::optional<DataType> data_type(std::string_view name);

// Bits of one stored element: a ternary weight is packed in 2, scales of groups are not included.
[[nodiscard]] std::uint32_t bits(DataType type);
[[nodiscard]] bool is_floating(DataType type);

// Whole bytes that `elements` packed elements take.
[[nodiscard]] Bytes storage(std::uint64_t elements, DataType type);

// A kind of multiply-accumulate: the key of `macs` in results and of mac_* prices.
enum class Multiplier : std::uint8_t { bf16, fp8, int8, int4, ternary_int8, ternary_bf16 };

inline constexpr std::array kMultipliers{Multiplier::bf16,         Multiplier::fp8,
                                         Multiplier::int8,         Multiplier::int4,
                                         Multiplier::ternary_int8, Multiplier::ternary_bf16};

[[nodiscard]] std::string_view name(Multiplier multiplier);
[[nodiscard]] std::optional<Multiplier> multiplier(std::string_view name);

// A floating-point operand selects bf16 (fp8 only if both are fp8; a ternary stationary operand has
// its own processing element); integer multipliers need two integers, int4 x int8 runs on int8.
// `stationary` is the operand held in the array (weights, keys, values), `moving` the one streamed.
[[nodiscard]] Multiplier multiplier_for(DataType stationary, DataType moving);

// Bits of a stationary operand as it is shifted into this multiplier's array.
[[nodiscard]] std::uint32_t operand_bits(Multiplier multiplier);

// True if a stationary operand of this type is widened by one lane operation per element per load.
[[nodiscard]] bool needs_dequantisation(DataType stationary, Multiplier multiplier);

}  // namespace systole
