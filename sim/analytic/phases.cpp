// SPDX-License-Identifier: Apache-2.0
#include "analytic/phases.hpp"

#include <algorithm>

#include "analytic/whole.hpp"

namespace systole {
namespace {

// One way round the ring, first step first. Of an even ring's last gather step (the chip opposite)
// each direction takes one half; this is the larger.
std::vector<Transfers> one_way(std::uint64_t k, const AxisPhase& phase) {
  std::vector<Transfers> result;
  if (phase.exchange == Exchange::transpose) {
    for (std::uint64_t step = 1; step <= k / 2; ++step) {
      // What goes to the k/2 - step chips beyond, and half of what goes to the one opposite.
      result.push_back({ceil_div(product({k + 1 - 2 * step, phase.bytes}), 2 * k), 1});
    }
    return result;
  }
  if (phase.exchange == Exchange::shift) {
    return {{phase.bytes, 1}};
  }
  if (phase.exchange == Exchange::spread) {
    return {{phase.bytes - phase.bytes / 2, k - 1}};
  }
  result.push_back({phase.bytes, (k - 1) / 2});
  if (k % 2 == 0) {
    result.push_back({phase.bytes - phase.bytes / 2, 1});
  }
  return result;
}

// What crosses the link from position i to i + 1 of a line.
Transfers upwards(std::uint64_t k, std::uint64_t i, const AxisPhase& phase) {
  switch (phase.exchange) {
    case Exchange::gather: return {phase.bytes, i + 1};       // Shards of i + 1 chips below.
    case Exchange::scatter: return {phase.bytes, k - 1 - i};  // Sums for those above.
    case Exchange::transpose: return {ceil_div(product({k - 1 - i, phase.bytes}), k), i + 1};
    case Exchange::shift:
    case Exchange::spread: return {phase.bytes, 1};
  }
  throw Bug("an exchange without transfers");
}

}  // namespace

Femtoseconds transfer_time(const IciConfig& ici, const Transfers& t) {
  return Femtoseconds{product({transfer_time(Bytes{t.bytes}, ici.bandwidth).count(), t.count})};
}

std::vector<Transfers> transfers(const GroupAxis& axis, const AxisPhase& phase) {
  const std::uint64_t k = axis.length;
  std::vector<Transfers> result;
  if (!axis.wraps) {
    for (std::uint64_t i = 0; i + 1 < k; ++i) {
      const Transfers up = upwards(k, i, phase);
      // A broadcast has no other way; a permute's last share runs back over each link once.
      result.push_back({up.bytes, (phase.exchange == Exchange::spread ? 1 : 2) * up.count});
    }
    return result;
  }
  if (phase.exchange == Exchange::shift) {
    return {{phase.bytes, k}};
  }
  if (phase.exchange == Exchange::spread) {  // The halves differ by a byte.
    return {{phase.bytes - phase.bytes / 2, k - 1}, {phase.bytes / 2, k - 1}};
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

std::uint64_t link_bytes(const GroupAxis& axis, const AxisPhase& phase, std::uint32_t position,
                         bool up) {
  const std::uint64_t k = axis.length;
  const bool is_spread = phase.exchange == Exchange::spread;
  if (!axis.wraps) {
    if (position == (up ? k - 1 : 0) || (is_spread && !up)) {
      return 0;
    }
    const Transfers t = upwards(k, up ? position : k - 1 - position, phase);
    return product({t.bytes, t.count});
  }
  // Upwards an odd byte more than downwards, where two halves differ.
  const std::uint64_t half = up ? phase.bytes - phase.bytes / 2 : phase.bytes / 2;
  switch (phase.exchange) {
    case Exchange::gather:
    case Exchange::scatter: return sum(product({phase.bytes, (k - 1) / 2}), k % 2 == 0 ? half : 0);
    case Exchange::shift: return up ? phase.bytes : 0;
    case Exchange::spread: return position == (up ? k - 1 : 1) ? 0 : half;
    case Exchange::transpose: break;
  }
  std::uint64_t bytes = 0;
  for (const Transfers& t : one_way(k, phase)) {
    bytes = sum(bytes, product({t.bytes, t.count}));
  }
  return bytes;
}

std::vector<Transfers> chain(const GroupAxis& axis, const AxisPhase& phase) {
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
                                     const AxisPhase& phase) {
  std::vector<Femtoseconds> result(axis.length);
  if (axis.wraps) {
    for (const Transfers& t : one_way(axis.length, phase)) {
      // A broadcast's chain of transfers takes each link once.
      result[0] += transfer_time(ici, {t.bytes, phase.exchange == Exchange::spread ? 1 : t.count});
    }
    std::fill(result.begin() + 1, result.end(), result[0]);
    return result;
  }
  for (std::uint64_t i = 0; i + 1 < axis.length; ++i) {
    result[i] = transfer_time(ici, upwards(axis.length, i, phase));
  }
  return result;
}

}  // namespace systole
