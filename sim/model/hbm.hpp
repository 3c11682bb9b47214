// SPDX-License-Identifier: Apache-2.0
// High-bandwidth memory: equal pseudo-channels behind one front, served train by train.
//
// A train is spread over all channels and holds the bus for the bursts of the fullest one; refresh
// stops all channels at fixed times; data are complete `latency` after the bus. Rows and bursts are
// counted exactly; bank conflicts are not modelled. README.md has the formulas.
#pragma once

#include "config/chip.hpp"
#include "model/store_unit.hpp"
#include "model/timeline.hpp"

namespace systole::model {

class Hbm : public StoreUnit {
 public:
  Hbm(const sc_core::sc_module_name& name, const HbmConfig& config, Seconds dma_start,
      Account& account);
  void close(Femtoseconds elapsed, std::uint64_t cycles);  // Counts what time alone causes.

 private:
  Femtoseconds serve(const Train& train) override;
  void count(const Train& train, std::uint64_t bursts);
  // When `work` of bus time that may begin at `from` is done, refresh windows left out.
  [[nodiscard]] Femtoseconds after_refresh(Femtoseconds from, Femtoseconds work) const;

  const HbmConfig config_;
  const Femtoseconds burst_time_;  // One burst on every channel.
  const Femtoseconds turnaround_;
  const Femtoseconds refresh_interval_;
  const Femtoseconds refresh_time_;
  const Femtoseconds delay_;  // From the bus to the DMA's report.
  Account& account_;
  Timeline bus_;
  Direction direction_ = Direction::read;
};

}  // namespace systole::model
