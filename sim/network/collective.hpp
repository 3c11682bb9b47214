// SPDX-License-Identifier: Apache-2.0
// A collective over all chips of a pod as transfers that wait for one another.
//
// The plan is that of network/exchange.hpp, which sim/model carries out chunk by chunk; here every
// send of it is one transfer over one link, ready when the receipt of its step before and the
// chunk's axis before are there.
#pragma once

#include <vector>

#include "config/pod.hpp"
#include "network/exchange.hpp"
#include "network/torus.hpp"
#include "network/transfers.hpp"

namespace systole::network {

struct CollectiveTransfers {
  // Those of no bytes join the ends of others and cross no link.
  std::vector<Transfer> transfers;
  std::vector<bool> is_added;    // The receiver adds it to its own: by transfer.
  std::vector<bool> is_optical;  // Its link is: by transfer.
};

// `step_cycles` pass before each send.
[[nodiscard]] CollectiveTransfers collective_transfers(const Collective& collective,
                                                       const PodConfig& pod, const Torus& torus,
                                                       std::uint64_t step_cycles);

}  // namespace systole::network
