// SPDX-License-Identifier: Apache-2.0
#include "model/exchange.hpp"

#include <algorithm>

namespace systole::model {
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

}  // namespace

std::vector<std::vector<AxisPhase>> phases(const Collective& collective,
                                           const std::vector<GroupAxis>& group) {
  const std::vector<std::uint32_t>& axes = collective.axes;
  const std::uint64_t n = axes.size();
  std::vector<std::vector<AxisPhase>> parts;
  if (collective.kind == CollectiveKind::all_to_all) {
    std::uint64_t chips = 1;
    for (const std::uint32_t axis : axes) {
      chips *= group[axis].length;
    }
    std::vector<AxisPhase>& only = parts.emplace_back();
    for (const std::uint32_t axis : axes) {
      only.push_back({.axis = axis,
                      .exchange = Exchange::all_to_all,
                      .bytes = ceil_div(collective.bytes.count(), chips)});
    }
    return parts;
  }
  for (std::uint64_t p = 0; p < n; ++p) {
    std::uint64_t held = collective.bytes.count() / n + (p < collective.bytes.count() % n ? 1 : 0);
    std::vector<AxisPhase> scatter;
    for (std::uint64_t i = 0; i < n; ++i) {
      const std::uint32_t axis = axes[(p + i) % n];
      held = ceil_div(held, group[axis].length);
      scatter.push_back({.axis = axis, .exchange = Exchange::scatter, .bytes = held});
    }
    std::vector<AxisPhase> gather(scatter.rbegin(), scatter.rend());
    for (AxisPhase& phase : gather) {
      phase.exchange = Exchange::gather;
    }
    std::vector<AxisPhase>& part = parts.emplace_back();
    if (collective.kind != CollectiveKind::all_gather) {
      part = std::move(scatter);
    }
    if (collective.kind != CollectiveKind::reduce_scatter) {
      part.insert(part.end(), gather.begin(), gather.end());
    }
  }
  return parts;
}

std::uint32_t steps(const AxisPlace& place) {
  return place.wraps ? place.length / 2 : place.length - 1;
}

std::uint64_t send_bytes(const AxisPhase& phase, const AxisPlace& place, bool up,
                         std::uint32_t step) {
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

}  // namespace systole::model
