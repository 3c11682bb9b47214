// SPDX-License-Identifier: Apache-2.0
// Sets of virtual channels and inputs as bits of a word, and the turns that go through them.
#pragma once

#include <bit>
#include <cstdint>

namespace systole::network {

// The first bit of `mask`, which is not empty, at or after `turn`, cyclically.
inline std::uint32_t first_from(std::uint32_t mask, std::uint32_t turn) {
  const std::uint32_t later = mask >> turn << turn;
  return static_cast<std::uint32_t>(std::countr_zero(later != 0 ? later : mask));
}

constexpr std::uint32_t ones(std::uint32_t n) { return n == 32 ? 0xffffffff : (1U << n) - 1; }

// A turn that came to `last` of `of`: next time the one after it comes first.
constexpr std::uint8_t after(std::uint32_t last, std::uint32_t of) {
  return static_cast<std::uint8_t>(last + 1 == of ? 0 : last + 1);
}

}  // namespace systole::network
