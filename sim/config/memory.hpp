// SPDX-License-Identifier: Apache-2.0
// A memory standard as data: geometry, named timings, a flat list of constraints, address mappings.
//
// A timing is a time or a number of the memory's clocks; what a constraint asks for is a sum of
// timings. Nothing here knows a chip: dram/standard.hpp makes a device of it at a chip's clock.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/quantity.hpp"
#include "config/document.hpp"

namespace systole {

// The commands of a memory, as files and tables spell them.
inline constexpr std::array<std::string_view, 7> kMemoryCommands{
    "activate", "precharge", "precharge_all", "read", "write", "refresh", "refresh_bank"};
inline constexpr std::array<std::string_view, 3> kMemoryScopes{"bank", "group", "channel"};

// A time, or clocks of the memory itself.
using Timing = std::variant<Femtoseconds, Cycles>;
using Timings = std::map<std::string, Timing, std::less<>>;  // By name: "tRP".

// "group write -> read: tCWL + burst + tWTR_L": in one group each `to` comes at least the sum after
// each `from`; with "in 4" after the fourth latest of them.
struct ConstraintLine {
  std::string text;  // In normal form: its name.
  std::string scope;
  std::string from;
  std::string to;
  std::vector<std::string> sum;  // Timings, or "burst": the clocks that a burst holds the data bus.
  std::uint32_t window = 1;
};

// One word of a mapping: "channel", "column:5", or with another field behind it "bank^row:2".
struct MappingWord {
  std::string field;
  std::string with;    // "": the field's own place.
  std::uint32_t bits;  // 0 for channel.
};

struct MemoryConfig {
  std::string name;
  std::uint32_t channels;  // Pseudo-channels of one stack.
  std::uint32_t groups;
  std::uint32_t banks;    // Of a group.
  std::uint32_t rows;     // Of a bank.
  std::uint32_t columns;  // Bursts of a row.
  Bytes burst;
  std::uint32_t burst_cycles;
  Femtoseconds cycle;  // tCK at the standard's own rate.
  Timings timings;
  std::map<std::string, Timings, std::less<>> presets;  // Row timings, by preset.
  std::vector<ConstraintLine> constraints;
  std::map<std::string, std::vector<MappingWord>, std::less<>> mappings;
  std::string hash;  // Of the canonical content.
};

// Throws UserError with every mistake of the file.
[[nodiscard]] MemoryConfig read_memory(const std::string& file);
[[nodiscard]] MemoryConfig memory_config(const Document& document);

// The clock at which `channels` channels have this bandwidth at their peak, to the nearest
// femtosecond: burst bytes x channels / (burst_cycles x bandwidth).
[[nodiscard]] Femtoseconds cycle_for(const MemoryConfig& memory, std::uint64_t channels,
                                     BytesPerSecond bandwidth);

// A line of `constraints`; where it is none, what is wrong with it and, beside it, what may help.
struct ConstraintText {
  std::optional<ConstraintLine> line{};
  std::string message{};
  std::string label{};
};
[[nodiscard]] ConstraintText parse_constraint(std::string_view text);

// A timing as its row says, in normal form ("14 ns", "4"), and back. Nothing if it is none.
[[nodiscard]] std::optional<Timing> parse_timing(std::string_view text);

}  // namespace systole
