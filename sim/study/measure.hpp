// SPDX-License-Identifier: Apache-2.0
// From a trace to a result: simulate, hold against the laws, price, sum up.
#pragma once

#include "config/pod.hpp"
#include "config/run.hpp"
#include "ledger/energy_model.hpp"
#include "model/simulate.hpp"
#include "study/result.hpp"
#include "trace/trace.hpp"

namespace systole {

struct MeasureOptions {
  UncertaintyConfig uncertainty{.samples = 2048, .seed = 1};
  Activities activities{};
  Folding folding = Folding::automatic;
  Fidelity fidelity = Fidelity::event;
  Recording* recording = nullptr;  // Of the simulation over time, where one is wanted.
};

// Fills what follows from pod, trace and prices; command, inputs and facts are the caller's. Throws
// UserError for a multiplier that the chip lacks and for runs too long for the simulator's clock.
[[nodiscard]] Result measure(const PodConfig& pod, const Trace& trace, const EnergyModel& model,
                             const MeasureOptions& options = {});

// The same of a run that has been made: all but its fidelity and its windows.
[[nodiscard]] Result evaluate(const PodConfig& pod, const Trace& trace, const EnergyModel& model,
                              const MeasureOptions& options, const Simulation& run);

// One hash for everything that decides a result, from the hashes of its inputs. The trace is left
// out: it follows from the others.
[[nodiscard]] std::string config_hash(const std::map<std::string, std::string>& inputs);

}  // namespace systole
