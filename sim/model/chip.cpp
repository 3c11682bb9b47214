// SPDX-License-Identifier: Apache-2.0
#include "model/chip.hpp"

#include <fmt/format.h>

#include <utility>

namespace systole::model {
namespace {

template <class Memory, class Config>
std::unique_ptr<Memory> make_memory(const char* name, const std::optional<Config>& config,
                                    const ChipConfig& chip, Ledger& ledger, const std::string& path,
                                    Component component, Recording* recording) {
  if (!config) {
    return nullptr;
  }
  return std::make_unique<Memory>(name, *config, chip.dma.start,
                                  ledger.open(fmt::format("{}.{}", path, name), component),
                                  recording);
}

}  // namespace

Chip::Chip(const sc_core::sc_module_name& name, const ChipConfig& config, const Program& program,
           const Plans& plans, const Residency& residency, GroupPlace place, Ledger& ledger,
           Recording* recording)
    : sc_module(name),
      path_(basename()),
      ledger_(ledger),
      clock_(config.clock),
      accounts_(ledger, path_, config.scratchpad.granule, recording),
      chip_account_(ledger.open(path_, Component::chip)),
      far_sram_(make_memory<FarSram>("far_sram", config.far_sram, config, ledger, path_,
                                     Component::far_sram, recording)),
      hbm_(make_memory<Hbm>("hbm", config.hbm, config, ledger, path_, Component::hbm, recording)),
      sequencer_("sequencer", program, config.kernel_start, accounts_.sequencer, recording),
      scratchpad_(config),
      trains_(config, clock_, scratchpad_),
      stationary_dma_("stationary_dma", program, residency.stationary_buffer, open_ports(), trains_,
                      sequencer_.issued_matmuls(), accounts_,
                      ledger.open(path_ + ".stationary_dma", Component::scratchpad)),
      dma_("dma", config.dma.engines, program, open_ports(), trains_,
           sequencer_.issued(UnitClass::dma), sequencer_.ended(), accounts_,
           ledger.open(path_ + ".dma", Component::scratchpad)),
      matrix_units_("matrix_units", config.matrix_unit, clock_, program, scratchpad_,
                    sequencer_.issued(UnitClass::matrix), sequencer_.ended(), stationary_dma_,
                    dma_.transfers(), accounts_, ledger, path_),
      vector_unit_("vector_unit", config.vector_unit, clock_, program, scratchpad_,
                   sequencer_.issued(UnitClass::vector), sequencer_.ended(), accounts_),
      users_{&matrix_units_, &vector_unit_, &stationary_dma_, &dma_} {
  SC_HAS_PROCESS(Chip);
  SC_METHOD(wake_users);
  for (const ScratchpadUser* user : users_) {
    for (const sc_core::sc_event* event : user->events()) {
      sensitive << *event;
    }
  }
  if (config.ici) {
    ici_account_ = &ledger.open(path_ + ".ici_port", Component::ici);
    ici_port_ = std::make_unique<IciPort>("ici_port", *config.ici, program, plans, std::move(place),
                                          sequencer_.issued(UnitClass::ici), sequencer_.ended(),
                                          accounts_, *ici_account_);
  }
}

void Chip::wake_users() {
  const bool is_beginning = sc_core::sc_delta_count() == 0;
  for (ScratchpadUser* user : users_) {
    if (is_beginning || user->is_called()) {
      user->wake();
    }
  }
}

MemoryPorts Chip::open_ports() {
  return {.far_sram = far_sram_ ? &far_sram_->open_port() : nullptr,
          .hbm = hbm_ ? &hbm_->open_port() : nullptr};
}

Link& Chip::lay(std::uint32_t axis, bool up, BytesPerSecond bandwidth, Chip& neighbour,
                std::uint32_t optical) {
  const std::string name = fmt::format("{}{}", axis, up ? "_up" : "_down");
  Link& link = ici_port_->lay(axis, up, bandwidth, *neighbour.ici_port_,
                              ledger_.open(path_ + ".link" + name, Component::ici));
  if (accounts_.recording != nullptr) {
    accounts_.recording->connect(
        {.track = path_ + ".link" + name, .receiver = neighbour.path_, .hop = link.hop_latency()});
  }
  if (optical > 0) {
    link.make_optical(ledger_.open(path_ + ".optics" + name, Component::ici, optical));
  }
  return link;
}

void Chip::connect(std::uint32_t axis, bool up, std::vector<Link*> way) {
  ici_port_->connect(axis, up, std::move(way));
}

std::string Chip::report() const {
  std::string lines;
  const auto line = [&](const char* unit, const std::string& reason) {
    lines += fmt::format("  {}.{} waits for {}\n", path_, unit, reason);
  };
  line("sequencer", sequencer_.waiting_for());
  line("stationary_dma", stationary_dma_.waiting_for());
  line("dma", dma_.waiting_for());
  line("matrix_units", matrix_units_.waiting_for());
  line("vector_unit", vector_unit_.waiting_for());
  if (far_sram_) {
    line("far_sram", far_sram_->waiting_for());
  }
  if (hbm_) {
    line("hbm", hbm_->waiting_for());
  }
  if (ici_port_) {
    line("ici_port", ici_port_->waiting_for());
  }
  return lines;
}

void Chip::close(Femtoseconds elapsed) {
  sequencer_.close(elapsed);
  stationary_dma_.close(elapsed);
  dma_.close(elapsed);
  matrix_units_.close(elapsed);
  vector_unit_.close(elapsed);
  const std::uint64_t cycles = cycles_in(elapsed, clock_.period()).count();
  const auto powered = [&](Account& account, Action action) {
    account.record(kNoOperation, Tensor::none, action, cycles);
  };
  for (const Action action :
       {Action::leakage, Action::clock_tree, Action::miscellaneous, Action::unexplained}) {
    powered(chip_account_, action);
  }
  if (far_sram_) {
    far_sram_->close(elapsed);
  }
  if (hbm_) {
    hbm_->close(elapsed, cycles);
  }
  if (ici_port_) {
    powered(*ici_account_, Action::link_powered);
    ici_port_->close(elapsed);
  }
  for (Account* page :
       {&accounts_.matrix_unit, &accounts_.accumulator, &accounts_.scratchpad, &chip_account_}) {
    page->close(elapsed);  // Pages of counts alone: idle from beginning to end.
  }
}

}  // namespace systole::model
