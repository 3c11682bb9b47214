// SPDX-License-Identifier: Apache-2.0
// Random choices of one case: a stream of draws named by a seed and a text, the same everywhere.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace systole::cosim {

class Draw {
 public:
  // Streams of different names have nothing to do with each other.
  Draw(std::uint64_t seed, std::string_view name);

  [[nodiscard]] std::uint32_t bits(std::uint32_t count);  // `count` fair bits, at most 32.
  [[nodiscard]] std::uint32_t below(std::uint32_t end);   // 0 to end - 1.
  [[nodiscard]] std::uint32_t between(std::uint32_t least, std::uint32_t most);
  [[nodiscard]] bool chance(double probability);
  [[nodiscard]] std::uint64_t seed();  // For a stream below this one.

  template <class T, std::size_t size>
  [[nodiscard]] const T& one_of(const std::array<T, size>& choices) {
    return choices[below(static_cast<std::uint32_t>(size))];
  }

 private:
  [[nodiscard]] double next();

  std::uint64_t seed_;
  std::uint64_t stream_;
  std::uint64_t drawn_ = 0;
  std::uint64_t pool_ = 0;  // Bits that are drawn and not handed out.
  std::uint32_t in_pool_ = 0;
};

}  // namespace systole::cosim
