// SPDX-License-Identifier: Apache-2.0
// Where a channel's bursts lie, and which bursts of a memory are a channel's.
//
// Fields and XORs are linear over GF(2): the place of a number is the XOR of the places of its
// bytes, which are tabulated. Bits above the mapping's top go on counting rows.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dram/device.hpp"

namespace systole::dram {

// Bank in the upper half and row in the lower: what the engine needs of a Location.
struct Place {
  std::uint32_t bank;
  std::uint32_t row;
};

class AddressMap {
 public:
  explicit AddressMap(const Device& device);

  [[nodiscard]] Location locate(std::uint64_t burst) const;
  [[nodiscard]] Place place(std::uint64_t burst) const {
    std::uint64_t packed = tables_[0][burst & 255U];
    burst >>= 8U;
    for (std::size_t byte = 1; burst != 0; ++byte, burst >>= 8U) {
      packed ^= tables_[byte][burst & 255U];
    }
    return {static_cast<std::uint32_t>(packed >> 32U), static_cast<std::uint32_t>(packed)};
  }

  // Bits from here up only number rows: adding a multiple of 2^period_bits to all bursts renames
  // rows and changes nothing else. 64 if there is no such place.
  [[nodiscard]] std::uint32_t period_bits() const { return period_bits_; }

  // In aligned blocks of 2^block_bits bursts each bank keeps its row, and banks come round every
  // 2^visit_bits bursts. Both are zero if rows change sooner.
  [[nodiscard]] std::uint32_t visit_bits() const { return visit_bits_; }
  [[nodiscard]] std::uint32_t block_bits() const { return block_bits_; }

  // How many bursts of `channel` have a number below `burst` in a memory of `channels`: bursts
  // [a, b) of the memory are bursts [share(a), share(b)) of the channel.
  [[nodiscard]] std::uint64_t share(std::uint64_t burst, std::uint32_t channel,
                                    std::uint32_t channels) const;
  // Bursts in a row that one channel has.
  [[nodiscard]] std::uint64_t granule() const { return std::uint64_t{1} << channel_shift_; }

 private:
  void find_period(const Mapping& mapping, const std::vector<Field>& bits);
  void find_blocks(const std::vector<Field>& bits);

  std::vector<Field> bits_;  // Of the channel's burst numbers, lowest first.
  std::vector<MappingXor> xors_;
  std::uint32_t banks_;
  std::uint32_t channel_shift_ = 0;
  std::uint32_t period_bits_ = 64;
  std::uint32_t visit_bits_ = 0;
  std::uint32_t block_bits_ = 0;
  std::array<std::array<std::uint64_t, 256>, 8> tables_{};
};

}  // namespace systole::dram
