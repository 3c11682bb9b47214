// SPDX-License-Identifier: Apache-2.0
// Everything a finished point knows about itself: what `--json` writes and every table prints.
//
// A pure value: no paths, no times of day, no machine. Equal inputs give equal results.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analytic/bounds.hpp"
#include "base/data_type.hpp"
#include "config/pod.hpp"
#include "config/run.hpp"
#include "ledger/ledger.hpp"
#include "ledger/price.hpp"
#include "lower/layout_choice.hpp"
#include "study/by_chip.hpp"
#include "study/power.hpp"
#include "trace/trace.hpp"

namespace systole {

// Kinds of units that have states.
inline constexpr std::array<std::string_view, 9> kUnits{
    "matrix_unit", "vector_unit", "sequencer", "stationary_dma", "dma", "hbm",
    "far_sram",    "ici_port",    "link"};

// What one kind of unit did with its time, summed over the pod's units of that kind: the states add
// up to `units` times the elapsed time.
struct UnitTimes {
  std::string unit;  // Of kUnits.
  std::uint64_t units;
  std::array<double, kStates> seconds;  // By State.
};

// What a run did, in the words of its file; without paths.
struct RunFacts {
  std::string model;        // Its name.
  WorkloadConfig workload;  // `model` (the path) is empty.
  ShardingConfig sharding;
  Overlap overlap;
  OperandValues values;
  std::vector<ScoredLayout> layouts;  // Behind `sharding.layout: auto`; scores are seconds.
};

// What a gemm did: [m x k] * [k x n].
struct GemmFacts {
  std::uint64_t m;
  std::uint64_t n;
  std::uint64_t k;
  DataType weights;
  DataType activations;
  bool hbm;
};

// What a stand-alone collective did, over all axes of the pod.
struct CollectiveFacts {
  CollectiveKind kind;
  Bytes bytes;  // Of the full array.
};

// One direction of one axis of the pod: the share of the time in which its links were busy.
struct LinkLoad {
  std::uint32_t axis;
  bool up;
  std::uint64_t links;  // In the whole pod.
  double least;
  double mean;
  double most;
  // Link by link where several are simulated: the chip that sends (first axis fastest) and its
  // share.
  std::vector<std::uint64_t> chips{};
  std::vector<double> busy{};
};

// One change to chip, prices or workload, and what it would save.
struct Advice {
  std::string change;  // "halve the energy of hbm".
  double saving;       // Share of the nominal energy (per output token, if there are any).
  std::string how;     // How the saving was found: "re-priced", or "estimate: ..." with its reason.
};

struct Result {
  std::string command;  // run, gemm, collective.
  std::string config_hash;
  std::string fidelity;  // event or analytic.
  bool folded;
  std::string unfolded_because;
  std::uint64_t simulated_chips;
  std::uint64_t chips;
  Femtoseconds elapsed;
  Cycles cycles;
  std::optional<std::uint64_t> output_tokens;
  std::optional<std::uint64_t> tokens_per_user;  // Decode: steps of each sequence.
  std::optional<std::string> causal;
  Bill bill;
  Windows windows;
  ChipCounts by_chip;
  PowerLimits power_limits;
  Activities activities;  // That scale the bill's products and shifts.
  std::string boundary;   // die+hbm.
  std::array<std::uint64_t, kMultipliers.size()> macs{};  // Useful products.
  std::uint64_t hbm_read_bytes = 0;
  std::uint64_t hbm_write_bytes = 0;
  std::uint64_t sram_read_bytes = 0;  // Whole granules at every scratchpad level.
  std::uint64_t sram_write_bytes = 0;
  std::uint64_t ici_bytes = 0;
  std::vector<Bound> bounds;           // Every resource; the largest binds.
  double bound_energy_j = 0;           // Useful products at their nominal price.
  double matrix_unit_utilisation = 0;  // Products done of those possible at peak rate.
  double vector_unit_utilisation = 0;  // Its bound's share of the time.
  double scratchpad_utilisation = 0;   // Accesses of those that all banks could serve.
  double hbm_utilisation = 0;          // Bytes of those possible at peak bandwidth.
  double ici_utilisation = 0;          // Bytes of those that all links could carry.
  std::vector<UnitTimes> units;
  std::vector<LinkLoad> links;                // Those that groups talk over, by axis, up first.
  std::string energy_model;                   // Its name.
  std::map<std::string, std::string> inputs;  // Role to content hash.
  // Canonical chip, so that a result can be priced again without its files.
  std::string chip_json;
  std::string config_json;  // Of `run`: canonical run, pod, model and energy_model.
  ChipConfig chip;
  std::vector<Axis> axes;
  std::optional<RunFacts> run;  // One of these three.
  std::optional<GemmFacts> gemm;
  std::optional<CollectiveFacts> collective;
  UncertaintyConfig uncertainty;  // Behind the bill's p5, p50 and p95.
  std::vector<Advice> next;       // Largest saving first; on the console only.

  [[nodiscard]] bool has_links() const { return chip.ici.has_value() && chips > 1; }
  // A stand-alone array streams from an SRAM without limit.
  [[nodiscard]] bool has_slots() const { return !gemm || gemm->hbm; }
  [[nodiscard]] double power_w_per_chip() const {
    return seconds() > 0.0 ? bill.total_j.nominal / seconds() / static_cast<double>(chips) : 0.0;
  }
  [[nodiscard]] double seconds() const { return to_seconds(elapsed).count(); }
  [[nodiscard]] const Bound& binding() const;  // The largest bound.
};

}  // namespace systole
