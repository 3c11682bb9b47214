// SPDX-License-Identifier: Apache-2.0
#include "network/collective.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/error.hpp"

namespace systole::network {
namespace {

using Index = std::uint32_t;  // Of a transfer.

class Builder {
 public:
  Builder(const Collective& collective, const PodConfig& pod, const Torus& torus,
          std::uint64_t step_cycles)
      : collective_(collective),
        pod_(pod),
        group_(tensor_group(pod, torus.chips())),
        torus_(torus),
        step_cycles_(step_cycles) {
    for (Chip chip = 0; chip < torus.chips(); ++chip) {
      std::vector<std::uint32_t> positions;
      for (const GroupAxis& axis : group_) {
        positions.push_back(torus.coordinate(chip, axis.axis));
      }
      positions_.push_back(std::move(positions));
    }
  }

  // All sums are made before anything is gathered, as in sim/model.
  CollectiveTransfers build(const std::vector<PlannedChunk>& chunks) && {
    std::vector<Held> held(chunks.size(), Held(torus_.chips()));
    for (const bool scatters : {true, false}) {
      for (std::size_t i = 0; i < chunks.size(); ++i) {
        for (std::size_t p = 0; p < chunks[i].phases.size(); ++p) {
          const AxisPhase& phase = chunks[i].phases[p];
          if ((phase.exchange == Exchange::scatter) == scatters) {
            const std::uint64_t stage = phase.exchange == Exchange::gather ? p : 0;
            rank_ = stage << 32 | chunks[i].number;
            add(phase, held[i]);
          }
        }
      }
      if (scatters) {
        join_all(held);
      }
    }
    return std::move(out_);
  }

 private:
  // By chip: what its next axis waits for.
  using Held = std::vector<std::optional<Index>>;
  // Of one chip in one phase.
  struct Sent {
    Index index;
    std::uint32_t step;
  };
  using Sends = std::vector<std::array<std::vector<Sent>, 2>>;  // By chip; down, up.

  [[nodiscard]] AxisPlace place(Chip chip, std::uint32_t axis) const {
    return {.length = group_[axis].length,
            .wraps = group_[axis].wraps,
            .position = positions_[chip][axis]};
  }
  [[nodiscard]] Chip neighbour(Chip chip, std::uint32_t axis, bool up) const {
    const std::optional<Chip> next = torus_.neighbour(chip, 2 * group_[axis].axis + (up ? 0U : 1U));
    check(next.has_value(), "chip {} has no link on axis {} to send on", chip, axis);
    return *next;
  }

  Index push(Transfer transfer, bool is_added, bool is_optical) {
    out_.transfers.push_back(std::move(transfer));
    out_.is_added.push_back(is_added);
    out_.is_optical.push_back(is_optical);
    return static_cast<Index>(out_.transfers.size() - 1);
  }
  Index join(Chip chip, std::vector<Index> after) {
    return push({.source = chip, .destination = chip, .bytes = Bytes{0}, .after = std::move(after)},
                false, false);
  }

  void add(const AxisPhase& phase, Held& held) {
    const Sends sends_of = send(phase, held);
    std::vector<std::vector<Index>> received(torus_.chips());
    for (Chip chip = 0; chip < torus_.chips(); ++chip) {
      for (const bool up : {false, true}) {
        for (const Sent& sent : sends_of[chip][up ? 1 : 0]) {
          received[out_.transfers[sent.index].destination].push_back(sent.index);
          wait(phase, chip, up, sent, sends_of);
        }
      }
    }
    for (Chip chip = 0; chip < torus_.chips(); ++chip) {
      if (!received[chip].empty()) {
        if (held[chip]) {
          received[chip].push_back(*held[chip]);
        }
        held[chip] = join(chip, std::move(received[chip]));
      }
    }
  }

  Sends send(const AxisPhase& phase, const Held& held) {
    Sends all(torus_.chips());
    for (Chip chip = 0; chip < torus_.chips(); ++chip) {
      if (!takes_part(collective_, phase, positions_[chip])) {
        continue;
      }
      const AxisPlace here = place(chip, phase.axis);
      for (const bool up : {false, true}) {
        for (std::uint32_t step = 1; step <= steps(phase, here); ++step) {
          if (const std::uint64_t bytes = send_bytes(phase, here, up, step); bytes > 0) {
            Transfer transfer{.source = chip,
                              .destination = neighbour(chip, phase.axis, up),
                              .bytes = Bytes{bytes},
                              .after = {},
                              .delay = step_cycles_,
                              .rank = rank_};
            if (held[chip]) {
              transfer.after.push_back(*held[chip]);
            }
            all[chip][up ? 1 : 0].push_back(
                {push(std::move(transfer), phase.exchange == Exchange::scatter,
                      pod_.axes[group_[phase.axis].axis].is_optical(here.position, up)),
                 step});
          }
        }
      }
    }
    return all;
  }

  // A send waits for the latest receipt of the steps before it.
  void wait(const AxisPhase& phase, Chip chip, bool up, const Sent& sent, const Sends& sends_of) {
    if (!upstream(place(chip, phase.axis), up)) {
      return;
    }
    const std::vector<Sent>& before = sends_of[neighbour(chip, phase.axis, !up)][up ? 1 : 0];
    const auto later = std::find_if(before.begin(), before.end(),
                                    [&](const Sent& other) { return other.step >= sent.step; });
    if (later != before.begin()) {
      out_.transfers[sent.index].after.push_back(std::prev(later)->index);
    }
  }

  void join_all(std::vector<Held>& held) {
    for (Chip chip = 0; chip < torus_.chips(); ++chip) {
      std::vector<Index> all;
      for (const Held& chunk : held) {
        if (chunk[chip]) {
          all.push_back(*chunk[chip]);
        }
      }
      if (!all.empty()) {
        const Index joint = join(chip, std::move(all));
        for (Held& chunk : held) {
          chunk[chip] = joint;
        }
      }
    }
  }

  const Collective& collective_;
  const PodConfig& pod_;
  const std::vector<GroupAxis> group_;
  const Torus& torus_;
  const std::uint64_t step_cycles_;
  std::vector<std::vector<std::uint32_t>> positions_;  // By chip, on the group's axes.
  std::uint64_t rank_ = 0;                             // Of the chunk and axis at hand.
  CollectiveTransfers out_;
};

}  // namespace

CollectiveTransfers collective_transfers(const Collective& collective, const PodConfig& pod,
                                         const Torus& torus, std::uint64_t step_cycles) {
  check(pod.chip.ici.has_value(), "a collective on chips without links");
  const std::vector<GroupAxis> group = tensor_group(pod, torus.chips());
  return Builder(collective, pod, torus, step_cycles).build(plan(collective, group, *pod.chip.ici));
}

}  // namespace systole::network
