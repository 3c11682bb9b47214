// SPDX-License-Identifier: Apache-2.0
// The flit-level network of a pod: its links in flits and cycles.
//
// A cycle is the time in which a link carries one flit, so the link has its bandwidth; a hop is as
// many cycles as cover its latency. Buffers hold what a credit's round needs, so that one
// virtual channel keeps a link busy; a chip has a local port for each link, so that its memory is
// never what limits it.
#pragma once

#include "base/quantity.hpp"
#include "config/pod.hpp"
#include "network/flit_network.hpp"

namespace systole::network {

struct PodNetwork {
  FlitConfig config;
  Bytes flit;
  Femtoseconds cycle;
  [[nodiscard]] Femtoseconds time(std::uint64_t cycles) const { return Cycles{cycles} * cycle; }
};

struct PodNetworkChoice {
  Bytes flit{256};
  std::uint32_t packet_flits = 16;  // 4 KiB.
  std::uint32_t virtual_channels = 4;
  DeadlockFreedom freedom = DeadlockFreedom::dateline;
};

// Throws UserError if the pod has no links or more chips than the network takes.
[[nodiscard]] PodNetwork pod_network(const PodConfig& pod, const PodNetworkChoice& choice = {});

}  // namespace systole::network
