// SPDX-License-Identifier: Apache-2.0
// A sweep as a job array of Slurm: each task is a shard, run by the pool of its node into a folder
// of its own; whoever waits puts them together.
//
// Slurm starts about one task a second, so a task is a chunk of points and never a single one. A
// task that is killed or requeued goes on where its folder says it was.
#pragma once

#include <optional>
#include <string>

#include "cli/command.hpp"
#include "study/sweep.hpp"

namespace systole {

// Submits what is left to do, unless a job of this folder is under way already, waits for it and
// takes its points into the options' store. No value if the sweep has come to its end; otherwise
// the exit code. Throws UserError: no Slurm here, or what Slurm says.
[[nodiscard]] std::optional<int> run_on_slurm(const Arguments& arguments,
                                              const PlannedSweep& planned,
                                              const SweepOptions& options,
                                              const std::string& folder);

}  // namespace systole
