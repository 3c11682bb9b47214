// SPDX-License-Identifier: Apache-2.0
// What the memories share: ports, order of arrival, replies when data are complete.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "model/store.hpp"

namespace systole::model {

class StoreUnit : public sc_core::sc_module {
 public:
  // Before the simulation starts. The reference stays valid.
  [[nodiscard]] StorePort& open_port();
  [[nodiscard]] std::string waiting_for() const;

 protected:
  explicit StoreUnit(const sc_core::sc_module_name& name);

  // A train comes now; counts its actions.
  virtual void accept(const Request& request) = 0;
  // When the first train is complete if no other comes, as the DMA sees it; of one instant, the
  // one that came first. Empty if there is none. Trains of one port are complete in their order.
  virtual std::optional<Femtoseconds> next() = 0;
  // That instant has come: the train's port.
  virtual std::uint32_t complete() = 0;

 private:
  void wake();  // A request came, or a train is complete.
  void accept_requests();

  Queue<Request> requests_;  // Of all ports.
  std::vector<std::unique_ptr<StorePort>> ports_;
  std::uint64_t open_ = 0;  // Trains that are not complete.
  sc_core::sc_event timer_;
};

}  // namespace systole::model
