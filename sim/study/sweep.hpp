// SPDX-License-Identifier: Apache-2.0
// All points of a sweep over worker processes, each point as `systole run` would compute it.
//
// Outcomes stand in the order of the points, whoever computed them and when: any number of workers
// gives the same bytes. A point that fails keeps its message and stops no other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/sweep.hpp"
#include "study/purpose.hpp"
#include "study/result.hpp"
#include "study/sweep_plan.hpp"

namespace systole {

// What tables and plots need of a result. Energies are per output token.
struct SweepRow {
  std::string model;
  std::string phase;
  std::string chip;
  std::string config_hash;
  std::string fidelity;
  std::string energy_model;
  bool folded = false;
  std::uint64_t chips = 0;
  std::uint64_t output_tokens = 0;
  double time_s = 0;
  double step_s = 0;  // Decode: of one token of every sequence; prefill: the whole time.
  double tokens_per_s = 0;
  std::optional<double> tokens_per_s_per_user;  // Decode only.
  double energy_j = 0;                          // Nominal.
  double energy_p5_j = 0;
  double energy_p50_j = 0;
  double energy_p95_j = 0;
  double dynamic_j = 0;
  std::array<double, kPurposes> purposes_j{};  // By Purpose; they add up to energy_j.
  double power_w_per_chip = 0;
  std::string binding;
  double bound_time_s = 0;
  double matrix_unit_utilisation = 0;
  double vector_unit_utilisation = 0;
  double hbm_utilisation = 0;
  double ici_utilisation = 0;

  [[nodiscard]] double purpose_j(Purpose purpose) const {
    return purposes_j[static_cast<std::size_t>(purpose)];
  }
  // Of moving weights, in the energy that is not charged by time.
  [[nodiscard]] double weights_share_of_dynamic() const {
    return dynamic_j > 0 ? purpose_j(Purpose::weights) / dynamic_j : 0;
  }
};

[[nodiscard]] SweepRow sweep_row(const Result& result);

// Ledger lines of all operations together.
struct LedgerSum {
  std::string component;
  std::string tensor;
  std::string action;
  std::uint64_t count;
  double energy_j;
};
[[nodiscard]] std::vector<LedgerSum> ledger_sums(const Result& result);

enum class PointStatus : std::uint8_t {
  done,
  wrong_input,
  does_not_fit,
  fault,    // A law was broken, or the machine is stuck.
  crashed,  // The process that computed it was ended.
  not_run   // Interrupted before its turn.
};
[[nodiscard]] std::string_view name(PointStatus status);

struct SweepOutcome {
  PointStatus status = PointStatus::not_run;
  std::string message{};          // Why it is not done; empty if it is.
  std::optional<SweepRow> row{};  // If done; the same for the ledger.
  std::vector<LedgerSum> ledger{};
};

// A point as a results folder keeps it.
struct KeptPoint {
  SweepOutcome outcome{};
  double seconds = 0;             // That it took to compute.
  std::uint64_t document_at = 0;  // Of the line that holds its result, if it is done.
  std::uint64_t document_bytes = 0;
  std::string document_hash{};
  std::string program{};  // Hash of the executable that computed it.
};

// A point as the fidelity computes it that the sweep did not ask for.
struct SweepChecked {
  std::size_t point;  // Index.
  SweepOutcome outcome;
};

class SweepStore;

struct SweepOptions {
  std::size_t workers = 1;
  SweepStore* store = nullptr;  // Where results are kept and looked up; none: nowhere.
  bool retry_failed = false;    // Points that failed are computed again; crashed ones always are.
  // In the worker: the whole result as one line of text, for the store.
  std::function<std::string(const Result&)> document{};
  // In this process, once a task has ended that was not kept before.
  std::function<void(const SweepTask& task, const SweepOutcome& outcome)> ended{};
};

struct SweepEnd {
  std::vector<SweepOutcome> outcomes;  // By point.
  std::vector<SweepChecked> checks;    // In the order of the points.
  bool interrupted = false;

  [[nodiscard]] std::size_t count(PointStatus status) const;
};

// By how much of the event engine's time (energy) the analytic one's differs, of a point that both
// have done; otherwise empty.
struct FidelityError {
  double time;
  double energy;
};
[[nodiscard]] std::optional<FidelityError> error_of(const SweepEnd& end,
                                                    const SweepChecked& checked);

// Of a plan, those that are still to be computed: neither kept nor wrong.
[[nodiscard]] std::vector<std::size_t> tasks_to_run(const std::vector<SweepTask>& plan,
                                                    const SweepOptions& options);

// Outcomes that stores keep, the first that has a point; other points are not run.
[[nodiscard]] SweepEnd kept_sweep(const SweepConfig& sweep, const std::vector<SweepTask>& plan,
                                  const std::vector<const SweepStore*>& stores);

[[nodiscard]] SweepEnd run_sweep(const SweepConfig& sweep, const std::vector<SweepTask>& plan,
                                 const SweepOptions& options);

}  // namespace systole
