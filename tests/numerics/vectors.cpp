// SPDX-License-Identifier: Apache-2.0
#include "vectors.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace systole::oracle {
namespace {

constexpr std::uint32_t kSign = 0x80000000;

// Zeros, subnormals, the smallest and largest normals, 1 and its neighbours, 2^24, infinities, NaNs
// quiet and signalling.
constexpr std::array<std::uint32_t, 24> kSpecial{
    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007fffff, 0x807fffff, 0x00400000, 0x00800000,
    0x80800000, 0x00800001, 0x7f7fffff, 0xff7fffff, 0x7f7ffffe, 0x3f800000, 0xbf800000, 0x3f800001,
    0x3f7fffff, 0x4b800000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001, 0xffffffff};

std::uint32_t fp32_of(std::uint32_t sign, std::uint32_t exponent, std::uint32_t mantissa) {
  return sign << 31 | (exponent & 0xff) << 23 | (mantissa & 0x7fffff);
}

}  // namespace

std::uint64_t announced(std::uint64_t count, std::string_view what) {
  const char* full = std::getenv("SYSTOLE_FULL");
  if (full != nullptr && std::string_view(full) == "1") {
    fmt::print("{} {}\n", count * 10, what);
    return count * 10;
  }
  fmt::print("{} {} ({} with SYSTOLE_FULL=1)\n", count, what, count * 10);
  return count;
}

std::uint32_t Vectors::mantissa() {
  const std::uint32_t bit = 1U << below(23);
  switch (below(6)) {
    case 0: return 0;
    case 1: return 0x7fffff;
    case 2: return bit;
    case 3: return 0x7fffff & ~bit;
    case 4: return below(16) == 0 ? 0x400000 + below(3) - 1 : bits() & (0U - bit) & 0x7fffff;
    default: return bits() & 0x7fffff;
  }
}

std::uint32_t Vectors::fp32() {
  const std::uint32_t sign = below(2);
  switch (below(8)) {
    case 0: return below(4) == 0 ? kSpecial[below(kSpecial.size())] : bits();
    case 1: return bits();
    case 2: return fp32_of(sign, below(3), mantissa());
    case 3: return fp32_of(sign, below(32), mantissa());
    case 4: return fp32_of(sign, 254 - below(28), mantissa());
    default: return fp32_of(sign, 127 - 14 + below(28), mantissa());
  }
}

std::uint32_t Vectors::fp32_beside(std::uint32_t other) {
  const std::uint32_t exponent = other >> 23 & 0xff;
  switch (below(6)) {
    case 0: return other ^ kSign;
    case 1: return (other ^ kSign) + below(9) - 4;
    case 2: return (other ^ kSign) + (1U << below(24));
    case 3: return fp32_of(below(2), exponent - below(28), mantissa());
    case 4: return fp32_of(below(2), exponent + below(2), mantissa());
    default: return fp32();
  }
}

std::pair<std::uint32_t, std::uint32_t> Vectors::fp32_factors() {
  const std::uint32_t a = fp32();
  const auto exponent = static_cast<std::int32_t>(a >> 23 & 0xff);
  // The exponent fields of factors of a normal product add up to 128 to 381, or one less if the
  // significands' product carries.
  std::int32_t sum = 0;
  switch (below(4)) {
    case 0: sum = 123 + static_cast<std::int32_t>(below(8)); break;
    case 1: sum = 378 + static_cast<std::int32_t>(below(8)); break;
    default: return {a, fp32()};
  }
  const std::int32_t other = sum - exponent;
  if (other < 1 || other > 254) {
    return {a, fp32()};
  }
  return {a, fp32_of(below(2), static_cast<std::uint32_t>(other), mantissa())};
}

std::pair<std::uint32_t, std::uint32_t> Vectors::bf16_factors() {
  const auto [a, b] = fp32_factors();
  return {a >> 16, b >> 16};
}

std::uint32_t Vectors::int32() {
  const std::uint32_t power = 1U << below(32);
  std::uint32_t number = 0;
  switch (below(4)) {
    case 0: number = below(64); break;
    case 1: number = power + below(9) - 4; break;
    // Halfway between two fp32 numbers, which are 2^7 apart here, and beside it.
    case 2: number = (1U << 30 | below(1U << 23) << 7) + 64 + below(3) - 1; break;
    default: number = bits();
  }
  return below(2) == 0 ? number : 0U - number;
}

void Seen::add(std::uint32_t fp32_result) {
  const std::uint32_t magnitude = fp32_result & ~kSign;
  if (magnitude > 0x7f800000) {
    ++nan;
  } else if (magnitude == 0x7f800000) {
    ++infinite;
  } else if (magnitude == 0) {
    ++zero;
  } else {
    ++other;
  }
}

}  // namespace systole::oracle
