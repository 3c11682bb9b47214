// SPDX-License-Identifier: Apache-2.0
#include "analytic/fixed_costs.hpp"

#include <algorithm>
#include <map>

#include "analytic/collectives.hpp"
#include "analytic/whole.hpp"

namespace systole {
namespace {

// Earliest ends of what later operations can wait for.
struct Ends {
  std::uint64_t previous = 0;    // Last operation of the iteration before.
  std::uint64_t collective = 0;  // Last collective: the next one starts after it.
  std::uint64_t latest = 0;
};

Ends iteration(const Block& block, const std::vector<std::uint64_t>& costs, Ends ends) {
  std::map<std::string, std::uint64_t> end_of{{"previous", ends.previous}};
  std::uint64_t end = ends.previous;
  for (std::size_t i = 0; i < block.operations.size(); ++i) {
    const Operation& operation = block.operations[i];
    const bool collective = std::holds_alternative<Collective>(operation.work);
    std::uint64_t start = collective ? ends.collective : 0;
    for (const std::string& name : operation.after) {
      const auto found = end_of.find(name);
      check(found != end_of.end(), "{} waits for {}, which is not before it",
            ledger_name(block, operation), name);
      start = std::max(start, found->second);
    }
    end = sum(start, costs[i]);
    end_of[operation.name] = end;
    ends.latest = std::max(ends.latest, end);
    if (collective) {
      ends.collective = end;
    }
  }
  ends.previous = end;
  return ends;
}

// Ends are maxima of sums: once an iteration moves all of them by the same time, so does every
// later one, and the rest is a product.
Ends repeated(const Block& block, const std::vector<std::uint64_t>& costs, Ends ends) {
  const bool collectives =
      std::any_of(block.operations.begin(), block.operations.end(),
                  [](const Operation& o) { return std::holds_alternative<Collective>(o.work); });
  for (std::uint64_t i = 0; i < block.repeat; ++i) {
    const Ends next = iteration(block, costs, ends);
    const std::uint64_t shift = next.previous - ends.previous;
    const bool uniform = next.latest - ends.latest == shift &&
                         (!collectives || next.collective - ends.collective == shift);
    ends = next;
    if (uniform) {
      const std::uint64_t rest = product({shift, block.repeat - 1 - i});
      ends.previous = sum(ends.previous, rest);
      ends.latest = sum(ends.latest, rest);
      ends.collective = sum(ends.collective, collectives ? rest : 0);
      break;
    }
  }
  return ends;
}

}  // namespace

Femtoseconds fixed_costs(const PodConfig& pod, const Trace& trace) {
  const std::vector<GroupAxis> group = tensor_group(pod, trace.tensor);
  Ends ends;
  for (const Block& block : trace.blocks) {
    std::vector<std::uint64_t> costs;
    for (const Operation& operation : block.operations) {
      Femtoseconds cost{};
      if (std::holds_alternative<Launch>(operation.work)) {
        cost = to_femtoseconds(pod.chip.kernel_start);
      } else if (const auto* work = std::get_if<Collective>(&operation.work)) {
        cost =
            collective_cost(ici_of(pod.chip), work->kind, axes_of(*work, group), work->bytes).fixed;
      }
      costs.push_back(cost.count());
    }
    ends = repeated(block, costs, ends);
  }
  return Femtoseconds{ends.latest};
}

}  // namespace systole
