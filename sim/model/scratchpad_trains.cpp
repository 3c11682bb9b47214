// SPDX-License-Identifier: Apache-2.0
#include "model/scratchpad_trains.hpp"

#include <algorithm>

namespace systole::model {

ScratchpadTrains::ScratchpadTrains(const ChipConfig& chip, const Clock& clock,
                                   Scratchpad& scratchpad)
    : clock_(clock), granule_(chip.scratchpad.granule), scratchpad_(scratchpad) {
  if (chip.hbm) {
    hbm_ = {.bandwidth = chip.hbm->bandwidth, .line = chip.hbm->burst(), .free = {}};
  }
  if (chip.far_sram) {
    const FarSramConfig& far = *chip.far_sram;
    far_sram_ = {{{.bandwidth = far.read_bandwidth, .line = far.granule, .free = {}},
                  {.bandwidth = far.write_bandwidth, .line = far.granule, .free = {}}}};
  }
}

Femtoseconds ScratchpadTrains::request(Place memory, const Train& train) {
  Bus& on = bus(memory, train.direction);
  const std::uint64_t piece = train.piece().count();
  const Bytes moved = on.line * (train.segments * ceil_div(piece, on.line.count()));
  const Femtoseconds time = transfer_time(moved, on.bandwidth);
  const Femtoseconds from = std::max(now(), on.free);
  const Cycles begin = clock_.edge(from);
  const Cycles at_best = cycles_in(time, clock_.period());
  const Cycles end = scratchpad_.serve(
      clock_.edge(now()), {.begin = begin,
                           .at_best = at_best,
                           .accesses = train.segments * ceil_div(piece, granule_.count())});
  if (end == begin + at_best) {
    on.free = from + time;
    return Femtoseconds{0};
  }
  on.free = clock_.time(end);
  return on.free;
}

ScratchpadTrains::Bus& ScratchpadTrains::bus(Place memory, Direction direction) {
  return memory == Place::hbm ? hbm_ : far_sram_[static_cast<std::size_t>(direction)];
}

}  // namespace systole::model
