// SPDX-License-Identifier: Apache-2.0
#include "model/program.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace systole::model {

UnitClass unit_class(const Work& work) {
  struct Visitor {
    UnitClass operator()(const Matmul&) const { return UnitClass::matrix; }
    UnitClass operator()(const Vector&) const { return UnitClass::vector; }
    UnitClass operator()(const Move&) const { return UnitClass::dma; }
    UnitClass operator()(const Collective&) const { return UnitClass::ici; }
    UnitClass operator()(const Launch&) const { return UnitClass::sequencer; }
  };
  return std::visit(Visitor{}, work);
}

Program::Program(const Trace& trace) {
  for (const Block& block : trace.blocks) {
    const auto first = static_cast<OperationIndex>(operations_.size());
    for (const Operation& operation : block.operations) {
      const std::string full = ledger_name(block, operation);
      auto name = std::find(names_.begin(), names_.end(), full);
      if (name == names_.end()) {
        name = names_.insert(names_.end(), full);
      }
      ProgramOperation made{.work = &operation.work,
                            .id = static_cast<OperationId>(name - names_.begin() + 1),
                            .block = static_cast<std::uint32_t>(blocks_.size()),
                            .after = {},
                            .after_previous = false};
      for (const std::string& waited : operation.after) {
        if (waited == "previous") {
          made.after_previous = true;
          continue;
        }
        const auto found =
            std::find_if(block.operations.begin(), block.operations.end(),
                         [&](const Operation& other) { return other.name == waited; });
        check(found != block.operations.end(), "{} waits for unknown '{}'", full, waited);
        made.after.push_back(first + static_cast<OperationIndex>(found - block.operations.begin()));
      }
      operations_.push_back(std::move(made));
    }
    blocks_.push_back({.repeat = block.repeat,
                       .first = first,
                       .last = static_cast<OperationIndex>(operations_.size() - 1)});
  }
}

std::uint64_t Program::instances() const {
  std::uint64_t n = 0;
  for (const ProgramBlock& block : blocks_) {
    n += block.repeat * (block.last - block.first + 1);
  }
  return n;
}

ProgramWalk::ProgramWalk(const Program& program, UnitClass unit) : program_(&program) {
  for (const ProgramBlock& block : program.blocks()) {
    std::vector<OperationIndex>& list = mine_.emplace_back();
    for (OperationIndex i = block.first; i <= block.last; ++i) {
      if (unit_class(*program[i].work) == unit) {
        list.push_back(i);
      }
    }
  }
  skip_blocks_without();
}

Instance ProgramWalk::instance() const {
  return {.operation = mine_[block_][position_], .iteration = iteration_};
}

void ProgramWalk::next() {
  if (++position_ < mine_[block_].size()) {
    return;
  }
  position_ = 0;
  if (++iteration_ == program_->blocks()[block_].repeat) {
    iteration_ = 0;
    ++block_;
    skip_blocks_without();
  }
}

void ProgramWalk::skip_blocks_without() {
  while (!done() && mine_[block_].empty()) {
    ++block_;
  }
}

}  // namespace systole::model
