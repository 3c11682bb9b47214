// SPDX-License-Identifier: Apache-2.0
#include "network/exchange.hpp"

#include <algorithm>

namespace systole::network {
namespace {

std::uint64_t ring_bytes(const AxisPhase& phase, std::uint64_t k, bool up, std::uint64_t step) {
  if (phase.exchange == Exchange::all_to_all) {
    return k % 2 == 0 ? ceil_div((k - 2 * step + 1) * phase.bytes, 2 * k)
                      : ceil_div(((k - 1) / 2 - step + 1) * phase.bytes, k);
  }
  // The farthest shard of an even ring comes half from either side: last in a gather, first in a
  // scatter, which is a gather backwards in time.
  const std::uint64_t halved = phase.exchange == Exchange::gather ? k / 2 : 1;
  if (k % 2 == 0 && step == halved) {
    return up ? ceil_div(phase.bytes, 2) : phase.bytes / 2;
  }
  return phase.bytes;
}

// Upwards on a line; downwards is the mirror image.
std::uint64_t line_bytes(const AxisPhase& phase, std::uint64_t k, std::uint64_t position,
                         std::uint64_t step) {
  const std::uint64_t beyond = k - 1 - position;  // Chips further up.
  if (beyond == 0) {
    return 0;
  }
  if (phase.exchange == Exchange::scatter) {
    return step > position ? phase.bytes : 0;
  }
  if (step > position + 1) {
    return 0;
  }
  return phase.exchange == Exchange::gather ? phase.bytes : ceil_div(beyond * phase.bytes, k);
}

// To the next chip up; on a line the last chip's share runs back to the first.
std::uint64_t permute_bytes(const AxisPhase& phase, const AxisPlace& place, bool up,
                            std::uint32_t step) {
  if (up) {
    return step == 1 && (place.wraps || place.position + 1 < place.length) ? phase.bytes : 0;
  }
  return !place.wraps && place.position > 0 && step == place.length - place.position ? phase.bytes
                                                                                     : 0;
}

// A chain away from position 0, on a ring one each way.
std::uint64_t broadcast_bytes(const AxisPhase& phase, const AxisPlace& place, bool up,
                              std::uint32_t step) {
  if (!up && !place.wraps) {
    return 0;
  }
  const std::uint32_t k = place.length;
  const std::uint32_t from_first = up ? place.position : (k - place.position) % k;
  if (from_first + 1 >= k || step != from_first + 1) {
    return 0;
  }
  if (!place.wraps) {
    return phase.bytes;
  }
  return up ? ceil_div(phase.bytes, 2) : phase.bytes / 2;
}

struct Part {
  std::vector<std::uint32_t> order;  // Axes of the group, as a scatter visits them.
  std::uint64_t bytes;
};

std::vector<std::uint32_t> rotated(const std::vector<std::uint32_t>& axes, std::size_t by) {
  std::vector<std::uint32_t> order(axes);
  std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(by), order.end());
  return order;
}

bool moves_everywhere(CollectiveKind kind) {
  return kind == CollectiveKind::all_gather || kind == CollectiveKind::reduce_scatter ||
         kind == CollectiveKind::all_reduce;
}

std::vector<Part> parts_of(const Collective& collective, const std::vector<GroupAxis>& group) {
  const std::vector<std::uint32_t>& axes = collective.axes;
  const std::uint64_t bytes = collective.bytes.count();
  std::vector<GroupAxis> own;
  std::uint64_t chips = 1;
  for (const std::uint32_t axis : axes) {
    own.push_back(group[axis]);
    chips *= group[axis].length;
  }
  const std::uint64_t share = ceil_div(bytes, chips);
  if (collective.kind == CollectiveKind::permute) {
    return {{.order = {axes.front()}, .bytes = share}};
  }
  if (collective.kind == CollectiveKind::broadcast) {
    return {{.order = axes, .bytes = bytes}};
  }
  std::vector<Part> parts;
  const std::uint64_t n = axes.size();
  if (collective.kind == CollectiveKind::all_to_all) {
    for (std::uint64_t p = 0; p < n; ++p) {
      parts.push_back({rotated(axes, p), share / n + (p < share % n ? 1 : 0)});
    }
    return parts;
  }
  const auto cut = [&](std::uint64_t units) {  // floor(bytes * units / kPartUnits), no overflow.
    return bytes / kPartUnits * units + bytes % kPartUnits * units / kPartUnits;
  };
  std::uint64_t units = 0;
  const std::vector<std::uint32_t> sizes = part_units(own);
  for (std::uint64_t p = 0; p < n; ++p) {
    parts.push_back({rotated(axes, p), cut(units + sizes[p]) - cut(units)});
    units += sizes[p];
  }
  return parts;
}

std::vector<AxisPhase> phases(const Part& part, CollectiveKind kind, std::uint64_t bytes,
                              const std::vector<GroupAxis>& group) {
  std::vector<AxisPhase> result;
  if (!moves_everywhere(kind)) {
    const Exchange exchange = kind == CollectiveKind::all_to_all ? Exchange::all_to_all
                              : kind == CollectiveKind::permute  ? Exchange::permute
                                                                 : Exchange::broadcast;
    for (const std::uint32_t axis : part.order) {
      result.push_back({.axis = axis, .exchange = exchange, .bytes = bytes});
    }
    return result;
  }
  for (const std::uint32_t axis : part.order) {
    bytes = ceil_div(bytes, group[axis].length);
    result.push_back({.axis = axis, .exchange = Exchange::scatter, .bytes = bytes});
  }
  std::vector<AxisPhase> gather(result.rbegin(), result.rend());
  for (AxisPhase& phase : gather) {
    phase.exchange = Exchange::gather;
  }
  if (kind == CollectiveKind::all_gather) {
    return gather;
  }
  if (kind == CollectiveKind::all_reduce) {
    result.insert(result.end(), gather.begin(), gather.end());
  }
  return result;
}

std::uint64_t most_chunks(const Collective& collective, const std::vector<GroupAxis>& group) {
  const GroupAxis& first = group[collective.axes.front()];
  if (collective.kind == CollectiveKind::broadcast) {
    return 256;
  }
  if (collective.kind == CollectiveKind::permute) {
    return first.wraps ? 2 : 256;
  }
  bool lines = false;
  bool alike = true;
  for (const std::uint32_t axis : collective.axes) {
    lines = lines || !group[axis].wraps;
    alike = alike && group[axis].length == first.length && group[axis].wraps == first.wraps;
  }
  return alike && (collective.kind != CollectiveKind::all_to_all || !lines) ? 2 : 64;
}

std::uint64_t chunks_of(const Collective& collective, const std::vector<Part>& parts,
                        const std::vector<GroupAxis>& group, const IciConfig& ici) {
  std::uint64_t largest = 0;
  for (const Part& part : parts) {
    std::uint64_t bytes = part.bytes;
    if (moves_everywhere(collective.kind)) {
      bytes = ceil_div(bytes, group[part.order.front()].length);
    } else if (collective.kind == CollectiveKind::all_to_all) {
      bytes = bytes / 2;
    }
    largest = std::max(largest, bytes);
  }
  const Femtoseconds held = transfer_time(Bytes{largest}, ici.bandwidth);
  const Femtoseconds hop = to_femtoseconds(ici.hop_latency) + to_femtoseconds(ici.collective_step);
  const std::uint64_t most = most_chunks(collective, group);
  return hop.count() == 0 ? most
                          : std::clamp<std::uint64_t>(2 * held.count() / hop.count(), 1, most);
}

// How busy the busiest axis is when part p has units[p], by the ends of its lines.
std::uint64_t busiest(const std::vector<std::vector<std::uint64_t>>& loads,
                      const std::vector<std::uint32_t>& units) {
  std::uint64_t most = 0;
  for (std::size_t axis = 0; axis < units.size(); ++axis) {
    std::uint64_t sum = 0;
    for (std::size_t part = 0; part < units.size(); ++part) {
      sum += units[part] * loads[part][axis];
    }
    most = std::max(most, sum);
  }
  return most;
}

}  // namespace

std::vector<std::uint32_t> part_units(const std::vector<GroupAxis>& axes) {
  const std::size_t n = axes.size();
  if (n == 1) {
    return {kPartUnits};
  }
  std::vector<std::vector<std::uint64_t>> loads(n, std::vector<std::uint64_t>(n));
  for (std::size_t part = 0; part < n; ++part) {
    std::uint64_t held = 1;
    for (const GroupAxis& axis : axes) {
      held *= axis.length;
    }
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t axis = (part + i) % n;
      held /= axes[axis].length;
      loads[part][axis] = held * (axes[axis].length - 1) * (axes[axis].wraps ? 1 : 2);
    }
  }
  std::vector<std::uint32_t> best;
  std::uint64_t least = 0;
  for (std::uint32_t first = 0; first <= kPartUnits; ++first) {
    for (std::uint32_t second = n == 2 ? kPartUnits - first : 0; second <= kPartUnits - first;
         ++second) {
      std::vector<std::uint32_t> units{first, second};
      if (n == 3) {
        units.push_back(kPartUnits - first - second);
      }
      if (const std::uint64_t busy = busiest(loads, units); best.empty() || busy < least) {
        best = units;
        least = busy;
      }
    }
  }
  return best;
}

std::optional<AxisPlace> upstream(AxisPlace place, bool up) {
  const std::uint32_t last = place.length - 1;
  if (!place.wraps && place.position == (up ? 0 : last)) {
    return std::nullopt;
  }
  place.position = (place.position + (up ? last : 1)) % place.length;
  return place;
}

bool takes_part(const Collective& collective, const AxisPhase& phase,
                const std::vector<std::uint32_t>& positions) {
  if (phase.exchange != Exchange::broadcast) {
    return true;
  }
  const auto own = std::find(collective.axes.begin(), collective.axes.end(), phase.axis);
  return std::all_of(own + 1, collective.axes.end(),
                     [&](std::uint32_t axis) { return positions[axis] == 0; });
}

std::vector<PlannedChunk> plan(const Collective& collective, const std::vector<GroupAxis>& group,
                               const IciConfig& ici) {
  const std::vector<Part> parts = parts_of(collective, group);
  const std::uint64_t m = chunks_of(collective, parts, group, ici);
  std::vector<PlannedChunk> chunks;
  for (const Part& part : parts) {
    for (std::uint64_t c = 0; c < m; ++c) {
      const std::uint64_t bytes = part.bytes / m + (c < part.bytes % m ? 1 : 0);
      chunks.push_back({.number = static_cast<std::uint32_t>(c),
                        .phases = phases(part, collective.kind, bytes, group)});
    }
  }
  return chunks;
}

std::uint32_t steps(const AxisPhase& phase, const AxisPlace& place) {
  switch (phase.exchange) {
    case Exchange::permute: return place.wraps ? 1 : place.length - 1;
    case Exchange::broadcast: return place.length - 1;
    default: return place.wraps ? place.length / 2 : place.length - 1;
  }
}

std::uint64_t send_bytes(const AxisPhase& phase, const AxisPlace& place, bool up,
                         std::uint32_t step) {
  if (phase.exchange == Exchange::permute) {
    return permute_bytes(phase, place, up, step);
  }
  if (phase.exchange == Exchange::broadcast) {
    return broadcast_bytes(phase, place, up, step);
  }
  if (place.wraps) {
    return ring_bytes(phase, place.length, up, step);
  }
  return line_bytes(phase, place.length, up ? place.position : place.length - 1 - place.position,
                    step);
}

std::uint32_t sends(const AxisPhase& phase, const AxisPlace& place, bool up, std::uint32_t until) {
  std::uint32_t n = 0;
  for (std::uint32_t step = 1; step <= until; ++step) {
    n += send_bytes(phase, place, up, step) > 0 ? 1 : 0;
  }
  return n;
}

}  // namespace systole::network
