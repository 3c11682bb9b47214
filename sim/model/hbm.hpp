// SPDX-License-Identifier: Apache-2.0
// High-bandwidth memory: all stacks of a chip, command by command (dram/README.md).
//
// Data are laid out in the order in which they are used, each train in whole rounds of bursts over
// all channels, a region for each port: so channels stay equal and are simulated once. A channel
// that has a burst less than others waits for them.
#pragma once

#include <deque>

#include "config/chip.hpp"
#include "dram/memory.hpp"
#include "ledger/ledger.hpp"
#include "model/store_unit.hpp"
#include "model/timeline.hpp"

namespace systole::model {

class Hbm : public StoreUnit {
 public:
  Hbm(const sc_core::sc_module_name& name, const HbmConfig& config, Seconds dma_start,
      Account& account, Recording* recording);
  void close(Femtoseconds elapsed, std::uint64_t cycles);  // Counts what time alone causes.

 private:
  void accept(const Request& request) override;
  std::optional<Femtoseconds> next() override;
  std::uint32_t complete() override;
  void count(const Train& train, std::uint64_t bursts);
  void enter_state();
  [[nodiscard]] Bytes place(std::uint32_t port, Bytes bytes);

  const HbmConfig config_;
  const dram::Device device_;
  const Bytes round_;
  const Femtoseconds cycle_;
  const Femtoseconds delay_;  // From the last data to the DMA's report.
  Account& account_;
  States states_;
  dram::Memory memory_;
  std::vector<Bytes> used_;  // By port: of its region, so far.
  struct Open {
    std::uint64_t number;  // The memory's.
    Train train;
    std::uint32_t port;
  };
  std::deque<Open> open_;  // In order of arrival.
};

}  // namespace systole::model
