// SPDX-License-Identifier: Apache-2.0
#include "model/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <systemc>

#include "base/error.hpp"
#include "model/clock.hpp"
#include "model/kernel.hpp"
#include "model/mesh.hpp"
#include "model/program.hpp"

namespace systole {
namespace {

template <class IsIt>
bool any_operation(const Trace& trace, IsIt is_it) {
  return std::any_of(trace.blocks.begin(), trace.blocks.end(), [&](const Block& block) {
    return std::any_of(block.operations.begin(), block.operations.end(),
                       [&](const Operation& operation) { return is_it(operation.work); });
  });
}

// Whether every tensor group has its optical links at the same places.
bool groups_are_alike(const std::vector<GroupAxis>& group, const PodConfig& pod) {
  return std::all_of(group.begin(), group.end(), [&](const GroupAxis& axis) {
    const std::uint32_t optical = pod.axes[axis.axis].optical;
    return optical == 0 || axis.length % optical == 0 || optical % axis.length == 0;
  });
}

// The first condition of folding that does not hold; empty if one chip can stand for all.
std::string why_not_folded(const std::vector<GroupAxis>& group, const PodConfig& pod,
                           const Trace& trace) {
  if (!pod.faults.empty()) {
    return "a faulty link makes its chips differ from the others";
  }
  if (!groups_are_alike(group, pod)) {
    return "its tensor groups have their optical links at different places";
  }
  for (const GroupAxis& axis : group) {
    if (axis.wraps || axis.length == 2) {
      continue;
    }
    const std::uint32_t whole = pod.axes[axis.axis].length;
    return axis.length == whole
               ? fmt::format("axis {} does not wrap: its ends differ from its middle", axis.axis)
               : fmt::format("a tensor group takes {} of the {} chips of axis {}", axis.length,
                             whole, axis.axis);
  }
  const bool broadcasts = any_operation(trace, [](const Work& work) {
    const auto* collective = std::get_if<Collective>(&work);
    return collective != nullptr && collective->kind == CollectiveKind::broadcast;
  });
  return broadcasts ? "a broadcast makes its first chip differ from the others" : "";
}

void check_inputs(const PodConfig& pod, const Trace& trace) {
  if (trace.pod != pod.hash) {
    fail("the trace was lowered for another pod: it says {}, this pod is {}", trace.pod, pod.hash);
  }
  if (std::uint64_t{trace.tensor} * trace.data != pod.chips()) {
    fail("tensor {} x data {} is not the pod's {} chips", trace.tensor, trace.data, pod.chips());
  }
  const bool talks = any_operation(
      trace, [](const Work& work) { return std::holds_alternative<Collective>(work); });
  if (talks && !pod.chip.ici) {
    fail("the trace has collectives, but chip '{}' has no links", pod.chip.name);
  }
}

void check_room(const Recording& recording) {
  if (const std::optional<Femtoseconds> full = recording.full_since()) {
    fail(
        "the timeline has more than {} slices: from {:.6g} us on there is no room for them; "
        "choose a shorter window",
        recording.limits().slices, to_seconds(*full).count() * 1e6);
  }
}

void run_until(Femtoseconds end) {
  if (end > model::now()) {  // A start for no time at all would run one delta cycle.
    sc_core::sc_start(sc_core::sc_time::from_value((end - model::now()).count()),
                      sc_core::SC_RUN_TO_TIME);
  }
}

// Stops where the recording has its samples, before `end`.
void record_until(Femtoseconds end, const Ledger& ledger, Recording& recording) {
  for (Femtoseconds next = recording.next_sample(); next <= end; next = recording.next_sample()) {
    run_until(next);
    recording.sample(ledger, next);
  }
  check_room(recording);
}

void record_matmuls(const model::Program& program, Recording& recording) {
  for (const model::ProgramOperation& operation : program.operations()) {
    if (const auto* matmul = std::get_if<Matmul>(operation.work)) {
      recording.add_matmul({.operation = operation.id,
                            .products = matmul->products,
                            .rows = matmul->rows,
                            .depth = matmul->depth,
                            .columns = matmul->columns,
                            .runs = program.blocks()[operation.block].repeat});
    }
  }
}

void end_recording(Femtoseconds elapsed, const Ledger& ledger, Recording& recording) {
  check_room(recording);
  if (recording.limits().from >= elapsed) {
    fail("the timeline begins at {:.6g} us, but the run ends at {:.6g} us",
         to_seconds(recording.limits().from).count() * 1e6, to_seconds(elapsed).count() * 1e6);
  }
  recording.finish(ledger, elapsed);
}

// Runs all chips to the end, window by window; returns when the last operation ended.
Femtoseconds run(const model::Mesh& mesh, Ledger& ledger, Recording* recording) {
  do {
    const Femtoseconds end = ledger.window() * (model::now() / ledger.window() + 1);
    if (recording != nullptr) {
      record_until(end, ledger, *recording);
    }
    run_until(end);
    ledger.sample();
  } while (sc_core::sc_pending_activity());
  Femtoseconds elapsed{};
  std::string stuck;
  for (const auto& chip : mesh.chips()) {
    elapsed = std::max(elapsed, chip->sequencer().finished_at());
    if (!chip->sequencer().finished()) {
      stuck += chip->report();
    }
  }
  check(stuck.empty(), "the simulated machine is stuck:\n{}", stuck);
  return elapsed;
}

}  // namespace

Simulation simulate(const PodConfig& pod, const Trace& trace, Folding folding,
                    Recording* recording) {
  check_inputs(pod, trace);
  const std::vector<GroupAxis> group = tensor_group(pod, trace.tensor);
  const model::Program program(trace);
  std::string unfolded_because =
      folding == Folding::off ? std::string(kFoldingIsOff) : why_not_folded(group, pod, trace);
  auto extent = model::Extent::whole_pod;
  std::uint64_t copies = 1;
  if (unfolded_because.empty()) {
    extent = model::Extent::one_chip;
    copies = pod.chips();
  } else if (folding == Folding::automatic && pod.faults.empty() && groups_are_alike(group, pod)) {
    extent = model::Extent::one_group;
    copies = trace.data;
  }
  Simulation result{.ledger = Ledger(program.names(), copies),
                    .folded = extent == model::Extent::one_chip,
                    .simulated_chips = pod.chips() / copies,
                    .unfolded_because = std::move(unfolded_because)};

  model::with_fresh_kernel([&] {
    const model::Mesh mesh(pod, group, extent, program, trace.residency, result.ledger, recording);
    const Femtoseconds elapsed = run(mesh, result.ledger, recording);
    for (const auto& chip : mesh.chips()) {
      chip->close(elapsed);
    }
    result.ledger.close(elapsed);
    if (recording != nullptr) {
      record_matmuls(program, *recording);
      end_recording(elapsed, result.ledger, *recording);
    }
  });
  return result;
}

}  // namespace systole
