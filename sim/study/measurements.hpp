// SPDX-License-Identifier: Apache-2.0
// Published measurements of real chips as data, and the constants that were fitted on some of them.
//
// Both are CSV files with a header. A row's role is decided there and nowhere else: what decided a
// constant is never counted as a check of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace systole {

enum class Role : std::uint8_t {
  fit,         // Decided a constant.
  check,       // Decided nothing, and must come out.
  information  // Decides nothing, and is shown beside what the model says.
};
[[nodiscard]] std::string_view name(Role role);

struct Measurement {
  std::string id;
  std::string chip;                               // Name of a file of configs/chips.
  std::string run;                                // gemm, copy, add, all_gather, decode, mlp, idle.
  std::map<std::string, std::string> parameters;  // Of the run, as its kind needs them.
  std::string metric;                             // What was measured of it: one of the kind's.
  std::string unit;                               // us, ms, TFLOP/s, TOPS, GB/s, %, W.
  double measured;
  Role role;
  std::string source;
  std::string note;
};

struct FittedConstant {
  std::string chip;
  std::string key;                // Of the chip file.
  std::vector<std::string> rows;  // Ids of measurements.
  std::string note;
};

// Throw UserError with every mistake of a file, by line.
[[nodiscard]] std::vector<Measurement> read_measurements(const std::string& file);
[[nodiscard]] std::vector<FittedConstant> read_constants(
    const std::string& file, const std::vector<Measurement>& measurements);

}  // namespace systole
