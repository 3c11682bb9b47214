// SPDX-License-Identifier: Apache-2.0
// The elements of a row on the pins: element i of `width` bits at bits [i * width, (i + 1) *
// width).
//
// Every width of the matrix unit (2, 4, 8, 16, 32) divides a word, so no element straddles two.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/array_unit.hpp"
#include "numerics/arithmetic.hpp"

namespace systole::cosim {

constexpr std::uint32_t kWordBits = 32;

[[nodiscard]] inline std::uint32_t element_mask(std::uint32_t width) {
  return width == kWordBits ? ~0U : (1U << width) - 1U;
}

// A row of `count` zeros.
[[nodiscard]] inline model::Row zero_row(std::uint32_t count, std::uint32_t width) {
  return model::Row((count * width + kWordBits - 1) / kWordBits);
}

[[nodiscard]] inline std::uint32_t element(const model::Row& row, std::uint32_t width,
                                           std::uint32_t index) {
  const std::uint32_t bit = index * width;
  return (row[bit / kWordBits] >> (bit % kWordBits)) & element_mask(width);
}

inline void set_element(model::Row& row, std::uint32_t width, std::uint32_t index,
                        std::uint32_t code) {
  const std::uint32_t bit = index * width;
  std::uint32_t& word = row[bit / kWordBits];
  word &= ~(element_mask(width) << (bit % kWordBits));
  word |= code << (bit % kWordBits);
}

[[nodiscard]] inline std::uint32_t weight_bits(const model::ArrayConfig& config) {
  return bits(config.type);
}

[[nodiscard]] inline std::uint32_t activation_bits(const model::ArrayConfig& config) {
  return bits(numerics::activation_type(config.type));
}

}  // namespace systole::cosim
