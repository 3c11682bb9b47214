// SPDX-License-Identifier: Apache-2.0
// A result document in the forms that other programs open.
//
// Every form is a pure function of the document (systole.result/1); where it has weights, they add
// up to the document's own total. Functions throw UserError for a document that is damaged.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace systole {

// What the width of a frame of a flame graph stands for.
enum class FlameWeight : std::uint8_t {
  energy,  // Picojoules, by chip, block, operation, component and action.
  time     // Nanoseconds of units in a state, by chip, kind of unit and state: all units together.
};

// One stack a line, frames between semicolons, then its weight: what flamegraph.pl and inferno
// read.
[[nodiscard]] std::string export_folded(const nlohmann::ordered_json& result, FlameWeight weight);

// Both weights, a profile each: https://www.speedscope.app/file-format-schema.json.
[[nodiscard]] std::string export_speedscope(const nlohmann::ordered_json& result);

// One value a row, with its unit: the ledger and every number beside it.
[[nodiscard]] std::string export_csv(const nlohmann::ordered_json& result);
[[nodiscard]] std::string export_ndjson(const nlohmann::ordered_json& result);

// Bars of 100% by block of the program and component, a Vega-Lite 5 specification with its data.
[[nodiscard]] std::string export_vegalite(const nlohmann::ordered_json& result);

}  // namespace systole
