// SPDX-License-Identifier: Apache-2.0
#include "dram/address_map.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace systole::dram {
namespace {

constexpr std::size_t kFields = 5;

std::uint32_t low_mask(std::uint32_t bits) {
  return bits >= 32 ? ~0U : (std::uint32_t{1} << bits) - 1U;
}

std::size_t index(Field field) { return static_cast<std::size_t>(field); }

}  // namespace

AddressMap::AddressMap(const Device& device) : xors_(device.mapping.xors), banks_(device.banks) {
  bool channel_seen = false;
  for (const MappingField& part : device.mapping.fields) {
    if (part.field == Field::channel) {
      check(!channel_seen, "{}: the mapping names the channel twice", device.name);
      channel_seen = true;
      channel_shift_ = static_cast<std::uint32_t>(bits_.size());
    } else {
      bits_.insert(bits_.end(), part.bits, part.field);
    }
  }
  check(bits_.size() <= 48, "{}: the mapping has {} bits", device.name, bits_.size());
  for (const MappingXor& mix : xors_) {
    check(mix.field != Field::channel && mix.with != Field::channel && mix.field != mix.with,
          "{}: the mapping mixes a field with itself or with the channel", device.name);
  }
  for (std::size_t byte = 0; byte < tables_.size(); ++byte) {
    for (std::uint64_t value = 0; value < 256; ++value) {
      const Location at = locate(value << (8 * byte));
      tables_[byte][value] = std::uint64_t{at.bank} << 32U | at.row;
    }
  }
  find_period(device.mapping, bits_);
  find_blocks(bits_);
}

Location AddressMap::locate(std::uint64_t burst) const {
  std::array<std::uint32_t, kFields> value{};
  std::array<std::uint32_t, kFields> width{};
  for (const Field field : bits_) {
    value[index(field)] |= static_cast<std::uint32_t>(burst & 1U) << width[index(field)];
    ++width[index(field)];
    burst >>= 1U;
  }
  const std::uint32_t row_bits = width[index(Field::row)];
  value[index(Field::row)] |= row_bits < 32 ? static_cast<std::uint32_t>(burst) << row_bits : 0U;
  for (const MappingXor& mix : xors_) {
    value[index(mix.field)] ^= value[index(mix.with)] & low_mask(mix.bits);
  }
  return {value[index(Field::group)] * banks_ + value[index(Field::bank)], value[index(Field::row)],
          value[index(Field::column)]};
}

// The run of row bits at the top, without those that an XOR carries into another field. Rows that
// are themselves mixed with something are not renamed by an addition.
void AddressMap::find_period(const Mapping& mapping, const std::vector<Field>& bits) {
  std::uint32_t mixed = 0;  // Low bits of the row that other fields see.
  for (const MappingXor& mix : mapping.xors) {
    if (mix.field == Field::row) {
      return;
    }
    if (mix.with == Field::row) {
      mixed = std::max(mixed, mix.bits);
    }
  }
  std::size_t top = bits.size();
  auto rows = static_cast<std::uint32_t>(std::count(bits.begin(), bits.end(), Field::row));
  while (top > 0 && bits[top - 1] == Field::row && rows > mixed) {
    --top;
    --rows;
  }
  period_bits_ = static_cast<std::uint32_t>(top) + (mixed > rows ? mixed - rows : 0);
}

void AddressMap::find_blocks(const std::vector<Field>& bits) {
  std::size_t begin = 0;
  while (begin < bits.size() && bits[begin] != Field::row) {
    std::size_t end = begin;
    while (end < bits.size() && bits[end] == Field::column) {
      ++end;
    }
    if (end - begin > block_bits_ - visit_bits_) {
      visit_bits_ = static_cast<std::uint32_t>(begin);
      block_bits_ = static_cast<std::uint32_t>(end);
    }
    begin = std::max(end, begin + 1);
  }
  // An XOR with columns moves banks inside the block.
  for (const MappingXor& mix : xors_) {
    if (mix.with == Field::column) {
      visit_bits_ = 0;
      block_bits_ = 0;
    }
  }
}

std::uint64_t AddressMap::share(std::uint64_t burst, std::uint32_t channel,
                                std::uint32_t channels) const {
  const std::uint64_t granules = burst >> channel_shift_;
  const std::uint64_t all = (granules / channels) << channel_shift_;
  const std::uint64_t turn = granules % channels;
  if (turn == channel) {
    return all + (burst & (granule() - 1));
  }
  return turn > channel ? all + granule() : all;
}

}  // namespace systole::dram
