// SPDX-License-Identifier: Apache-2.0
// The weight-stationary matrix unit, one step a cycle: what rtl/mxu_ws.sv is held against. Inside,
// nothing stalls; this class is the edge (what may transfer, credits, scales, accumulators, result
// queue) around the processing elements. rtl/README.md is the contract, rule by rule.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "model/array_unit.hpp"
#include "model/clocked_history.hpp"
#include "model/clocked_ws_elements.hpp"
#include "model/toggles.hpp"
#include "numerics/arithmetic.hpp"

namespace systole::model {

class ClockedWs final : public ArrayUnit {
 public:
  explicit ClockedWs(const ArrayConfig& config, Toggles* toggles = nullptr);

  const UnitOutputs& settle(const UnitInputs& inputs) override;
  void clock() override;

  // What an element's registers hold before the next edge.
  [[nodiscard]] WsElement element(std::uint32_t row, std::uint32_t column) const {
    return elements_->element(row, column);
  }

 private:
  // A row of a pass on its way to the accumulators and the result queue.
  struct Travelling {
    bool valid = false;
    bool last = false;
    PassFlags pass{};
    std::uint32_t address = 0;      // In the accumulators: its place in the pass.
    std::uint32_t scale_slot = 0;   // If it is scaled.
    std::uint32_t result_slot = 0;  // If it leaves.
  };

  void reset();
  [[nodiscard]] bool can_take_activations() const;
  void accumulate();
  void accumulate(const Travelling& row, std::uint32_t column);
  void leave();  // What has passed the accumulators is seen outside.
  void take_result();
  void take_scales();
  [[nodiscard]] Travelling take_activations();
  void check_order() const;

  const ArrayConfig config_;
  const std::uint32_t stages_;    // From a column's top to its accumulator.
  const std::uint32_t left_age_;  // Age (History) of the row that reaches the result queue.
  std::unique_ptr<WsElements> elements_;
  History<Travelling> travelling_;

  UnitInputs inputs_;
  UnitOutputs outputs_;

  std::uint32_t loaded_ = 0;       // Rows of the next tile.
  std::uint32_t drain_ = 0;        // Serial: cycles until the array has drained.
  std::optional<PassFlags> pass_;  // Streaming: `first` has transferred, `last` has not.
  std::uint32_t row_ = 0;          // Of the pass.

  std::uint32_t scales_in_use_ = 0;
  std::uint32_t scales_unclaimed_ = 0;
  std::uint32_t next_scale_ = 0;   // Slot that the next row of scales takes.
  std::uint32_t pass_scale_ = 0;   // Slot that the running pass claimed.
  std::uint32_t claim_scale_ = 0;  // Slot that the next pass claims.
  std::uint32_t credits_;
  std::uint32_t results_ = 0;      // In the queue.
  std::uint32_t next_result_ = 0;  // Slot of the next row that is to leave: a credit is a slot.
  std::uint32_t head_ = 0;         // Slot of the oldest result.

  std::vector<numerics::Sum> group_;   // Accumulators, [address][column].
  std::vector<numerics::Sum> result_;  // Likewise.
  std::vector<numerics::Sum> scales_;  // [slot][column].
  std::vector<numerics::Sum> queue_;   // Likewise.
};

}  // namespace systole::model
