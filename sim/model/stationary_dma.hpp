// SPDX-License-Identifier: Apache-2.0
// Fetches the stationary operands of matmuls (weights, keys, values) block by block into a buffer
// of the scratchpad, ahead of their use as far as the buffer has room.
//
// It walks the same blocks in the same order as the matrix units do. A block's room is given back
// when the matrix units have begun its last tile.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <systemc>

#include "model/chip_accounts.hpp"
#include "model/dma.hpp"
#include "model/program.hpp"
#include "model/queue.hpp"
#include "model/steps.hpp"
#include "model/timeline.hpp"

namespace systole::model {

struct BlockArrived {};

class StationaryDma : public ScratchpadUser {
 public:
  StationaryDma(const sc_core::sc_module_name& name, const Program& program, Bytes buffer,
                MemoryPorts memories, ScratchpadTrains& trains, Queue<Instance>& issued,
                ChipAccounts& accounts, Account& account);

  void wake() override;  // A matmul was issued, room was freed, or a block is here.

  [[nodiscard]] Queue<BlockArrived>& arrived() { return arrived_; }  // In order of use.
  [[nodiscard]] Queue<Bytes>& released() { return released_; }
  [[nodiscard]] std::string waiting_for() const;
  void close(Femtoseconds elapsed) { states_.close(elapsed); }

 private:
  void collect(Place place);  // Blocks that a memory has delivered.
  void deliver();
  void fetch();
  void next_block();  // Goes on to the next step that needs a fetch.
  void enter_state();

  const Program& program_;
  const Bytes buffer_;
  const MemoryPorts memories_;
  ScratchpadTrains& trains_;
  Queue<Instance>& issued_;
  ChipAccounts& accounts_;
  States states_;
  Queue<BlockArrived> arrived_;
  Queue<Bytes> released_;

  ProgramWalk walk_;
  std::optional<StepWalk> steps_;  // Of the walk's matmul; empty when all is fetched.
  std::uint64_t walked_ = 0;       // Matmuls before the present one.
  std::uint32_t blocks_ = 0;       // Of the present one, fetched.
  std::uint64_t issued_count_ = 0;
  Bytes used_{};
  struct InFlight {
    Place place;
    Piece piece;
    Femtoseconds through;  // The scratchpad, if that is later than the memory says.
    bool here;             // As the memory says.
  };
  std::deque<InFlight> in_flight_;
  State blocked_ = State::idle;  // Why nothing more is fetched.
  sc_core::sc_event timer_;
};

// Bytes of a step's stationary block, and of its moving block and its result.
[[nodiscard]] Bytes stationary_bytes(const Matmul& matmul, const Step& step);
[[nodiscard]] Bytes moving_bytes(const Matmul& matmul, const Step& step);
[[nodiscard]] Bytes result_bytes(const Matmul& matmul, const Step& step);
[[nodiscard]] Tensor tensor_of(const Matmul& matmul);

}  // namespace systole::model
