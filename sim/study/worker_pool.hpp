// SPDX-License-Identifier: Apache-2.0
// Numbered jobs over worker processes, because a SystemC context belongs to a whole process.
//
// Each worker is a fork of this process that asks for one job after the other over a socket, so a
// job that throws or takes its process down costs that job only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace systole {

struct JobEnd {
  enum class Kind : std::uint8_t {
    done,          // `text` is what the job returned.
    wrong_input,   // UserError; in this and the following `text` is the message.
    does_not_fit,  // DoesNotFit
    fault,         // Any other exception.
    crashed        // The worker ended without an answer.
  };
  Kind kind;
  std::string text;
};

using Job = std::function<std::string(std::size_t index)>;
using JobDone = std::function<void(std::size_t index, JobEnd end)>;

// Runs job(0) .. job(count - 1) in at most `workers` processes and calls `done` here, in this
// process, for each as it ends. SIGINT and SIGTERM stop the workers: then it returns false, and
// jobs without an end so far have none. If `done` throws, the workers are stopped too.
[[nodiscard]] bool run_jobs(std::size_t count, std::size_t workers, const Job& job,
                            const JobDone& done);

}  // namespace systole
