// SPDX-License-Identifier: Apache-2.0
#include "model/clocked.hpp"

#include "base/error.hpp"
#include "model/clocked_os.hpp"
#include "model/clocked_ws.hpp"

namespace systole::model {

std::unique_ptr<ArrayUnit> clocked_unit(const ArrayConfig& config, Toggles* toggles) {
  switch (config.dataflow) {
    case Dataflow::weight_stationary: return std::make_unique<ClockedWs>(config, toggles);
    case Dataflow::output_stationary: return std::make_unique<ClockedOs>(config, toggles);
    case Dataflow::input_stationary: break;
  }
  throw Bug("input stationary is weight stationary with the roles of the operands exchanged");
}

}  // namespace systole::model
