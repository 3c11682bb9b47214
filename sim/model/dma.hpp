// SPDX-License-Identifier: Apache-2.0
// The DMA engines: moves of the program, and activations that a matmul fetches or writes.
//
// Transfers start in order of arrival (the program's moves before the matrix units' at one
// instant), as many at a time as there are engines. Each is one train at every memory it touches.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "model/chip_accounts.hpp"
#include "model/program.hpp"
#include "model/queue.hpp"
#include "model/scratchpad_trains.hpp"
#include "model/scratchpad_user.hpp"
#include "model/store.hpp"

namespace systole::model {

// The memories of a chip besides the scratchpad; null where it has none.
struct MemoryPorts {
  StorePort* far_sram = nullptr;
  StorePort* hbm = nullptr;

  [[nodiscard]] StorePort& at(Place place) const { return place == Place::hbm ? *hbm : *far_sram; }
};

struct TransferDone {};

struct Transfer {
  Place from;
  Place to;
  Bytes bytes;
  std::uint64_t segments;
  std::uint64_t elements;
  OperationId operation;
  Tensor tensor;
  std::optional<Instance> move;         // Ends an operation of the program,
  Queue<TransferDone>* done = nullptr;  // or is reported here.
  std::uint32_t engine = 0;             // That works on it.
};

class Dma : public ScratchpadUser {
 public:
  Dma(const sc_core::sc_module_name& name, std::uint32_t engines, const Program& program,
      MemoryPorts memories, ScratchpadTrains& trains, Queue<Instance>& issued,
      Queue<Instance>& ended, ChipAccounts& accounts, Account& account);

  void wake() override;  // A transfer came, or a train is complete.

  [[nodiscard]] Queue<Transfer>& transfers() { return transfers_; }  // Of the matrix units.
  [[nodiscard]] std::string waiting_for() const;
  void close(Femtoseconds elapsed) { account_.close(elapsed); }

 private:
  void start_waiting();
  void collect(Place place);
  void push_train(const Transfer& transfer, Place place, Direction direction);
  void collect_late();
  void take_engine(Transfer& transfer);
  void finish(const Transfer& transfer);
  [[nodiscard]] Transfer transfer_of(const Instance& instance) const;

  const std::uint32_t engines_;
  const Program& program_;
  const MemoryPorts memories_;
  ScratchpadTrains& trains_;
  Queue<Instance>& issued_;
  Queue<Instance>& ended_;
  ChipAccounts& accounts_;
  Account& account_;
  Queue<Transfer> transfers_;
  std::deque<Transfer> waiting_;
  // Trains at each memory, in order; a transfer between two memories is at one after the other.
  struct InFlight {
    Transfer transfer;
    Direction direction;
    Femtoseconds through;  // The scratchpad, if that is later than the memory says.
  };
  std::array<std::deque<InFlight>, 3> in_flight_;  // By Place.
  std::multimap<Femtoseconds, Transfer> late_;  // Done at the memory, and when they will be here.
  std::uint32_t busy_engines_ = 0;
  std::vector<std::uint32_t> free_;  // Numbers of the engines that are not busy.
  std::vector<Track*> tracks_;       // By engine; null where nothing is recorded.
  sc_core::sc_event timer_;
};

}  // namespace systole::model
