// SPDX-License-Identifier: Apache-2.0
#include "analytic/accesses.hpp"

#include "analytic/whole.hpp"

namespace systole {
namespace {

std::uint64_t granules(Bytes bytes, const ChipConfig& chip) {
  return ceil_div(bytes.count(), chip.scratchpad.granule.count());
}

}  // namespace

std::uint64_t stationary_reads(const MatrixUnitConfig& unit, const MatmulBlock& b) {
  switch (unit.dataflow) {
    case Dataflow::weight_stationary: return 1;
    case Dataflow::output_stationary: return ceil_div(b.rows, unit.rows);
    case Dataflow::input_stationary: return ceil_div(b.rows, unit.columns);
  }
  throw Bug("a dataflow without stationary reads");
}

std::uint64_t stationary_accesses(const Matmul& m, const ChipConfig& chip, const MatmulBlock& b) {
  const Bytes bytes = storage(product({b.products, b.depth, b.columns}), m.stationary.type);
  return product({stationary_reads(chip.matrix_unit, b), granules(bytes, chip)});
}

std::uint64_t moving_accesses(const Matmul& m, const ChipConfig& chip, const MatmulBlock& b) {
  const Bytes bytes = storage(product({b.products, b.rows, b.depth}), m.moving.type);
  const bool stays = chip.matrix_unit.dataflow == Dataflow::input_stationary;
  return product(
      {granules(bytes, chip), stays ? 1 : ceil_div(b.columns, chip.matrix_unit.columns)});
}

std::uint64_t result_accesses(const Matmul& m, const ChipConfig& chip, const MatmulBlock& b) {
  return granules(storage(product({b.products, b.rows, b.columns}), m.result.type), chip);
}

std::uint64_t accesses(const Matmul& m, const ChipConfig& chip) {
  std::uint64_t all = 0;
  for (const Steps& s : every_step(m)) {
    const std::uint64_t read =
        sum(stationary_accesses(m, chip, s.block), moving_accesses(m, chip, s.block));
    all = sum(all, product({read, s.count}));
  }
  for (const Steps& s : result_steps(m)) {
    all = sum(all, product({result_accesses(m, chip, s.block), s.count}));
  }
  return all;
}

std::uint64_t accesses(const Vector& v, const ChipConfig& chip) {
  return sum(granules(v.read, chip), granules(v.written, chip));
}

std::uint64_t accesses(const Trains& t, const ChipConfig& chip) {
  return product({t.segments, granules(Bytes{t.piece()}, chip)});
}

Cycles slot_cycles(std::uint64_t accesses, const ChipConfig& chip) {
  return Cycles{ceil_div(accesses, chip.unit_slots())};
}

}  // namespace systole
