// SPDX-License-Identifier: Apache-2.0
// The far SRAM: one read and one write port, each serving trains in order at its bandwidth.
#pragma once

#include <array>

#include "config/chip.hpp"
#include "model/store_unit.hpp"
#include "model/timeline.hpp"

namespace systole::model {

class FarSram : public StoreUnit {
 public:
  FarSram(const sc_core::sc_module_name& name, const FarSramConfig& config, Seconds dma_start,
          Account& account, Recording* recording);
  void close(Femtoseconds elapsed) { busy_.close(elapsed); }

 private:
  void accept(const Request& request) override;
  std::optional<Femtoseconds> next() override;
  std::uint32_t complete() override;

  struct Open {
    Femtoseconds complete;
    std::uint32_t port;
  };

  const FarSramConfig config_;
  const Femtoseconds delay_;
  Account& account_;
  std::array<Femtoseconds, 2> port_free_{};  // By Direction.
  std::vector<Open> open_;                   // In order of arrival.
  Timeline busy_;                            // Either port.
};

}  // namespace systole::model
