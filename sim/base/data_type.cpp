// SPDX-License-Identifier: Apache-2.0
#include "base/data_type.hpp"

namespace systole {

std::string_view name(DataType type) {
  switch (type) {
    case DataType::bf16: return "bf16";
    case DataType::fp8_e4m3: return "fp8_e4m3";
    case DataType::fp8_e5m2: return "fp8_e5m2";
    case DataType::int8: return "int8";
    case DataType::int4: return "int4";
    case DataType::fp4: return "fp4";
    case DataType::ternary: return "ternary";
    case DataType::fp32: return "fp32";
  }
  return "";
}

std::optional<DataType> data_type(std::string_view text) {
  for (const DataType type : kDataTypes) {
    if (name(type) == text) {
      return type;
    }
  }
  return std::nullopt;
}

std::uint32_t bits(DataType type) {
  switch (type) {
    case DataType::fp32: return 32;
    case DataType::bf16: return 16;
    case DataType::fp8_e4m3:
    case DataType::fp8_e5m2:
    case DataType::int8: return 8;
    case DataType::int4:
    case DataType::fp4: return 4;
    case DataType::ternary: return 2;
  }
  return 0;
}

bool is_floating(DataType type) {
  return type != DataType::int8 && type != DataType::int4 && type != DataType::ternary;
}

Bytes storage(std::uint64_t elements, DataType type) {
  return Bytes{ceil_div(elements * bits(type), 8)};
}

std::string_view name(Multiplier multiplier) {
  switch (multiplier) {
    case Multiplier::bf16: return "bf16";
    case Multiplier::fp8: return "fp8";
    case Multiplier::int8: return "int8";
    case Multiplier::int4: return "int4";
    case Multiplier::ternary_int8: return "ternary_int8";
    case Multiplier::ternary_bf16: return "ternary_bf16";
  }
  return "";
}

std::optional<Multiplier> multiplier(std::string_view text) {
  for (const Multiplier kind : kMultipliers) {
    if (name(kind) == text) {
      return kind;
    }
  }
  return std::nullopt;
}

Multiplier multiplier_for(DataType stationary, DataType moving) {
  const auto is_fp8 = [](DataType t) { return t == DataType::fp8_e4m3 || t == DataType::fp8_e5m2; };
  if (is_fp8(stationary) && is_fp8(moving)) {
    return Multiplier::fp8;
  }
  if (is_floating(stationary) || is_floating(moving)) {
    const bool ternary = stationary == DataType::ternary || moving == DataType::ternary;
    return ternary ? Multiplier::ternary_bf16 : Multiplier::bf16;
  }
  if (stationary == DataType::ternary || moving == DataType::ternary) {
    return Multiplier::ternary_int8;
  }
  if (stationary == DataType::int4 && moving == DataType::int4) {
    return Multiplier::int4;
  }
  return Multiplier::int8;
}

std::uint32_t operand_bits(Multiplier multiplier) {
  switch (multiplier) {
    case Multiplier::bf16: return 16;
    case Multiplier::fp8:
    case Multiplier::int8: return 8;
    case Multiplier::int4: return 4;
    case Multiplier::ternary_int8:
    case Multiplier::ternary_bf16: return 2;
  }
  return 0;
}

bool needs_dequantisation(DataType stationary, Multiplier multiplier) {
  return multiplier == Multiplier::bf16 && bits(stationary) < operand_bits(multiplier);
}

}  // namespace systole
