// SPDX-License-Identifier: Apache-2.0
// A memory device as data: geometry, a flat list of timing constraints, an address mapping.
//
// Everything is in cycles of the memory's clock (tCK) and holds for one pseudo-channel ("channel").
// Constraints that are the standard's are made into this from configs/memories/*.yaml.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/quantity.hpp"

namespace systole::dram {

enum class Command : std::uint8_t {
  activate,
  precharge,  // One bank.
  precharge_all,
  read,
  write,
  refresh,  // All banks.
  refresh_bank
};
inline constexpr std::size_t kCommands = 7;

enum class Scope : std::uint8_t { bank, group, channel };

// In one bank (group, channel) each of `to` comes at least `cycles` after each of `from`; with a
// window of n, after the n-th latest of them.
struct Constraint {
  std::string name;  // "tRCDRD", "nCCDL".
  Scope scope;
  std::vector<Command> from;
  std::vector<Command> to;
  std::uint32_t cycles;
  std::uint32_t window = 1;
};

enum class Field : std::uint8_t { channel, group, bank, column, row };

// From the least significant bit of a burst's number up. `channel` stands once and takes a digit of
// base `channels`, which need not be a power of two; all other fields are bits.
struct MappingField {
  Field field;
  std::uint32_t bits;  // 0 for channel.
};

// field ^= low bits of `with`: a bijection, since `with` itself does not change.
struct MappingXor {
  Field field;
  Field with;
  std::uint32_t bits;
};

struct Mapping {
  std::vector<MappingField> fields;
  std::vector<MappingXor> xors;
};

struct Device {
  std::string name;
  Femtoseconds cycle;  // tCK.
  std::uint32_t groups;
  std::uint32_t banks;             // Of a group.
  std::uint32_t rows;              // Of a bank; a power of two, as groups, banks and columns.
  std::uint32_t columns;           // Bursts of a row.
  Bytes burst;                     // Data of one column command.
  std::uint32_t burst_cycles;      // That they hold the data bus.
  std::uint32_t read_latency;      // Column command to first data, CL.
  std::uint32_t write_latency;     // CWL.
  std::uint64_t refresh_interval;  // tREFI, of all banks.
  std::vector<Constraint> constraints;
  Mapping mapping;
};

// Where a burst of a channel lies.
struct Location {
  std::uint32_t bank;  // group * banks + bank.
  std::uint32_t row;
  std::uint32_t column;
};

}  // namespace systole::dram
