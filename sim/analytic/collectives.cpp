// SPDX-License-Identifier: Apache-2.0
#include "analytic/collectives.hpp"

#include <algorithm>

#include "analytic/whole.hpp"

namespace systole {
namespace {

std::uint64_t chips(const std::vector<GroupAxis>& axes) {
  std::uint64_t n = 1;
  for (const GroupAxis& axis : axes) {
    n *= axis.length;
  }
  return n;
}

// Part p of a reduce-scatter: axes p, p+1, .. round, each dividing what is left by its length.
std::vector<Phase> scatter(const std::vector<GroupAxis>& axes, std::size_t part,
                           std::uint64_t bytes) {
  std::vector<Phase> result;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t axis = (part + i) % axes.size();
    bytes = ceil_div(bytes, axes[axis].length);
    result.push_back({.axis = axis, .exchange = Exchange::scatter, .bytes = bytes});
  }
  return result;
}

std::vector<Phase> gather(const std::vector<Phase>& scatter) {
  std::vector<Phase> result(scatter.rbegin(), scatter.rend());
  for (Phase& phase : result) {
    phase.exchange = Exchange::gather;
  }
  return result;
}

// One way round the ring, first step first. Of an even ring's last gather step (the chip opposite)
// each direction takes one half; this is the larger.
std::vector<Transfers> one_way(std::uint64_t k, const Phase& phase) {
  std::vector<Transfers> result;
  if (phase.exchange == Exchange::transpose) {
    for (std::uint64_t step = 1; step <= k / 2; ++step) {
      // What goes to the k/2 - step chips beyond, and half of what goes to the one opposite.
      result.push_back({ceil_div(product({k + 1 - 2 * step, phase.bytes}), 2 * k), 1});
    }
    return result;
  }
  result.push_back({phase.bytes, (k - 1) / 2});
  if (k % 2 == 0) {
    result.push_back({phase.bytes - phase.bytes / 2, 1});
  }
  return result;
}

// What crosses the link from position i to i + 1 of a line.
Transfers upwards(std::uint64_t k, std::uint64_t i, const Phase& phase) {
  switch (phase.exchange) {
    case Exchange::gather: return {phase.bytes, i + 1};       // Shards of i + 1 chips below.
    case Exchange::scatter: return {phase.bytes, k - 1 - i};  // Sums for those above.
    case Exchange::transpose: return {ceil_div(product({k - 1 - i, phase.bytes}), k), i + 1};
  }
  throw Bug("an exchange without transfers");
}

Femtoseconds time(const IciConfig& ici, const Transfers& t) {
  return Femtoseconds{product({transfer_time(Bytes{t.bytes}, ici.bandwidth).count(), t.count})};
}

}  // namespace

std::vector<std::vector<Phase>> phases(CollectiveKind kind, const std::vector<GroupAxis>& axes,
                                       Bytes bytes) {
  std::vector<std::vector<Phase>> parts;
  if (kind == CollectiveKind::all_to_all) {
    parts.emplace_back();
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
      parts.back().push_back({.axis = axis,
                              .exchange = Exchange::transpose,
                              .bytes = ceil_div(bytes.count(), chips(axes))});
    }
    return parts;
  }
  const std::uint64_t n = axes.size();
  for (std::size_t part = 0; part < n; ++part) {
    const std::uint64_t size = bytes.count() / n + (part < bytes.count() % n ? 1 : 0);
    const std::vector<Phase> down = scatter(axes, part, size);
    const std::vector<Phase> up = gather(down);
    std::vector<Phase> both;
    if (kind != CollectiveKind::all_gather) {
      both.insert(both.end(), down.begin(), down.end());
    }
    if (kind != CollectiveKind::reduce_scatter) {
      both.insert(both.end(), up.begin(), up.end());
    }
    parts.push_back(std::move(both));
  }
  return parts;
}

std::vector<Transfers> transfers(const GroupAxis& axis, const Phase& phase) {
  const std::uint64_t k = axis.length;
  std::vector<Transfers> result;
  if (!axis.wraps) {
    for (std::uint64_t i = 0; i + 1 < k; ++i) {
      const Transfers up = upwards(k, i, phase);
      result.push_back({up.bytes, 2 * up.count});
    }
    return result;
  }
  for (const Transfers& t : one_way(k, phase)) {
    result.push_back({t.bytes, 2 * k * t.count});
  }
  if (phase.exchange != Exchange::transpose && k % 2 == 0) {
    result.back().count = k;  // The last step's halves differ by a byte if the shard is odd.
    result.push_back({phase.bytes / 2, k});
  }
  return result;
}

std::vector<Transfers> chain(const GroupAxis& axis, const Phase& phase) {
  const std::uint64_t k = axis.length;
  if (axis.wraps) {
    return one_way(k, phase);
  }
  if (phase.exchange != Exchange::transpose) {
    return {{phase.bytes, k - 1}};  // From one end of the line to the other.
  }
  std::vector<Transfers> result;
  for (std::uint64_t i = 0; i + 1 < k; ++i) {
    result.push_back({upwards(k, i, phase).bytes, 1});
  }
  return result;
}

std::vector<Femtoseconds> link_times(const IciConfig& ici, const GroupAxis& axis,
                                     const Phase& phase) {
  std::vector<Femtoseconds> result(axis.length);
  if (axis.wraps) {
    for (const Transfers& t : one_way(axis.length, phase)) {
      result[0] += time(ici, t);
    }
    std::fill(result.begin() + 1, result.end(), result[0]);
    return result;
  }
  for (std::uint64_t i = 0; i + 1 < axis.length; ++i) {
    result[i] = time(ici, upwards(axis.length, i, phase));
  }
  return result;
}

std::vector<GroupAxis> axes_of(const Collective& collective, const std::vector<GroupAxis>& group) {
  std::vector<GroupAxis> axes;
  for (const std::uint32_t axis : collective.axes) {
    check(axis < group.size(), "a collective runs over axis {} of a group of {}", axis,
          group.size());
    axes.push_back(group[axis]);
  }
  return axes;
}

const IciConfig& ici_of(const ChipConfig& chip) {
  check(chip.ici.has_value(), "the trace has a collective, the chip no links");
  return *chip.ici;
}

CollectiveCost collective_cost(const IciConfig& ici, CollectiveKind kind,
                               const std::vector<GroupAxis>& axes, Bytes bytes) {
  const Femtoseconds start = to_femtoseconds(ici.collective_start);
  const Femtoseconds step = to_femtoseconds(ici.collective_step) + to_femtoseconds(ici.hop_latency);
  CollectiveCost cost{.link_bytes = 0, .steps = 0, .fixed = start, .link = {}, .time = start};
  std::vector<std::vector<Femtoseconds>> links;
  links.reserve(axes.size());
  for (const GroupAxis& axis : axes) {
    links.emplace_back(axis.length);
  }
  for (const std::vector<Phase>& part : phases(kind, axes, bytes)) {
    std::uint64_t steps = 0;
    Femtoseconds longest{};
    for (const Phase& phase : part) {
      const GroupAxis& axis = axes[phase.axis];
      for (const Transfers& t : transfers(axis, phase)) {
        cost.link_bytes =
            sum(cost.link_bytes, product({t.bytes, t.count, chips(axes) / axis.length}));
      }
      for (const Transfers& t : chain(axis, phase)) {
        steps += t.bytes > 0 ? t.count : 0;
        longest += time(ici, t);
      }
      const std::vector<Femtoseconds> times = link_times(ici, axis, phase);
      for (std::size_t i = 0; i < times.size(); ++i) {
        links[phase.axis][i] += times[i];
        cost.link = std::max(cost.link, links[phase.axis][i]);
      }
    }
    cost.steps = std::max(cost.steps, steps);
    cost.time = std::max(cost.time, start + step * steps + longest);
  }
  cost.fixed += step * cost.steps;
  if (cost.steps > 0) {  // The busiest link is first used after a step and last felt after a hop.
    cost.time = std::max(cost.time, start + step + cost.link);
  }
  return cost;
}

}  // namespace systole
