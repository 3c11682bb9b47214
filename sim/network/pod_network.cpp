// SPDX-License-Identifier: Apache-2.0
#include "network/pod_network.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace systole::network {

PodNetwork pod_network(const PodConfig& pod, const PodNetworkChoice& choice) {
  if (!pod.chip.ici) {
    fail("chip '{}' has no links ('ici')", pod.chip.name);
  }
  const Femtoseconds cycle = transfer_time(choice.flit, pod.chip.ici->bandwidth);
  const auto hop = static_cast<std::uint32_t>(std::max<std::uint64_t>(
      1, cycles_in(to_femtoseconds(pod.chip.ici->hop_latency), cycle).count()));
  const std::uint32_t router = hop > 1 ? 1 : 0;
  const std::uint32_t link = hop - router;
  const std::uint32_t round = router + 2 * link;
  // With bubble, two packets besides those on their way.
  const std::uint32_t buffer = round + 2 * choice.packet_flits;
  FlitConfig config{.axes = pod.axes,
                    .virtual_channels = choice.virtual_channels,
                    .buffer_flits = buffer,
                    .packet_flits = choice.packet_flits,
                    .router_cycles = router,
                    .link_cycles = link,
                    .local_ports = static_cast<std::uint32_t>(2 * pod.axes.size()),
                    .freedom = choice.freedom,
                    .arbitration = Arbitration::oldest,
                    .watchdog_cycles = 100ULL * round + 10'000};
  return {.config = std::move(config), .flit = choice.flit, .cycle = cycle};
}

}  // namespace systole::network
