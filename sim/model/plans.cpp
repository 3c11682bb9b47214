// SPDX-License-Identifier: Apache-2.0
#include "model/plans.hpp"

#include <map>
#include <tuple>

namespace systole::model {
namespace {

Course course(const AxisPhase& phase, const AxisPlace& here, bool up, bool folded, DataType type) {
  // From where data travelling that way come; none at the end of a line.
  const std::optional<AxisPlace> upstream = folded ? here : network::upstream(here, up);
  const std::uint32_t last = network::steps(phase, here);
  Course course{.sends = {}, .receipts = 0};
  std::uint32_t received = 0;  // What upstream sends in the steps before.
  for (std::uint32_t step = 1; step <= last; ++step) {
    if (const std::uint64_t bytes = network::send_bytes(phase, here, up, step); bytes > 0) {
      const bool adds = phase.exchange == Exchange::scatter;
      course.sends.push_back({.bytes = Bytes{bytes},
                              .adds = adds ? ceil_div(bytes * 8, bits(type)) : 0,
                              .after = received});
    }
    received += upstream && network::send_bytes(phase, *upstream, up, step) > 0 ? 1 : 0;
  }
  course.receipts = received;
  return course;
}

Phase::Courses courses(const AxisPhase& phase, const GroupAxis& axis, bool folded, DataType type) {
  Phase::Courses courses;
  for (std::uint32_t position = 0; position < (folded ? 1 : axis.length); ++position) {
    const AxisPlace here{.length = axis.length, .wraps = axis.wraps, .position = position};
    courses.push_back(
        {course(phase, here, false, folded, type), course(phase, here, true, folded, type)});
  }
  return courses;
}

}  // namespace

Plans::Plans(const Program& program, const std::vector<GroupAxis>& group, const PodConfig& pod,
             bool folded) {
  for (const ProgramOperation& operation : program.operations()) {
    std::vector<ChunkPlan>& made = plans_.emplace_back();
    const auto* collective = std::get_if<Collective>(operation.work);
    if (collective == nullptr) {
      continue;
    }
    // Most chunks are alike.
    std::map<std::tuple<std::uint32_t, Exchange, std::uint64_t>, const Phase::Courses*> known;
    std::uint32_t slot = 0;
    for (const network::PlannedChunk& chunk :
         network::plan(*collective, group, pod.chip.ici.value())) {
      ChunkPlan& plan = made.emplace_back(ChunkPlan{.number = chunk.number, .phases = {}});
      for (const AxisPhase& phase : chunk.phases) {
        const Phase::Courses*& made_courses = known[{phase.axis, phase.exchange, phase.bytes}];
        if (made_courses == nullptr) {
          made_courses =
              &courses_.emplace_back(courses(phase, group[phase.axis], folded, collective->type));
        }
        plan.phases.push_back({.exchange = phase, .courses = made_courses, .slot = slot++});
      }
    }
  }
}

}  // namespace systole::model
