// SPDX-License-Identifier: Apache-2.0
#include "dram/patterns.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.hpp"
#include "base/number.hpp"
#include "base/suggest.hpp"
#include "base/units.hpp"

namespace systole::dram {
namespace {

using Kind = Pattern::Kind;

constexpr std::uint64_t kLine = 64;             // Bytes of a random or strided access.
constexpr std::uint64_t kTile = 65'536;         // Bytes of a tile.
constexpr std::uint64_t kStagger = 28'672;      // Streams begin in different banks.
constexpr std::uint64_t kMostNumber = 1 << 20;  // Of a stride, in lines, and of streams.

constexpr std::array<std::pair<std::string_view, Kind>, 8> kPatterns{{
    {"seq_rd", Kind::seq_rd},
    {"seq_wr", Kind::seq_wr},
    {"mix_5050", Kind::mix_5050},
    {"stride_", Kind::stride},
    {"streams_", Kind::streams},
    {"rand64", Kind::rand64},
    {"rand64_5050", Kind::rand64_5050},
    {"tile64k", Kind::tile64k},
}};

std::uint64_t xorshift(std::uint64_t& state) {
  state ^= state << 13U;
  state ^= state >> 7U;
  state ^= state << 17U;
  return state;
}

[[noreturn]] void unknown(std::string_view word) {
  const auto near = suggest(std::string(word), pattern_names());
  fail("unknown pattern '{}'{}", word,
       near ? fmt::format("; did you mean '{}'?", *near)
            : fmt::format(": there are {}", fmt::join(pattern_names(), ", ")));
}

// The N of stride_N or streams_N.
std::uint64_t number_of(std::string_view word, std::string_view digits, Kind kind) {
  const auto number = parse_integer(digits);
  const bool is_stride = kind == Kind::stride;
  const std::uint64_t unit = is_stride ? kLine : 1;
  if (!number.ok() || number.value < unit || number.value % unit != 0 ||
      number.value > kMostNumber * unit) {
    fail("'{}': {}", word,
         is_stride ? "a stride is a multiple of 64 bytes, at most 64 MiB, as in 'stride_1024'"
                   : "there are 1 to 1048576 streams, as in 'streams_8'");
  }
  return number.value;
}

Train sequence(std::uint64_t base, std::uint64_t bytes, Direction direction, std::uint32_t stream) {
  return {.base = Bytes{base},
          .bytes = Bytes{bytes},
          .segments = 1,
          .stride = {},
          .direction = direction,
          .stream = stream};
}

// `count` streams, spread over the capacity, each with its part of the bytes.
std::vector<Train> streams(std::uint64_t count, std::uint64_t bytes, std::uint64_t capacity,
                           bool odd_ones_write) {
  std::vector<Train> out;
  for (std::uint64_t s = 0; s < count; ++s) {
    const std::uint64_t part = bytes / count + (s < bytes % count ? 1 : 0);
    if (part > 0) {
      out.push_back(sequence(capacity / count / kTile * kTile * s + kStagger * s, part,
                             odd_ones_write && s % 2 == 1 ? Direction::write : Direction::read,
                             static_cast<std::uint32_t>(s)));
    }
  }
  return out;
}

std::vector<Train> strides(std::uint64_t stride, std::uint64_t bytes, std::uint64_t capacity) {
  std::vector<Train> out;
  std::uint64_t line = 0;
  const std::uint64_t lines = ceil_div(bytes, kLine);
  for (std::uint64_t pass = 0; line < lines; ++pass) {
    const std::uint64_t end = std::min(lines, ceil_div((pass + 1) * capacity, stride));
    if (end > line) {
      out.push_back({.base = Bytes{line * stride % capacity + pass * kLine % stride},
                     .bytes = Bytes{(end - line) * kLine},
                     .segments = end - line,
                     .stride = Bytes{stride},
                     .direction = Direction::read,
                     .stream = 0});
    }
    line = std::max(line, end);
  }
  return out;
}

std::vector<Train> tiles(std::uint64_t bytes, std::uint64_t capacity) {
  std::vector<Train> out;
  std::uint64_t state = 88172645463325252;
  for (std::uint64_t at = 0; at < bytes; at += kTile) {
    out.push_back(sequence(xorshift(state) % (capacity / kTile) * kTile,
                           std::min(kTile, bytes - at), Direction::read, 0));
  }
  return out;
}

}  // namespace

std::vector<std::string> pattern_names() {
  std::vector<std::string> out;
  out.reserve(kPatterns.size());
  for (const auto& [name, kind] : kPatterns) {
    out.push_back(std::string(name) + (name.ends_with('_') ? "N" : ""));
  }
  return out;
}

Pattern parse_pattern(std::string_view word) {
  for (const auto& [name, kind] : kPatterns) {
    if (word == name && !name.ends_with('_')) {
      return {.name = std::string(word), .kind = kind};
    }
    if (name.ends_with('_') && word.starts_with(name)) {
      return {.name = std::string(word),
              .kind = kind,
              .number = number_of(word, word.substr(name.size()), kind)};
    }
  }
  unknown(word);
}

std::vector<Train> trains(const Pattern& pattern, Bytes bytes, Bytes capacity) {
  const std::uint64_t n = bytes.count();
  const std::uint64_t room = capacity.count();
  switch (pattern.kind) {
    case Kind::seq_rd: return {sequence(0, n, Direction::read, 0)};
    case Kind::seq_wr: return {sequence(0, n, Direction::write, 0)};
    case Kind::mix_5050: return streams(2, n, room, true);
    case Kind::streams: return streams(pattern.number, n, room, false);
    case Kind::stride: return strides(pattern.number, n, room);
    case Kind::tile64k: return tiles(n, room);
    case Kind::rand64:
    case Kind::rand64_5050: break;
  }
  throw Bug(fmt::format("'{}' is no pattern of trains", pattern.name));
}

RandomAccesses::Access RandomAccesses::next() {
  const std::uint64_t base = xorshift(state_) % lines_ * kLine;
  const bool is_write = has_writes_ && (xorshift(state_) >> 40U & 1U) != 0;
  return {.base = base, .direction = is_write ? Direction::write : Direction::read};
}

}  // namespace systole::dram
