// SPDX-License-Identifier: Apache-2.0
#include "cosim/random_codes.hpp"

#include <algorithm>
#include <array>

namespace systole::cosim {
namespace {

constexpr double kZeros = 0.75;

struct Fields {
  std::uint32_t exponent;  // Bits; 0: not a floating-point format.
  std::uint32_t mantissa;
};

Fields fields(DataType type) {
  switch (type) {
    case DataType::bf16: return {8, 7};
    case DataType::fp8_e4m3: return {4, 3};
    case DataType::fp8_e5m2: return {5, 2};
    case DataType::fp4: return {2, 1};
    case DataType::fp32: return {8, 23};
    case DataType::int8:
    case DataType::int4:
    case DataType::ternary: break;
  }
  return {0, 0};
}

std::uint32_t compose(Draw& draw, Fields f, std::uint32_t exponent, std::uint32_t mantissa) {
  return (draw.bits(1) << (f.exponent + f.mantissa)) | (exponent << f.mantissa) | mantissa;
}

std::uint32_t moderate(Draw& draw, Fields f) {
  const std::uint32_t bias = (1U << (f.exponent - 1)) - 1;
  const std::uint32_t spread = std::min(bias, 2U);
  return compose(draw, f, draw.between(bias - spread, bias + spread), draw.bits(f.mantissa));
}

std::uint32_t few_bits(Draw& draw, Fields f) {
  constexpr std::uint32_t kWide = 14;  // Products of such numbers are up to 56 places apart.
  const std::uint32_t bias = (1U << (f.exponent - 1)) - 1;
  const std::uint32_t spread = std::min(bias, kWide);
  const std::uint32_t mantissa = draw.bits(1) << draw.below(f.mantissa);
  return compose(draw, f, draw.between(bias - spread, bias + spread), mantissa);
}

std::uint32_t edge(Draw& draw, Fields f, bool special) {
  const std::uint32_t top = (1U << f.exponent) - 1;
  const std::uint32_t ones = (1U << f.mantissa) - 1;
  const std::array exponents{0U, 1U, top / 2, top - 1, special ? top : top - 1};
  const std::array mantissas{0U, 1U, ones};
  return compose(draw, f, draw.one_of(exponents), draw.one_of(mantissas));
}

std::uint32_t whole_number(Draw& draw, DataType type, bool edges) {
  const std::uint32_t mask = element_mask(bits(type));
  const std::uint32_t most = mask / 2;
  const std::array extremes{0U, 1U, mask, most, most + 1, most + 2};  // 0 1 -1 max min min + 1
  return (edges ? draw.one_of(extremes) : draw.between(0, 6) - 3U) & mask;
}

}  // namespace

Flavour random_flavour(Draw& draw) {
  constexpr std::array kFlavours{Flavour::moderate, Flavour::moderate, Flavour::moderate,
                                 Flavour::sparse,   Flavour::few_bits, Flavour::fair,
                                 Flavour::edges,    Flavour::special};
  return draw.one_of(kFlavours);
}

std::uint32_t random_code(Draw& draw, DataType type, Flavour flavour) {
  if (flavour == Flavour::fair || type == DataType::ternary) {
    const bool zero = flavour == Flavour::sparse && draw.chance(kZeros);
    return zero ? 0 : draw.bits(bits(type));
  }
  if (flavour == Flavour::sparse && draw.chance(kZeros)) {
    return 0;
  }
  const Fields f = fields(type);
  const bool is_edge = flavour == Flavour::edges || flavour == Flavour::special;
  if (f.exponent == 0) {
    return whole_number(draw, type, is_edge);
  }
  if (is_edge) {
    return edge(draw, f, flavour == Flavour::special);
  }
  return flavour == Flavour::few_bits ? few_bits(draw, f) : moderate(draw, f);
}

model::Row random_row(Draw& draw, DataType type, std::uint32_t count, Flavour flavour) {
  model::Row out = zero_row(count, bits(type));
  for (std::uint32_t i = 0; i < count; ++i) {
    set_element(out, bits(type), i, random_code(draw, type, flavour));
  }
  return out;
}

}  // namespace systole::cosim
