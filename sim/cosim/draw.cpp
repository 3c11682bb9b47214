// SPDX-License-Identifier: Apache-2.0
#include "cosim/draw.hpp"

#include <string>

#include "base/hash.hpp"
#include "base/random.hpp"

namespace systole::cosim {
namespace {

constexpr std::uint32_t kPool = 52;  // Fair bits in one draw of uniform().

std::uint64_t number_of(std::string_view name) {
  constexpr int kHexadecimal = 16;
  constexpr std::size_t kDigits = 16;
  return std::stoull(content_hash(name).substr(0, kDigits), nullptr, kHexadecimal);
}

}  // namespace

Draw::Draw(std::uint64_t seed, std::string_view name) : seed_(seed), stream_(number_of(name)) {}

double Draw::next() { return uniform(seed_, stream_, drawn_++); }

std::uint32_t Draw::bits(std::uint32_t count) {
  if (in_pool_ < count) {
    pool_ = static_cast<std::uint64_t>(next() * 0x1p52);
    in_pool_ = kPool;
  }
  const auto out = static_cast<std::uint32_t>(pool_ & ((1ULL << count) - 1));
  pool_ >>= count;
  in_pool_ -= count;
  return out;
}

std::uint32_t Draw::below(std::uint32_t end) { return static_cast<std::uint32_t>(next() * end); }

std::uint32_t Draw::between(std::uint32_t least, std::uint32_t most) {
  return least + below(most - least + 1);
}

bool Draw::chance(double probability) { return next() < probability; }

std::uint64_t Draw::seed() {
  return (static_cast<std::uint64_t>(bits(kPool / 2)) << (kPool / 2)) | bits(kPool / 2);
}

}  // namespace systole::cosim
