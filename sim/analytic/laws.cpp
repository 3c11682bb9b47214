// SPDX-License-Identifier: Apache-2.0
#include "analytic/bounds.hpp"
#include "analytic/whole.hpp"

namespace systole {
namespace {

using Counts = std::map<CountKey, std::uint64_t>;

void hold(const CountKey& key, std::uint64_t wanted, std::uint64_t found) {
  check(wanted == found,
        "law broken: conservation: counter {}.{} of {} ({}): expected {}, found {}",
        name(component_of(key.action)), name(key.action), key.operation, name(key.tensor), wanted,
        found);
}

void check_counts(const Counts& wanted, const Ledger& ledger) {
  Counts found;
  for (const LedgerLine& line : ledger.lines()) {
    std::uint64_t& count = found[{ledger.operations()[line.operation], line.tensor, line.action}];
    count = sum(count, line.count);
  }
  for (const auto& [key, count] : wanted) {
    if (key.action == Action::hbm_activate) {
      continue;
    }
    const auto line = found.find(key);
    hold(key, count, line == found.end() ? 0 : line->second);
  }
  for (const auto& [key, count] : found) {
    if (key.action == Action::hbm_activate) {
      continue;
    }
    const auto line = wanted.find(key);
    hold(key, line == wanted.end() ? 0 : line->second, count);
  }
}

// A row holds so many bursts and is opened for at least one.
void check_rows(const PodConfig& pod, const Ledger& ledger) {
  if (!pod.chip.hbm) {
    return;
  }
  const std::uint64_t bursts = sum(ledger.total(Action::hbm_read), ledger.total(Action::hbm_write));
  const std::uint64_t rows = ledger.total(Action::hbm_activate);
  const std::uint64_t least = ceil_div(bursts, pod.chip.hbm->memory.columns);
  check(rows >= least, "law broken: rows opened for {} bursts: expected at least {}, found {}",
        bursts, least, rows);
}

void check_useful(const Expected& wanted) {
  for (const Multiplier kind : kMultipliers) {
    const auto i = static_cast<std::size_t>(kind);
    check(wanted.useful[i] <= wanted.macs[i],
          "law broken: utilisation: useful {} products: expected at most {}, found {}", name(kind),
          wanted.macs[i], wanted.useful[i]);
  }
}

void check_states(const Ledger& ledger) {
  for (const Account& account : ledger.accounts()) {
    Femtoseconds all{};
    for (std::size_t state = 0; state < kStates; ++state) {
      all += account.time_in(static_cast<State>(state));
    }
    check(all == ledger.elapsed(),
          "law broken: states add up: time of {}: expected {} fs, found {} fs", account.path(),
          ledger.elapsed().count(), all.count());
  }
}

void check_bounds(const PodConfig& pod, const Trace& trace, Femtoseconds elapsed) {
  for (const Bound& bound : time_bounds(pod, trace)) {
    check(elapsed >= bound.time,
          "law broken: time: elapsed: expected at least {} fs ({}), found {} fs",
          bound.time.count(), bound.resource, elapsed.count());
  }
}

}  // namespace

std::map<CountKey, std::uint64_t> static_counts(const PodConfig& pod, Femtoseconds elapsed) {
  std::map<CountKey, std::uint64_t> counts;
  const ChipConfig& chip = pod.chip;
  const auto add = [&](Action action, std::uint64_t each) {
    if (const std::uint64_t n = product({each, pod.chips()}); n > 0) {
      counts[{"static", Tensor::none, action}] = n;
    }
  };
  const std::uint64_t cycles = cycles_in(elapsed, period(chip.clock)).count();
  for (const Action action :
       {Action::leakage, Action::clock_tree, Action::miscellaneous, Action::unexplained}) {
    add(action, cycles);
  }
  if (chip.hbm) {
    add(Action::hbm_background, cycles);
    add(Action::hbm_phy_idle, cycles);
    const std::uint64_t refreshes = elapsed / chip.hbm->refresh_interval();
    add(Action::hbm_refresh, product({refreshes, chip.hbm->channels()}));
  }
  if (chip.ici) {
    add(Action::link_powered, cycles);
  }
  return counts;
}

void check_laws(const PodConfig& pod, const Trace& trace, const Ledger& ledger) {
  check(pod.chips() == product({trace.tensor, trace.data}),
        "law broken: chips of the pod: expected {}, found {} x {}", pod.chips(), trace.tensor,
        trace.data);
  Expected wanted = expected(pod, trace);
  check_useful(wanted);
  wanted.counts.merge(static_counts(pod, ledger.elapsed()));
  check_counts(wanted.counts, ledger);
  check_rows(pod, ledger);
  check_bounds(pod, trace, ledger.elapsed());
  check_states(ledger);
}

}  // namespace systole
