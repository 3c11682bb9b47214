// SPDX-License-Identifier: Apache-2.0
// The ladder of fidelities, climbed rung by rung on fresh random cases: RTL equals the clocked
// model on every pin in every cycle, whole products through the RTL have the bits of `numerics`,
// and the clocked model has the cycles of the event model that whole pods run on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cosim/rtl.hpp"

namespace systole::cosim {

struct LadderOptions {
  std::uint64_t seed;
  double seconds;  // For all cases, about; each kind of case runs at least once.
  std::optional<std::uint64_t> cases;  // Of each kind, instead.
  std::vector<DataType> types;
  std::optional<Dataflow> dataflow;  // Both, if it is not said.
  std::optional<std::uint32_t> latency;
  std::uint32_t rows;  // Of the array that the event model is asked about,
  std::uint32_t columns;
  Preload preload;
};

// A line of the result: one rung, for one array of the RTL or for all of a type and dataflow.
struct Rung {
  std::string name;  // "rtl == clocked".
  DataType type;
  Dataflow dataflow;
  std::string arrays;  // "8x8".
  std::uint64_t cases = 0;
  std::uint64_t cycles = 0;
  std::uint64_t transfers = 0;  // Counted in the lockstep alone.
  std::uint64_t mismatches = 0;
  std::optional<double> speed;  // Of the verilated array alone, cycles in a second of CPU time.
};

struct Failure {
  std::string rung;
  std::string array;       // "ws_int8_8x8".
  std::uint64_t number;    // Of the case, from 1.
  std::string difference;  // Ends with a newline.
  std::string options;     // Of the command that runs this case again: "--type int8 ...".
};

struct Climbed {
  std::uint64_t seed;
  std::vector<Rung> rungs;
  std::optional<Failure> failure;  // The first.

  [[nodiscard]] std::uint64_t cycles() const;
  [[nodiscard]] std::uint64_t mismatches() const;
};

// Throws UserError if there is no array for what the options ask for, and says what would help.
[[nodiscard]] Climbed climb(std::span<const RtlVariant> variants, const LadderOptions& options);

// RTL, clocked model and contract in lockstep for one case of random traffic.
struct Case {
  std::uint64_t cycles = 0;
  std::uint64_t transfers = 0;
  std::optional<std::string> difference;
};
[[nodiscard]] Case lockstep_case(const RtlVariant& variant, std::uint64_t seed,
                                 std::uint64_t number);

}  // namespace systole::cosim
