// SPDX-License-Identifier: Apache-2.0
// Transfers that wait for one another, carried by the flit-level network: how a collective runs.
//
// A transfer is cut into packets, ready as soon as all it waits for is delivered; with bubble the
// last one is filled up.
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
  std::uint64_t delay = 0;           // Cycles from then until its first flit may leave.
  std::uint64_t rank = 0;            // Of what waits for one link of a chip, the lowest goes first.
};

// How a chip's memory feeds its links.
enum class Sending : std::uint8_t {
  turns,  // What becomes ready together takes turns, a packet each; then first come, first served.
  ranked  // Each link is offered the packets of the lowest rank that is ready, of equals the first
          // that was; only as many ahead as keep it busy.
};

struct TransferTimes {
  std::vector<std::uint64_t> finish;  // Cycle, by transfer. Those behind a deadlock keep 0.
  std::uint64_t end = 0;              // The latest.
  std::optional<Deadlock> deadlock;
};

// Begins at the network's present cycle; the network must be empty, and what it delivered before is
// dropped. A transfer of no bytes is delivered when it is ready, whatever its
// delay. Throws UserError if the list
// refers to itself in a circle or to what is not there.
[[nodiscard]] TransferTimes run_transfers(FlitNetwork& network, Bytes flit,
                                          const std::vector<Transfer>& transfers,
                                          Sending sending = Sending::turns);

}  // namespace systole::network
