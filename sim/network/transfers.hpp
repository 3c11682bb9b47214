// SPDX-License-Identifier: Apache-2.0
// Transfers that wait for one another, carried by the flit-level network: how a collective runs.
//
// A transfer is cut into packets, ready as soon as all it waits for is delivered; with bubble the
// last one is filled up. Transfers that become ready together take turns, a packet each, in the
// order of the list, as a chip's DMA engines do.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/quantity.hpp"
#include "network/flit_network.hpp"

namespace systole::network {

struct Transfer {
  Chip source;
  Chip destination;
  Bytes bytes;
  std::vector<std::uint32_t> after;  // Indices of transfers that must have been delivered.
};

struct TransferTimes {
  std::vector<std::uint64_t> finish;  // Cycle, by transfer. Those behind a deadlock keep 0.
  std::uint64_t end = 0;              // The latest.
  std::optional<Deadlock> deadlock;
};

// Begins at the network's present cycle; the network must be empty, and what it delivered before is
// dropped. A transfer of no bytes is delivered when it is ready. Throws UserError if the list
// refers to itself in a circle or to what is not there.
[[nodiscard]] TransferTimes run_transfers(FlitNetwork& network, Bytes flit,
                                          const std::vector<Transfer>& transfers);

}  // namespace systole::network
