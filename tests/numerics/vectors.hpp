// SPDX-License-Identifier: Apache-2.0
// Random operands that look for trouble: special values, both ends of the exponent range, ties and
// cancellation. Seeded, and the same on every machine.
#pragma once

#include <cstdint>
#include <random>
#include <string_view>
#include <utility>

#include "base/data_type.hpp"

namespace systole::oracle {

// How many cases a test runs: `count`, or with SYSTOLE_FULL=1 in the environment ten times as many.
// Says so on standard output.
[[nodiscard]] std::uint64_t announced(std::uint64_t count, std::string_view what);

class Vectors {
 public:
  explicit Vectors(std::uint64_t seed) : engine_(seed) {}

  // Nearly uniform below `limit`.
  [[nodiscard]] std::uint32_t below(std::uint32_t limit) {
    return static_cast<std::uint32_t>((engine_() >> 32) % limit);
  }
  [[nodiscard]] std::uint32_t bits() { return static_cast<std::uint32_t>(engine_() >> 32); }

  [[nodiscard]] std::uint32_t fp32();
  // Another fp32 number, often one that nearly cancels `other` or is shifted against it by about a
  // significand.
  [[nodiscard]] std::uint32_t fp32_beside(std::uint32_t other);
  // Factors of a product, often one at either end of fp32's range.
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> fp32_factors();
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> bf16_factors();
  // An int32 sum: small, around powers of two, at the ends, where fp32 has ties.
  [[nodiscard]] std::uint32_t int32();

 private:
  [[nodiscard]] std::uint32_t mantissa();  // 23 bits.

  std::mt19937_64 engine_;
};

// What results a test has seen, so that it can show that its vectors reached the edges.
struct Seen {
  std::uint64_t nan = 0;
  std::uint64_t infinite = 0;
  std::uint64_t zero = 0;
  std::uint64_t other = 0;

  void add(std::uint32_t fp32_result);
};

}  // namespace systole::oracle
