// SPDX-License-Identifier: Apache-2.0
#include "analytic/collectives.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "analytic/whole.hpp"

namespace systole {
namespace {

constexpr std::uint64_t kUnits = 240;

std::uint64_t chips(const std::vector<GroupAxis>& axes) {
  std::uint64_t n = 1;
  for (const GroupAxis& axis : axes) {
    n *= axis.length;
  }
  return n;
}

bool gathers(CollectiveKind kind) {
  return kind == CollectiveKind::all_gather || kind == CollectiveKind::reduce_scatter ||
         kind == CollectiveKind::all_reduce;
}

bool are_alike(const std::vector<GroupAxis>& axes) {
  return std::all_of(axes.begin(), axes.end(), [&](const GroupAxis& axis) {
    return axis.length == axes[0].length && axis.wraps == axes[0].wraps;
  });
}

// What part `part` asks of `axis`, in shares of the array: of those that are left after the axes
// before it in the part's order, all but its own.
std::uint64_t asked(const std::vector<GroupAxis>& axes, std::size_t part, std::size_t axis) {
  std::uint64_t left = chips(axes);
  std::size_t visited = part;
  while (visited != axis) {
    left /= axes[visited].length;
    visited = (visited + 1) % axes.size();
  }
  return (left - left / axes[axis].length) * (axes[axis].wraps ? 1 : 2);
}

// Parts that go through the axes in the same order.
struct Part {
  std::size_t first;  // The axis that a scatter visits first; then the next ones, round.
  std::uint64_t bytes;
};

std::vector<Part> parts_of(CollectiveKind kind, const std::vector<GroupAxis>& axes,
                           std::uint64_t bytes) {
  const std::uint64_t share = ceil_div(bytes, chips(axes));
  if (kind == CollectiveKind::permute || kind == CollectiveKind::broadcast) {
    return {{0, kind == CollectiveKind::permute ? share : bytes}};
  }
  std::vector<Part> parts;
  const std::uint64_t n = axes.size();
  const std::vector<std::uint64_t> sizes = part_sizes(axes);
  std::uint64_t until = 0;
  std::uint64_t taken = 0;
  for (std::size_t p = 0; p < n; ++p) {
    if (!gathers(kind)) {
      parts.push_back({p, share / n + (p < share % n ? 1 : 0)});
      continue;
    }
    until += sizes[p];
    const std::uint64_t end =
        sum(product({bytes / kUnits, until}), product({bytes % kUnits, until}) / kUnits);
    parts.push_back({p, end - taken});
    taken = end;
  }
  return parts;
}

std::vector<AxisPhase> phases_of(const Part& part, CollectiveKind kind,
                                 const std::vector<GroupAxis>& axes, std::uint64_t bytes) {
  std::vector<AxisPhase> result;
  const std::uint64_t all = chips(axes);
  if (kind == CollectiveKind::permute) {
    return {
        {.axis = 0, .exchange = Exchange::shift, .bytes = bytes, .lines = all / axes[0].length}};
  }
  std::uint64_t reached = 1;  // Chips that a broadcast has reached so far.
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t axis = (part.first + i) % axes.size();
    AxisPhase phase{.axis = axis,
                    .exchange = Exchange::transpose,
                    .bytes = bytes,
                    .lines = all / axes[axis].length};
    if (kind == CollectiveKind::broadcast) {
      phase.exchange = Exchange::spread;
      phase.lines = reached;
      reached *= axes[axis].length;
    } else if (gathers(kind)) {
      bytes = ceil_div(bytes, axes[axis].length);
      phase.exchange = Exchange::scatter;
      phase.bytes = bytes;
    }
    result.push_back(phase);
  }
  if (kind == CollectiveKind::all_gather || kind == CollectiveKind::all_reduce) {
    const std::vector<AxisPhase> scatter = result;
    result.resize(kind == CollectiveKind::all_gather ? 0 : scatter.size());
    for (std::size_t i = scatter.size(); i-- > 0;) {
      result.push_back(scatter[i]);
      result.back().exchange = Exchange::gather;
    }
  }
  return result;
}

// In how many chunks each part is cut.
std::uint64_t cuts_of(const IciConfig& ici, CollectiveKind kind, const std::vector<GroupAxis>& axes,
                      const std::vector<Part>& parts) {
  const bool lines =
      std::any_of(axes.begin(), axes.end(), [](const GroupAxis& axis) { return !axis.wraps; });
  std::uint64_t most = are_alike(axes) ? 2 : 64;
  if (kind == CollectiveKind::permute) {
    most = axes[0].wraps ? 2 : 256;
  } else if (kind == CollectiveKind::broadcast) {
    most = 256;
  } else if (kind == CollectiveKind::all_to_all && lines) {
    most = 64;
  }
  std::uint64_t largest = 0;
  for (const Part& part : parts) {
    const std::uint64_t bytes = gathers(kind) ? ceil_div(part.bytes, axes[part.first].length)
                                : kind == CollectiveKind::all_to_all ? part.bytes / 2
                                                                     : part.bytes;
    largest = std::max(largest, bytes);
  }
  const Femtoseconds hop = to_femtoseconds(ici.hop_latency) + to_femtoseconds(ici.collective_step);
  if (hop == Femtoseconds{}) {
    return most;
  }
  const std::uint64_t pays =
      product({2, transfer_time(Bytes{largest}, ici.bandwidth).count()}) / hop.count();
  return std::max<std::uint64_t>(1, std::min(most, pays));
}

// The way of one part through its phases, in two readings.
struct Way {
  Femtoseconds lockstep{};  // All chunks take a step before any takes the next.
  Femtoseconds pipeline{};  // The first chunk alone; others follow as links let them.
};

// A chunk is one of `cuts` that share the links of an axis.
Way way_of(const IciConfig& ici, const std::vector<GroupAxis>& axes,
           std::span<const AxisPhase> phases, std::uint64_t cuts) {
  const Femtoseconds hop = to_femtoseconds(ici.collective_step) + to_femtoseconds(ici.hop_latency);
  Way way;
  Femtoseconds behind{};  // By how much the last chunk follows the first.
  for (const AxisPhase& phase : phases) {
    for (const Transfers& t : chain(axes[phase.axis], phase)) {
      if (t.bytes > 0) {
        const Femtoseconds one = transfer_time(Bytes{t.bytes}, ici.bandwidth);
        way.lockstep += std::max(one * cuts, one + hop) * t.count;
        way.pipeline += (one + hop) * t.count;
        behind = std::max(behind, std::min(one * (cuts - 1), hop));
      }
    }
  }
  way.lockstep += behind;
  return way;
}

// Chunks side by side take their steps in lockstep where a step's hop is what they wait for; many
// of them fill the links as a pipeline. The faster of the two is near what a run does.
Femtoseconds expected_time(const IciConfig& ici, CollectiveKind kind,
                           const std::vector<GroupAxis>& axes, Bytes bytes) {
  const std::uint64_t cuts = cuts_of(ici, kind, axes, parts_of(kind, axes, bytes.count()));
  const std::vector<Chunks> all = chunks(ici, kind, axes, bytes);
  Femtoseconds total = to_femtoseconds(ici.collective_start);
  const std::size_t halves = kind == CollectiveKind::all_reduce ? 2 : 1;
  for (std::size_t half = 0; half < halves; ++half) {
    std::vector<Femtoseconds> busy(axes.size());
    Way longest;
    for (const Chunks& equal : all) {
      const std::size_t each = equal.phases.size() / halves;
      const std::span phases = std::span(equal.phases).subspan(half * each, each);
      const Way way = way_of(ici, axes, phases, cuts);
      longest.lockstep = std::max(longest.lockstep, way.lockstep);
      longest.pipeline = std::max(longest.pipeline, way.pipeline);
      for (const AxisPhase& phase : phases) {
        const std::vector<Femtoseconds> times = link_times(ici, axes[phase.axis], phase);
        busy[phase.axis] += *std::ranges::max_element(times) * equal.count;
      }
    }
    total += std::min(longest.lockstep, longest.pipeline + *std::ranges::max_element(busy));
  }
  return total;
}

}  // namespace

std::vector<std::uint64_t> part_sizes(const std::vector<GroupAxis>& axes) {
  const std::size_t n = axes.size();
  if (are_alike(axes)) {  // The mean of all axes is reached, and only so.
    std::vector<std::uint64_t> equal(n, kUnits / n);
    return equal;
  }
  std::array<std::array<std::uint64_t, 3>, 3> ask{};
  for (std::size_t part = 0; part < n; ++part) {
    for (std::size_t axis = 0; axis < n; ++axis) {
      ask[axis][part] = asked(axes, part, axis);
    }
  }
  check(n <= ask.size(), "a collective over {} axes", n);
  std::array<std::uint64_t, 3> best{};
  std::uint64_t least = ~std::uint64_t{0};
  // From the last candidate to the first, so that of equals the first one stays.
  for (std::uint64_t i = kUnits + 1; i-- > 0;) {
    for (std::uint64_t j = kUnits - i + 1; j-- > 0;) {
      const std::array<std::uint64_t, 3> sizes{i, j, kUnits - i - j};
      if (n == 2 && sizes[2] > 0) {
        continue;
      }
      std::uint64_t most = 0;
      for (std::size_t axis = 0; axis < n; ++axis) {
        most = std::max(
            most, sizes[0] * ask[axis][0] + sizes[1] * ask[axis][1] + sizes[2] * ask[axis][2]);
      }
      if (most <= least) {
        least = most;
        best = sizes;
      }
    }
  }
  return {best.begin(), best.begin() + static_cast<std::ptrdiff_t>(n)};
}

std::vector<Chunks> chunks(const IciConfig& ici, CollectiveKind kind,
                           const std::vector<GroupAxis>& axes, Bytes bytes) {
  std::vector<Chunks> result;
  const std::vector<Part> parts = parts_of(kind, axes, bytes.count());
  const std::uint64_t cuts = cuts_of(ici, kind, axes, parts);
  for (const Part& part : parts) {
    const std::uint64_t longer = part.bytes % cuts;
    for (const auto& [size, count] :
         {std::pair(part.bytes / cuts + 1, longer), std::pair(part.bytes / cuts, cuts - longer)}) {
      if (count > 0) {
        result.push_back({.phases = phases_of(part, kind, axes, size), .count = count});
      }
    }
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
  CollectiveCost cost{.link_bytes = 0,
                      .steps = 0,
                      .fixed = start,
                      .link = {},
                      .time = start,
                      .expected = expected_time(ici, kind, axes, bytes)};
  std::vector<std::vector<Femtoseconds>> links;
  links.reserve(axes.size());
  for (const GroupAxis& axis : axes) {
    links.emplace_back(axis.length);
  }
  for (const Chunks& equal : chunks(ici, kind, axes, bytes)) {
    std::uint64_t steps = 0;
    Femtoseconds longest{};
    for (const AxisPhase& phase : equal.phases) {
      const GroupAxis& axis = axes[phase.axis];
      for (const Transfers& t : transfers(axis, phase)) {
        cost.link_bytes =
            sum(cost.link_bytes, product({t.bytes, t.count, phase.lines, equal.count}));
      }
      for (const Transfers& t : chain(axis, phase)) {
        steps += t.bytes > 0 ? t.count : 0;
        longest += transfer_time(ici, t);
      }
      const std::vector<Femtoseconds> times = link_times(ici, axis, phase);
      for (std::size_t i = 0; i < times.size(); ++i) {
        links[phase.axis][i] += times[i] * equal.count;
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
  cost.expected = std::max(cost.expected, cost.time);
  return cost;
}

}  // namespace systole
