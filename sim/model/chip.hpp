// SPDX-License-Identifier: Apache-2.0
// One chip: its units, its memories, and the wires between them.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "config/pod.hpp"
#include "model/chip_accounts.hpp"
#include "model/clock.hpp"
#include "model/dma.hpp"
#include "model/far_sram.hpp"
#include "model/hbm.hpp"
#include "model/ici_port.hpp"
#include "model/matrix_units.hpp"
#include "model/program.hpp"
#include "model/scratchpad.hpp"
#include "model/scratchpad_trains.hpp"
#include "model/sequencer.hpp"
#include "model/stationary_dma.hpp"
#include "model/vector_unit.hpp"

namespace systole::model {

class Chip : public sc_core::sc_module {
 public:
  Chip(const sc_core::sc_module_name& name, const ChipConfig& config, const Program& program,
       const Plans& plans, const Residency& residency, GroupPlace place, Ledger& ledger,
       Recording* recording);

  // Lays a link from this chip towards `neighbour` (itself when folded). Axes are named as the
  // tensor group counts them.
  // One in `optical` of the links that it stands for is optical; 0: none.
  Link& lay(std::uint32_t axis, bool up, BytesPerSecond bandwidth, Chip& neighbour,
            std::uint32_t optical);
  // What goes that way takes these links: one, or several around a dead one.
  void connect(std::uint32_t axis, bool up, std::vector<Link*> way);

  [[nodiscard]] const Sequencer& sequencer() const { return sequencer_; }
  [[nodiscard]] std::string report() const;  // What each unit waits for, one line each.
  // Ends the states of every unit and counts what time alone causes.
  void close(Femtoseconds elapsed);

 private:
  void wake_users();
  [[nodiscard]] MemoryPorts open_ports();

  const std::string path_;
  Ledger& ledger_;
  const Clock clock_;
  ChipAccounts accounts_;
  Account& chip_account_;
  std::unique_ptr<FarSram> far_sram_;
  std::unique_ptr<Hbm> hbm_;
  Sequencer sequencer_;
  Scratchpad scratchpad_;
  ScratchpadTrains trains_;
  StationaryDma stationary_dma_;
  Dma dma_;
  MatrixUnits matrix_units_;
  VectorUnit vector_unit_;
  const std::array<ScratchpadUser*, 4> users_;  // The first asks the scratchpad first.
  Account* ici_account_ = nullptr;
  std::unique_ptr<IciPort> ici_port_;
};

}  // namespace systole::model
