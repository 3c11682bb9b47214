// SPDX-License-Identifier: Apache-2.0
// The centre of the program: a pod and a trace go in, a ledger comes out.
#pragma once

#include <string>
#include <string_view>

#include "config/pod.hpp"
#include "ledger/ledger.hpp"
#include "ledger/recording.hpp"
#include "trace/trace.hpp"

namespace systole {

enum class Folding : std::uint8_t {
  automatic,  // Simulate as few chips as symmetry proves equal.
  off         // Simulate every chip of the pod.
};

// Why nothing was folded, if nothing should be.
inline constexpr std::string_view kFoldingIsOff = "folding is off";

struct Simulation {
  Ledger ledger;
  bool folded;  // One chip stood for all.
  std::uint64_t simulated_chips;
  std::string unfolded_because;  // Empty if folded: the condition that failed.
};

// Runs the trace to its end. Throws UserError if the trace was made for another pod, Bug if a unit
// waits for ever (one line per unit) or a law is broken. Of `recording` nothing in the result
// depends; a UserError says if it is full.
[[nodiscard]] Simulation simulate(const PodConfig& pod, const Trace& trace,
                                  Folding folding = Folding::automatic,
                                  Recording* recording = nullptr);

}  // namespace systole
