// SPDX-License-Identifier: Apache-2.0
// The pages of the ledger that the units of one chip share.
//
// A unit opens a page of its own for its states; what it does to a store or for a neighbour unit
// (scratchpad granules, bundles, lanes of a reduction) is recorded on that one's page, here.
#pragma once

#include <string>

#include "config/chip.hpp"
#include "ledger/ledger.hpp"
#include "ledger/recording.hpp"

namespace systole::model {

struct ChipAccounts {
  ChipAccounts(Ledger& ledger, const std::string& chip, Bytes scratchpad_granule, Recording* kept)
      : matrix_unit(ledger.open(chip + ".matrix_units", Component::matrix_unit)),
        accumulator(ledger.open(chip + ".accumulators", Component::accumulator)),
        scratchpad(ledger.open(chip + ".scratchpad", Component::scratchpad)),
        vector_unit(ledger.open(chip + ".vector_unit", Component::vector_unit)),
        sequencer(ledger.open(chip + ".sequencer", Component::sequencer)),
        granule(scratchpad_granule),
        recording(kept) {}

  void read_scratchpad(OperationId operation, Tensor tensor, Bytes bytes) {
    scratchpad.record(operation, tensor, Action::scratchpad_read, granules(bytes));
  }
  void write_scratchpad(OperationId operation, Tensor tensor, Bytes bytes) {
    scratchpad.record(operation, tensor, Action::scratchpad_write, granules(bytes));
  }
  [[nodiscard]] std::uint64_t granules(Bytes bytes) const {
    return ceil_div(bytes.count(), granule.count());
  }

  Account& matrix_unit;
  Account& accumulator;
  Account& scratchpad;
  Account& vector_unit;
  Account& sequencer;
  Bytes granule;
  Recording* recording;  // Of the run over time; null: none is kept.
};

}  // namespace systole::model
