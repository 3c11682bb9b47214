// SPDX-License-Identifier: Apache-2.0
// The collectives of a program as each chip carries them out: what to send and what to wait for.
//
// network/exchange.hpp says what crosses a link in which step; here that is worked out once for
// every place on an axis, since chips by the hundred and layers by the hundred do the same.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "config/pod.hpp"
#include "model/program.hpp"
#include "network/exchange.hpp"

namespace systole::model {

using network::AxisPhase;
using network::AxisPlace;
using network::Exchange;

// Where a chip stands in its tensor group. When one chip stands for all, its neighbours are itself.
struct GroupPlace {
  std::vector<GroupAxis> axes;
  std::vector<std::uint32_t> positions;  // By axis.
};

// One direction of a phase, from one place of its axis.
struct Course {
  struct Send {
    Bytes bytes;
    std::uint64_t adds;   // Elements that the receiver adds to its own.
    std::uint32_t after;  // Receipts in this direction that it waits for.
  };
  std::vector<Send> sends;  // In order.
  std::uint32_t receipts;   // In this direction, in all.
};

struct Phase {
  using Courses = std::vector<std::array<Course, 2>>;  // By position; down, up.

  AxisPhase exchange;
  const Courses* courses;
  std::uint32_t slot;  // Number among the phases of all chunks of its collective.
};

struct ChunkPlan {
  std::uint32_t number;  // Within its part: links take the lowest first.
  std::vector<Phase> phases;
};

// The plans of a program's collectives, made once for all chips.
class Plans {
 public:
  // `folded`: for one chip that stands for all.
  Plans(const Program& program, const std::vector<GroupAxis>& group, const PodConfig& pod,
        bool folded);
  Plans(const Plans&) = delete;
  Plans& operator=(const Plans&) = delete;

  [[nodiscard]] const std::vector<ChunkPlan>& of(OperationIndex operation) const {
    return plans_[operation];
  }

 private:
  std::vector<std::vector<ChunkPlan>> plans_;  // By operation; empty if it is no collective.
  std::deque<Phase::Courses> courses_;
};

}  // namespace systole::model
