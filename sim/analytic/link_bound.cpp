// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "analytic/bounds.hpp"
#include "analytic/collectives.hpp"
#include "analytic/whole.hpp"

namespace systole {
namespace {

// Rows of chips that are whole along some axes and at the end along the others, `across`: what must
// enter them over the links of `across`, by a link's bandwidth, is a bound for each choice. With
// all axes in it the row is one chip, in the corner of a mesh.
long double gather_bytes(const std::vector<GroupAxis>& axes, long double bytes) {
  long double busiest = 0;
  long double chips = 1;
  for (const GroupAxis& axis : axes) {
    chips *= axis.length;
  }
  for (unsigned across = 1; across < 1U << axes.size(); ++across) {
    long double rows = 1;
    long double links = 0;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if ((across >> i & 1U) != 0) {
        rows *= axes[i].length;
        links += axes[i].wraps ? 2 : 1;
      }
    }
    busiest = std::max(busiest, bytes * (rows - 1) / (chips * links));
  }
  return busiest;
}

long double links_of_a_corner(const std::vector<GroupAxis>& axes) {
  long double links = 0;
  for (const GroupAxis& axis : axes) {
    links += axis.wraps ? 2 : 1;
  }
  return links;
}

// Half of what a chip holds crosses the middle of an axis, each way; a ring has two middles.
long double all_to_all_bytes(const std::vector<GroupAxis>& axes, long double bytes) {
  long double busiest = 0;
  long double chips = 1;
  for (const GroupAxis& axis : axes) {
    chips *= axis.length;
  }
  for (const GroupAxis& axis : axes) {
    const long double k = axis.length;
    const long double pairs = axis.length % 2 == 0 ? k * k / 4 : (k * k - 1) / 4;
    busiest = std::max(busiest, bytes / chips * pairs / k / (axis.wraps ? 2 : 1));
  }
  return busiest;
}

}  // namespace

Femtoseconds link_bound(const PodConfig& pod, CollectiveKind kind, Bytes bytes) {
  const std::vector<GroupAxis> axes = tensor_group(pod, static_cast<std::uint32_t>(pod.chips()));
  const auto all = static_cast<long double>(bytes.count());
  long double busiest = 0;
  switch (kind) {
    case CollectiveKind::all_gather:
    case CollectiveKind::reduce_scatter: busiest = gather_bytes(axes, all); break;
    case CollectiveKind::all_reduce: busiest = 2 * gather_bytes(axes, all); break;
    case CollectiveKind::all_to_all: busiest = all_to_all_bytes(axes, all); break;
    case CollectiveKind::permute: busiest = all / static_cast<long double>(pod.chips()); break;
    case CollectiveKind::broadcast: busiest = all / links_of_a_corner(axes); break;
  }
  return Femtoseconds{
      static_cast<std::uint64_t>(busiest / ici_of(pod.chip).bandwidth.count() * 1e15L)};
}

}  // namespace systole
