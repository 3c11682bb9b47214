// SPDX-License-Identifier: Apache-2.0
// The trace made ready to run: operations with ledger numbers, unit classes and resolved waits.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "ledger/ledger.hpp"
#include "ledger/recording.hpp"
#include "trace/trace.hpp"

namespace systole::model {

// Who executes an operation. Each class takes its operations in program order.
enum class UnitClass : std::uint8_t { matrix, vector, dma, ici, sequencer };
inline constexpr std::size_t kUnitClasses = 5;
[[nodiscard]] UnitClass unit_class(const Work& work);

// Index into Program::operations.
using OperationIndex = std::uint32_t;

struct ProgramOperation {
  const Work* work;
  OperationId id;  // In the ledger.
  std::uint32_t block;
  std::vector<OperationIndex> after;  // Same block, same iteration.
  bool after_previous;                // Also the end of the iteration or block before.
};

struct ProgramBlock {
  std::uint64_t repeat;
  OperationIndex first;
  OperationIndex last;  // Its end is the end of an iteration.
};

// One run of one operation: which, and in which iteration of its block.
struct Instance {
  OperationIndex operation;
  std::uint64_t iteration;
};

class Program {
 public:
  // Keeps references into `trace`.
  explicit Program(const Trace& trace);

  [[nodiscard]] const std::vector<ProgramOperation>& operations() const { return operations_; }
  [[nodiscard]] const std::vector<ProgramBlock>& blocks() const { return blocks_; }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }  // For the ledger.
  [[nodiscard]] const ProgramOperation& operator[](OperationIndex i) const {
    return operations_[i];
  }
  [[nodiscard]] std::uint64_t instances() const;
  // What a unit that works on it is recorded with.
  [[nodiscard]] Piece piece(const Instance& instance, std::uint32_t part = Piece::kNone) const {
    return {.operation = operations_[instance.operation].id,
            .iteration = static_cast<std::uint32_t>(instance.iteration),
            .part = part};
  }

 private:
  std::vector<ProgramOperation> operations_;
  std::vector<ProgramBlock> blocks_;
  std::vector<std::string> names_;
};

// Walks the instances of one unit class in program order.
class ProgramWalk {
 public:
  ProgramWalk(const Program& program, UnitClass unit);

  [[nodiscard]] bool done() const { return block_ >= program_->blocks().size(); }
  [[nodiscard]] Instance instance() const;
  void next();

 private:
  void skip_blocks_without();  // Leaves blocks that have no operation of this class.

  const Program* program_;
  std::vector<std::vector<OperationIndex>> mine_;  // By block.
  std::size_t block_ = 0;
  std::uint64_t iteration_ = 0;
  std::size_t position_ = 0;
};

}  // namespace systole::model
