// SPDX-License-Identifier: Apache-2.0
// What trains between the memories and the scratchpad take of its slots.
//
// A memory's data come one train behind the other, in order of request, at the rate of its bus at
// best; a train keeps slots for that. The memory itself knows nothing of it: if slots are short, a
// train is complete later than the memory says, and its engine or its room is held so much longer.
#pragma once

#include <array>
#include <cstdint>

#include "config/chip.hpp"
#include "model/clock.hpp"
#include "model/scratchpad.hpp"
#include "model/store.hpp"
#include "trace/trace.hpp"

namespace systole::model {

class ScratchpadTrains {
 public:
  ScratchpadTrains(const ChipConfig& chip, const Clock& clock, Scratchpad& scratchpad);

  // For a train that is requested now. Returns when all of it is through the scratchpad if that is
  // later than at best, else 0: the memory's word counts. Of one bus in order of request.
  Femtoseconds request(Place memory, const Train& train);

 private:
  struct Bus {
    BytesPerSecond bandwidth;
    Bytes line;  // Of which it moves whole ones.
    Femtoseconds free{};
  };
  [[nodiscard]] Bus& bus(Place memory, Direction direction);

  const Clock& clock_;
  const Bytes granule_;
  Scratchpad& scratchpad_;
  Bus hbm_{};                      // Half duplex.
  std::array<Bus, 2> far_sram_{};  // By Direction.
};

}  // namespace systole::model
