// SPDX-License-Identifier: Apache-2.0
// When passes begin and end: a unit at its pins, cycle by cycle, against the event model that gives
// whole blocks of passes in closed form (model/matrix_unit.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cosim/draw.hpp"
#include "model/array_unit.hpp"

namespace systole::cosim {

struct Timed {
  std::uint64_t passes = 0;
  std::uint64_t cycles = 0;
  std::optional<std::string> difference;  // The first.
};

// A unit that keeps a steady stream running: results and scales never hold it up.
[[nodiscard]] model::ArrayConfig steady_config(DataType type, std::uint32_t rows,
                                               std::uint32_t columns, Dataflow dataflow,
                                               Preload preload, std::uint32_t latency);

// Sends a random sequence of blocks of equal passes through the unit as fast as it takes them.
[[nodiscard]] Timed compare_times(const model::ArrayConfig& config, Draw& draw,
                                  model::ArrayUnit& unit);

}  // namespace systole::cosim
