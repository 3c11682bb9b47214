// SPDX-License-Identifier: Apache-2.0
// Closed forms over the same trace: bounds that no run may beat, and totals that every run must
// hit.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/pod.hpp"
#include "ledger/ledger.hpp"
#include "trace/trace.hpp"

namespace systole {

// Time that one resource needs at the least, if nothing else ever held it up.
struct Bound {
  std::string resource;  // matrix_unit, vector_unit, scratchpad, far_sram, hbm, ici, latency.
  Femtoseconds time;
};

// Every resource of the chip, in that order; `latency` is the chain of fixed costs (kernel and
// collective starts, hops) that the trace's dependencies force one after the other.
[[nodiscard]] std::vector<Bound> time_bounds(const PodConfig& pod, const Trace& trace);

// What no plan of a collective over all axes of a pod can beat, start and hops aside: the bytes
// that must enter a chip, or a whole row of chips, over the links that lead there; for an
// all_to_all, those that must cross the middle. An all_reduce is held to its two halves one after
// the other.
[[nodiscard]] Femtoseconds link_bound(const PodConfig& pod, CollectiveKind kind, Bytes bytes);

// A dynamic counter: which operation (ledger_name) did what to which tensor.
struct CountKey {
  std::string operation;
  Tensor tensor;
  Action action;
  auto operator<=>(const CountKey&) const = default;
};

// What the whole pod must count, from shapes alone. Rows opened (hbm_activate) depend on what
// is open when a train comes, so theirs is an estimate.
struct Expected {
  std::array<std::uint64_t, kMultipliers.size()> macs{};    // Padded.
  std::array<std::uint64_t, kMultipliers.size()> useful{};  // Without padding.
  std::uint64_t hbm_read_bytes = 0;                         // Whole bursts.
  std::uint64_t hbm_write_bytes = 0;
  std::uint64_t link_bytes = 0;              // Bytes x links crossed.
  std::map<CountKey, std::uint64_t> counts;  // Every dynamic counter that is not zero.

  [[nodiscard]] std::uint64_t total(Action action) const;
};
[[nodiscard]] Expected expected(const PodConfig& pod, const Trace& trace);

// What time alone causes, once `elapsed` has passed.
[[nodiscard]] std::map<CountKey, std::uint64_t> static_counts(const PodConfig& pod,
                                                              Femtoseconds elapsed);

// Laws of a finished run: every counter as in expected() and no other (rows opened: enough for the
// bursts), useful products within the
// padded ones, static counts as the elapsed time says, time not below any bound, every unit's
// states adding up to the elapsed time. Throws Bug that names law, counter, expected and found.
void check_laws(const PodConfig& pod, const Trace& trace, const Ledger& ledger);

}  // namespace systole
