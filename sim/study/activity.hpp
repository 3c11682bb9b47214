// SPDX-License-Identifier: Apache-2.0
// How much the registers of a matrix unit switch under given operand values, counted on the clocked
// model (which the RTL equals bit for bit) while it multiplies drawn numbers.
//
// A product's energy is E0 + E1 x toggles, the bits that flip in its element's activation and sum
// registers. Two points fix the line: random data cost mac.*, operands at rest keep the share
// array.zero_operand of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/data_type.hpp"
#include "config/chip.hpp"
#include "config/run.hpp"
#include "ledger/price.hpp"

namespace systole {

// Numbers of one kind of operand, and the format they are stored in.
struct OperandData {
  DataType type;
  ValuesConfig values;
};

// Bits that flip, on the average.
struct Switching {
  double product;    // In the activation and sum registers, for each product.
  double shift_bit;  // In the shift register, for each bit of a stationary operand moved one row.
};

// On the processing element that the two types select, in columns of so many rows: the deeper a
// sum, the more often one of its products changes it. Throws UserError for an unreadable histogram.
[[nodiscard]] Switching switching(const OperandData& stationary, const OperandData& moving,
                                  std::uint32_t rows);

// What one kind of data makes a product switch and cost.
struct ActivityCase {
  std::string data;  // "random", "90% zeros".
  double toggles;    // Switching::product.
  double pj;
};

// The line E = E0 + E1 x toggles of one processing element.
struct ActivityRow {
  std::string product;              // "int8 x int8".
  double at_rest_pj;                // E0.
  double per_toggle_pj;             // E1.
  std::vector<ActivityCase> cases;  // Of weights and activations alike; zeros among activations.
};

struct ActivityTable {
  std::string chip;
  std::string energy_model;
  std::uint32_t rows;                 // Of its arrays.
  std::vector<ActivityRow> products;  // That the chip can do.
};

// Paths of a chip and an energy model. Throws UserError.
[[nodiscard]] ActivityTable activity_table(const std::string& chip,
                                           const std::string& energy_model);

// Relative to random data of the same types, by the operand held in the array.
[[nodiscard]] Activities activities(const RunConfig& run, const MatrixUnitConfig& unit);

}  // namespace systole
