// SPDX-License-Identifier: Apache-2.0
// What the memories share: ports, order of service, replies when data are complete.
#pragma once

#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "ledger/ledger.hpp"
#include "model/store.hpp"

namespace systole::model {

class StoreUnit : public sc_core::sc_module {
 public:
  // Before the simulation starts. The reference stays valid.
  [[nodiscard]] StorePort& open_port();
  [[nodiscard]] std::string waiting_for() const;

 protected:
  explicit StoreUnit(const sc_core::sc_module_name& name);

  // When a train that comes now is complete: advances the memory's state, counts its actions.
  // Completion times never go backwards for one port.
  virtual Femtoseconds serve(const Train& train) = 0;

 private:
  void wake();  // A request came, or a train is complete.
  void serve_requests();

  struct Pending {
    Femtoseconds complete;
    std::uint64_t order;
    std::uint32_t port;
  };
  Queue<Request> requests_;  // Of all ports.
  std::vector<std::unique_ptr<StorePort>> ports_;
  std::vector<Pending> pending_;  // A heap: earliest completion first, then order of service.
  std::uint64_t served_ = 0;
  sc_core::sc_event timer_;
};

}  // namespace systole::model
