// SPDX-License-Identifier: Apache-2.0
// The output-stationary matrix unit, one step a cycle: what rtl/mxu_os.sv is held against. Operands
// come in step by step; a column's finished sums leave through one bus, row by row, while the next
// tile streams. rtl/README.md is the contract.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/array_unit.hpp"
#include "model/clocked_history.hpp"
#include "model/clocked_os_elements.hpp"
#include "model/toggles.hpp"
#include "numerics/arithmetic.hpp"

namespace systole::model {

class ClockedOs final : public ArrayUnit {
 public:
  explicit ClockedOs(const ArrayConfig& config, Toggles* toggles = nullptr);

  const UnitOutputs& settle(const UnitInputs& inputs) override;
  void clock() override;

  // What an element's registers hold before the next edge.
  [[nodiscard]] OsElement element(std::uint32_t row, std::uint32_t column) const {
    return elements_->element(row, column);
  }

 private:
  // The last step of a tile on its way through the array.
  struct Travelling {
    bool last = false;
    std::uint32_t result_slot = 0;  // Of the tile's row 0; its other rows take the next.
  };

  void reset();
  [[nodiscard]] bool can_take_operands() const;
  void finish();
  void finish(std::uint32_t result_slot, std::uint32_t diagonal);
  [[nodiscard]] Travelling take_operands();

  const ArrayConfig config_;
  std::unique_ptr<OsElements> elements_;
  History<Travelling> travelling_;

  UnitInputs inputs_;
  UnitOutputs outputs_;

  bool streaming_ = false;   // `first` has transferred, `last` has not.
  std::uint32_t bus_ = 0;    // Cycles until the columns' buses can take the sums of a tile.
  std::uint32_t drain_ = 0;  // Serial: cycles until the array has drained.
  std::uint32_t credits_;
  std::uint32_t results_ = 0;      // In the queue.
  std::uint32_t next_result_ = 0;  // Slot of the next result: a credit is a slot.
  std::uint32_t head_ = 0;         // Slot of the oldest result.

  std::vector<numerics::Sum> queue_;  // [slot][column].
};

}  // namespace systole::model
