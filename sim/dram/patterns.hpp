// SPDX-License-Identifier: Apache-2.0
// Traffic of a whole memory, for asking what it can do: streams, strides, tiles, random accesses.
//
// Everything has arrived at the start, so a pattern saturates what it reaches. Regular patterns are
// trains; random ones are accesses of 64 bytes, each wherever it falls.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dram/memory.hpp"

namespace systole::dram {

struct Pattern {
  enum class Kind : std::uint8_t {
    seq_rd,       // One stream of reads.
    seq_wr,       // One stream of writes.
    mix_5050,     // A stream of reads and a stream of writes.
    stride,       // 64 bytes every `number` bytes.
    streams,      // `number` streams of reads, equally long.
    rand64,       // 64 bytes anywhere.
    rand64_5050,  // The same, each a read or a write by chance.
    tile64k       // 64 KiB at any multiple of 64 KiB.
  };
  std::string name;  // "stride_1024".
  Kind kind;
  std::uint64_t number = 0;

  [[nodiscard]] bool is_random() const { return kind == Kind::rand64 || kind == Kind::rand64_5050; }
};

// Throws UserError, with what there is.
[[nodiscard]] Pattern parse_pattern(std::string_view word);
[[nodiscard]] std::vector<std::string> pattern_names();  // "stride_N" with the N.

// Of a pattern that is not random: `bytes` in all, in a memory of `capacity`. Beyond the capacity a
// stride starts again 64 bytes further; streams go on.
[[nodiscard]] std::vector<Train> trains(const Pattern& pattern, Bytes bytes, Bytes capacity);

// The accesses of a random pattern: the same for the same capacity.
class RandomAccesses {
 public:
  struct Access {
    std::uint64_t base;  // Byte.
    Direction direction;
  };
  RandomAccesses(const Pattern& pattern, Bytes capacity)
      : has_writes_(pattern.kind == Pattern::Kind::rand64_5050), lines_(capacity.count() / 64) {}

  Access next();

 private:
  bool has_writes_;
  std::uint64_t lines_;
  std::uint64_t state_ = 88172645463325252;  // Marsaglia's xorshift64 starts here.
};

}  // namespace systole::dram
