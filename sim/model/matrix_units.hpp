// SPDX-License-Identifier: Apache-2.0
// All matrix units of a chip: take matmuls in order, unroll them into blocks, and work through a
// block's passes side by side as soon as its operands are in the scratchpad.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "config/chip.hpp"
#include "model/chip_accounts.hpp"
#include "model/clock.hpp"
#include "model/dma.hpp"
#include "model/matrix_unit.hpp"
#include "model/program.hpp"
#include "model/queue.hpp"
#include "model/scratchpad.hpp"
#include "model/scratchpad_user.hpp"
#include "model/stationary_dma.hpp"
#include "model/steps.hpp"
#include "model/timeline.hpp"

namespace systole::model {

class MatrixUnits : public ScratchpadUser {
 public:
  MatrixUnits(const sc_core::sc_module_name& name, const MatrixUnitConfig& config,
              const Clock& clock, const Program& program, Scratchpad& scratchpad,
              Queue<Instance>& issued, Queue<Instance>& ended, StationaryDma& stationary,
              Queue<Transfer>& transfers, ChipAccounts& accounts, Ledger& ledger,
              const std::string& path);

  void wake() override;  // Something was issued, arrived, was released or is complete.
  [[nodiscard]] std::string waiting_for() const;
  void close(Femtoseconds elapsed);

 private:
  // A matmul from its issue to its last result.
  struct Active {
    Instance instance;
    Femtoseconds issued;
    StepWalk walk;    // Next block to work through.
    StepWalk moving;  // Next block whose moving operand is to be fetched.
    std::uint32_t blocks_begun = 0;
    std::uint64_t blocks_running = 0;
    std::uint64_t writes_running = 0;
  };
  // When something about a block that has been handed to the units happens.
  struct Release {
    Femtoseconds at;
    Bytes stationary;  // Room in the stationary buffer that becomes free.
    bool moving;       // The moving block it fetched has been used.
  };
  struct Completion {
    Femtoseconds at;
    Active* matmul;
    Step step;
  };
  // What a block reads and writes in the scratchpad.
  struct Accesses {
    std::uint64_t stationary;
    std::uint64_t moving;
    std::uint64_t results;
  };
  // The passes of a block on all arrays together.
  struct Span {
    Cycles last_active;  // The last tile begins to stream.
    Cycles end;          // The last result is out.
  };
  struct Lane {  // One array.
    MatrixUnit unit;
    Account& account;
    Timeline timeline;
  };

  void take_arrivals();
  void pass_time();
  void fetch_moving();
  void start_blocks();
  [[nodiscard]] bool has_operands(const Active& active, const Step& step);
  void start_block(Active& active, const Step& step);
  Span accept(const Active& active, const Passes& work, const Accesses& accesses);
  void complete(const Completion& completion);
  void end_finished();
  [[nodiscard]] Accesses accesses(const Matmul& matmul, const Step& step) const;
  void count(const Matmul& matmul, OperationId operation, const Step& step, const Passes& passes,
             const Accesses& accesses);
  [[nodiscard]] const Matmul& matmul_of(const Active& active) const {
    return std::get<Matmul>(*program_[active.instance.operation].work);
  }

  const MatrixUnitConfig config_;
  const Clock& clock_;
  const Program& program_;
  Scratchpad& scratchpad_;
  Queue<Instance>& issued_;
  Queue<Instance>& ended_;
  StationaryDma& stationary_;
  Queue<Transfer>& transfers_;
  ChipAccounts& accounts_;

  std::deque<Lane> lanes_;
  std::deque<Active> active_;       // In program order.
  std::size_t working_ = 0;         // Index of the first that still has blocks to start.
  std::uint64_t blocks_here_ = 0;   // Stationary blocks that have arrived and are not started.
  std::uint64_t moving_here_ = 0;   // Moving blocks likewise,
  std::uint64_t moving_ahead_ = 0;  // and those fetched and not yet used up.
  State held_by_ = State::stalled_operation;  // What the next block waits for.
  Queue<TransferDone> moving_done_;
  Queue<TransferDone> written_;
  std::deque<Active*> writers_;  // Whose results are being written, in order.
  std::deque<Release> releases_;
  std::deque<Completion> completions_;
  sc_core::sc_event timer_;
};

}  // namespace systole::model
