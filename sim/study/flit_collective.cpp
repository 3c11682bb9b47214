// SPDX-License-Identifier: Apache-2.0
#include "study/flit_collective.hpp"

#include <fmt/format.h>

#include "analytic/bounds.hpp"
#include "base/error.hpp"
#include "network/collective.hpp"
#include "network/pod_network.hpp"

namespace systole {
namespace {

constexpr std::uint64_t kMostChips = 256;
constexpr OperationId kCollective = 1;  // Behind "static".

// What a transfer costs at its ends and on its link, as sim/model counts it.
void record(const network::CollectiveTransfers& planned, const PodConfig& pod, DataType type,
            Ledger& ledger) {
  Account& scratchpad = ledger.open("pod.scratchpad", Component::scratchpad);
  Account& lanes = ledger.open("pod.vector_unit", Component::vector_unit);
  Account& links = ledger.open("pod.links", Component::ici);
  const auto count = [](Account& account, Action action, std::uint64_t n) {
    account.record(kCollective, Tensor::activation, action, n);
  };
  for (std::size_t i = 0; i < planned.transfers.size(); ++i) {
    const std::uint64_t bytes = planned.transfers[i].bytes.count();
    const std::uint64_t granules = ceil_div(bytes, pod.chip.scratchpad.granule.count());
    count(links, Action::link_byte, bytes);
    count(links, Action::optical_byte, planned.is_optical[i] ? bytes : 0);
    count(scratchpad, Action::scratchpad_read, granules * (planned.is_added[i] ? 2 : 1));
    count(scratchpad, Action::scratchpad_write, granules);
    if (planned.is_added[i]) {
      count(lanes, Action::lane_add, ceil_div(bytes * 8, bits(type)));
    }
  }
}

void record_static(const PodConfig& pod, Femtoseconds elapsed, Ledger& ledger) {
  for (const auto& [key, count] : static_counts(pod, elapsed)) {
    const Component component = component_of(key.action);
    ledger.open(fmt::format("pod.{}", name(component)), component)
        .record(kNoOperation, key.tensor, key.action, count);
  }
}

void record_links(const network::FlitNetwork& net, const network::PodNetwork& made,
                  const std::vector<GroupAxis>& group, Ledger& ledger) {
  for (network::Chip chip = 0; chip < net.torus().chips(); ++chip) {
    for (std::uint32_t axis = 0; axis < group.size(); ++axis) {
      for (const bool up : {true, false}) {
        const network::Direction direction = 2 * group[axis].axis + (up ? 0U : 1U);
        if (net.torus().neighbour(chip, direction)) {
          Account& link = ledger.open(
              fmt::format("chip{}.link{}{}", chip, axis, up ? "_up" : "_down"), Component::ici);
          link.enter(State::busy, Femtoseconds{});
          link.enter(State::idle, made.time(net.link_flits(chip, direction)));
        }
      }
    }
  }
}

}  // namespace

Simulation run_flits(const PodConfig& pod, const Trace& trace) {
  if (pod.chips() > kMostChips) {
    fail("flit by flit a pod has at most {} chips, and pod '{}' has {}: use --fidelity chunk",
         kMostChips, pod.name, pod.chips());
  }
  if (!pod.faults.empty()) {
    fail(
        "pod '{}' has link faults, and flits know no way but dimension order: use --fidelity chunk",
        pod.name);
  }
  const Operation& operation = trace.blocks.front().operations.front();
  const auto& collective = std::get<Collective>(operation.work);
  const IciConfig& ici = pod.chip.ici.value();
  const network::PodNetwork made = network::pod_network(pod);
  network::FlitNetwork net(made.config);
  const network::CollectiveTransfers planned = network::collective_transfers(
      collective, pod, net.torus(),
      cycles_in(to_femtoseconds(ici.collective_step), made.cycle).count());
  const network::TransferTimes times =
      run_transfers(net, made.flit, planned.transfers, network::Sending::ranked);
  check(!times.deadlock, "the network is stuck: {}", times.deadlock ? times.deadlock->text() : "");
  check(net.counters().flits_injected == net.counters().flits_ejected,
        "law broken: flits: {} injected, {} ejected", net.counters().flits_injected,
        net.counters().flits_ejected);

  Simulation run{.ledger = Ledger({ledger_name(trace.blocks.front(), operation)}),
                 .folded = false,
                 .simulated_chips = pod.chips(),
                 .unfolded_because = "every flit passes every router"};
  const Femtoseconds elapsed = to_femtoseconds(ici.collective_start) + made.time(times.end);
  record(planned, pod, collective.type, run.ledger);
  record_links(net, made, tensor_group(pod, trace.tensor), run.ledger);
  record_static(pod, elapsed, run.ledger);
  run.ledger.close(elapsed);
  return run;
}

}  // namespace systole
