// SPDX-License-Identifier: Apache-2.0
// Flame graphs of a result: stacks of names, each with the energy or the time that is its own.
//
// Energy is the document's ledger, and sums to its total. Time is that of units, all together: by
// the document they are known by unit and state, by a recording of the run also by what they worked
// on. It sums to the elapsed time of every unit.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "ledger/recording.hpp"

namespace systole {

struct FlameStack {
  std::vector<std::string> frames;  // Outermost first; the first one is chip and count.
  double weight;
};

// Picojoules by block, operation, component and action.
[[nodiscard]] std::vector<FlameStack> energy_flame(const nlohmann::ordered_json& result);

// Nanoseconds by kind of unit and state; nothing of a memory by itself, which has no units.
[[nodiscard]] std::vector<FlameStack> time_flame(const nlohmann::ordered_json& result);

// Nanoseconds by block, operation, unit and state, and what units were idle. The recording is of
// the whole run.
[[nodiscard]] std::vector<FlameStack> time_flame(const nlohmann::ordered_json& result,
                                                 const Recording& recording);

// One stack a line, frames between semicolons, then its weight: for flamegraph.pl and inferno.
[[nodiscard]] std::string folded(const std::vector<FlameStack>& stacks);

// Both, a profile each: https://www.speedscope.app/file-format-schema.json.
[[nodiscard]] std::string speedscope(const nlohmann::ordered_json& result,
                                     const std::vector<FlameStack>& energy,
                                     const std::vector<FlameStack>& time);

}  // namespace systole
