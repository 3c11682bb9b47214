// SPDX-License-Identifier: Apache-2.0
#include "dram/standard.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/error.hpp"
#include "base/suggest.hpp"

namespace systole::dram {
namespace {

// Of a table of names in the order of an enumeration.
template <class Enum, std::size_t N>
Enum of_name(const std::array<std::string_view, N>& names, std::string_view word) {
  const auto* found = std::ranges::find(names, word);
  check(found != std::end(names), "'{}' passed the reader of memories", word);
  return static_cast<Enum>(found - std::begin(names));
}

Field field(std::string_view word) {
  static constexpr std::array<std::string_view, 5> kFields{"channel", "group", "bank", "column",
                                                           "row"};
  return of_name<Field>(kFields, word);
}

// Whole cycles that cover a time. The cycle is the nearest whole number of femtoseconds, so n
// cycles may be n/2 fs short of what they stand for: that much is no reason for one more.
std::uint64_t cycles_of(const Timing& timing, Femtoseconds cycle) {
  if (const Cycles* cycles = std::get_if<Cycles>(&timing)) {
    return cycles->count();
  }
  const std::uint64_t time = std::get<Femtoseconds>(timing).count();
  const std::uint64_t whole = ceil_div(time, cycle.count());
  return whole > 0 && 2 * time <= (whole - 1) * (2 * cycle.count() + 1) ? whole - 1 : whole;
}

// Whole cycles that a time covers: of an interval that must not be longer.
std::uint64_t cycles_within(const Timing& timing, Femtoseconds cycle) {
  const std::uint64_t above = cycles_of(timing, cycle);
  const Femtoseconds* time = std::get_if<Femtoseconds>(&timing);
  return time != nullptr && above * (2 * cycle.count() - 1) > 2 * time->count() ? above - 1 : above;
}

// The timings of one preset at one clock.
class Table {
 public:
  Table(const MemoryConfig& memory, const Timings& rows, Femtoseconds cycle)
      : memory_(memory), rows_(rows), cycle_(cycle) {}

  [[nodiscard]] std::uint64_t operator[](std::string_view name) const {
    if (name == "burst") {
      return memory_.burst_cycles;
    }
    const auto row = rows_.find(name);
    return cycles_of(row != rows_.end() ? row->second : memory_.timings.find(name)->second, cycle_);
  }

  [[nodiscard]] Constraint constraint(const ConstraintLine& line) const {
    std::uint64_t cycles = 0;
    for (const std::string& name : line.sum) {
      cycles += (*this)[name];
    }
    return {.name = line.text,
            .scope = of_name<Scope>(kMemoryScopes, line.scope),
            .from = {of_name<Command>(kMemoryCommands, line.from)},
            .to = {of_name<Command>(kMemoryCommands, line.to)},
            .cycles = static_cast<std::uint32_t>(cycles),
            .window = line.window};
  }

 private:
  const MemoryConfig& memory_;
  const Timings& rows_;
  Femtoseconds cycle_;
};

Mapping mapping_of(const std::vector<MappingWord>& words) {
  Mapping out;
  for (const MappingWord& word : words) {
    if (word.with.empty()) {
      out.fields.push_back({.field = field(word.field), .bits = word.bits});
    } else {
      out.xors.push_back({.field = field(word.field), .with = field(word.with), .bits = word.bits});
    }
  }
  return out;
}

template <class Map>
const typename Map::mapped_type& choose(const Map& map, std::string_view word,
                                        std::string_view what, const std::string& standard) {
  const auto found = map.find(word);
  if (found == map.end()) {
    std::vector<std::string> known;
    known.reserve(map.size());
    for (const auto& [key, value] : map) {
      known.push_back(key);
    }
    const auto near = suggest(std::string(word), known);
    fail("{} has no {} '{}'{}", standard, what, word,
         near ? fmt::format("; did you mean '{}'?", *near)
              : fmt::format(": it has {}", fmt::join(known, ", ")));
  }
  return found->second;
}

}  // namespace

std::string_view name(Command command) {
  return kMemoryCommands[static_cast<std::size_t>(command)];
}

std::string_view name(Scope scope) { return kMemoryScopes[static_cast<std::size_t>(scope)]; }

std::uint32_t lookahead_for(const Device& device) {
  std::uint32_t close = 0;
  std::uint32_t open = 0;
  for (const Constraint& constraint : device.constraints) {
    if (constraint.scope != Scope::bank) {
      continue;
    }
    const Command from = constraint.from.front();
    const Command to = constraint.to.front();
    if (from == Command::precharge && to == Command::activate) {
      close = std::max(close, constraint.cycles);
    }
    if (from == Command::activate && (to == Command::read || to == Command::write)) {
      open = std::max(open, constraint.cycles);
    }
  }
  const std::uint32_t cycles = device.groups * (close + 1) + open;
  return std::max(64U, std::bit_ceil(cycles / device.burst_cycles + 1));
}

Device resolve(const MemoryConfig& memory, std::string_view preset, std::string_view mapping,
               Femtoseconds cycle) {
  const Table table(memory, choose(memory.presets, preset, "preset", memory.name), cycle);
  Device out{
      .name = memory.name,
      .cycle = cycle,
      .groups = memory.groups,
      .banks = memory.banks,
      .rows = memory.rows,
      .columns = memory.columns,
      .burst = memory.burst,
      .burst_cycles = memory.burst_cycles,
      .read_latency = static_cast<std::uint32_t>(table["tCL"]),
      .write_latency = static_cast<std::uint32_t>(table["tCWL"]),
      .refresh_interval = cycles_within(memory.timings.find("tREFI")->second, cycle),
      .constraints = {},
      .mapping = mapping_of(choose(memory.mappings, mapping, "mapping", memory.name)),
  };
  for (const ConstraintLine& line : memory.constraints) {
    out.constraints.push_back(table.constraint(line));
  }
  return out;
}

}  // namespace systole::dram
