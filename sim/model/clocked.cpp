// SPDX-License-Identifier: Apache-2.0
#include "model/clocked.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "model/clocked_os.hpp"
#include "model/clocked_ws.hpp"
#include "numerics/arithmetic.hpp"

namespace systole::model {
namespace {

constexpr std::uint32_t kMostRows = 1U << 14;  // Indices travel as 16 bits.

void check_array(const ArrayConfig& config) {
  check(std::find(numerics::kElementTypes.begin(), numerics::kElementTypes.end(), config.type) !=
            numerics::kElementTypes.end(),
        "no processing element has {} weights", name(config.type));
  check(config.rows >= 1 && config.rows <= kMostRows && config.columns >= 1 &&
            config.columns <= kMostRows,
        "an array has 1 to {} rows and columns, not {} x {}", kMostRows, config.rows,
        config.columns);
  check(config.latency >= 1 && config.latency <= 3, "a hop takes 1 to 3 cycles, not {}",
        config.latency);
}

}  // namespace

std::unique_ptr<ArrayUnit> clocked_unit(const ArrayConfig& config, Toggles* toggles) {
  check_array(config);
  switch (config.dataflow) {
    case Dataflow::weight_stationary:
      check(config.accumulator_rows >= 1 && config.scale_slots >= 1 && config.result_slots >= 1,
            "accumulators, scales and results need a row each");
      return std::make_unique<ClockedWs>(config, toggles);
    case Dataflow::output_stationary:
      check(config.latency == 1, "output stationary sums stay where they are: latency is 1");
      check(config.result_slots >= config.rows, "a tile's {} rows of results do not fit {} slots",
            config.rows, config.result_slots);
      return std::make_unique<ClockedOs>(config, toggles);
    case Dataflow::input_stationary: break;
  }
  throw Bug("input stationary is weight stationary with the roles of the operands exchanged");
}

}  // namespace systole::model
