// SPDX-License-Identifier: Apache-2.0
#include "cosim/times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "cosim/driver.hpp"
#include "cosim/random_codes.hpp"
#include "model/matrix_unit.hpp"

namespace systole::cosim {
namespace {

using model::ArrayConfig;

// Equal passes behind each other.
struct Block {
  std::uint32_t passes;
  std::uint32_t stream;  // Rows of a pass; output stationary: its depth.
};

class BlockPasses : public PassSource {
 public:
  BlockPasses(const ArrayConfig& config, const std::vector<Block>& blocks, Draw& draw)
      : config_(config), blocks_(blocks), draw_(draw) {}

  [[nodiscard]] std::optional<Pass> next() override {
    if (block_ == blocks_.size()) {
      return std::nullopt;
    }
    const std::uint32_t stream = blocks_[block_].stream;
    if (++pass_ == blocks_[block_].passes) {
      pass_ = 0;
      ++block_;
    }
    const bool is_output_stationary = config_.dataflow == Dataflow::output_stationary;
    Pass pass;
    pass.flags = {.sum_start = true,
                  .sum_end = true,
                  .scaled = false,
                  .result_start = true,
                  .result_end = true};
    pass.weights =
        rows(config_.type, config_.columns, is_output_stationary ? stream : config_.rows);
    pass.activations = rows(numerics::activation_type(config_.type), config_.rows, stream);
    return pass;
  }

  void restart() override {}

 private:
  [[nodiscard]] std::vector<model::Row> rows(DataType type, std::uint32_t width,
                                             std::uint32_t count) {
    return {count, random_row(draw_, type, width, Flavour::fair)};
  }

  const ArrayConfig& config_;
  const std::vector<Block>& blocks_;
  Draw& draw_;
  std::size_t block_ = 0;
  std::uint32_t pass_ = 0;
};

// What was seen of each pass; cycles count from the end of the reset.
struct Seen {
  std::vector<std::uint64_t> load;   // Its first weights were taken.
  std::vector<std::uint64_t> first;  // Its first activations.
  std::vector<std::uint64_t> last;   // Its last activations.
  std::vector<std::uint64_t> out;    // One cycle after its last result was taken.
};

class Watcher {
 public:
  Watcher(const ArrayConfig& config, const std::vector<Block>& blocks) : config_(config) {
    for (const Block& block : blocks) {
      const bool is_output_stationary = config.dataflow == Dataflow::output_stationary;
      results_.insert(results_.end(), block.passes,
                      is_output_stationary ? config.rows : block.stream);
    }
  }

  void watch(const model::UnitInputs& in, const model::UnitOutputs& out) {
    if (in.weights_valid && out.weights_ready && weights_++ % config_.rows == 0) {
      seen_.load.push_back(cycle_);
    }
    if (in.activations_valid && out.activations_ready && in.first) {
      seen_.first.push_back(cycle_);
    }
    if (in.activations_valid && out.activations_ready && in.last) {
      seen_.last.push_back(cycle_);
    }
    if (out.results_valid && in.results_ready && ++taken_ == results_[seen_.out.size()]) {
      taken_ = 0;
      seen_.out.push_back(cycle_ + 1);
    }
    ++cycle_;
  }

  [[nodiscard]] bool is_done() const { return seen_.out.size() == results_.size(); }
  [[nodiscard]] const Seen& seen() const { return seen_; }
  [[nodiscard]] std::uint64_t cycles() const { return cycle_; }

 private:
  const ArrayConfig& config_;
  std::vector<std::uint32_t> results_;  // Rows of each pass.
  Seen seen_;
  std::uint64_t cycle_ = 0;
  std::uint32_t weights_ = 0;
  std::uint32_t taken_ = 0;
};

MatrixUnitConfig event_config(const ArrayConfig& config) {
  constexpr std::uint32_t kEdgeCycles = 3;  // rtl/README.md: in, out of the array, and the queue.
  return {.count = 1,
          .rows = config.rows,
          .columns = config.columns,
          .dataflow = config.dataflow,
          .preload = config.preload,
          .load_rows = 1,
          .edge_cycles = kEdgeCycles,
          .mac_latency = config.latency,
          .rows_per_push = 1,
          .macs_per_pe = {1, 1, 1, 1, 1, 1}};
}

std::vector<Block> random_blocks(const ArrayConfig& config, Draw& draw) {
  const std::array streams{1U, std::max(config.rows / 2, 1U), config.rows, config.rows + 1,
                           config.accumulator_rows};
  std::vector<Block> blocks(draw.between(2, 4));
  for (Block& block : blocks) {
    block = {.passes = draw.between(1, 3), .stream = draw.one_of(streams)};
  }
  return blocks;
}

// Holds what was seen against the event model's times of the same blocks.
class Comparison {
 public:
  explicit Comparison(const ArrayConfig& config) : config_(config), event_(event_config(config)) {}

  void block(const Block& block, const Seen& seen) {
    const auto times = event_.accept(block.passes, Cycles{block.stream}, Cycles{0});
    const std::size_t begin = pass_;
    const std::size_t end = pass_ + block.passes - 1;
    const bool is_serial = config_.preload == Preload::serial;
    if (config_.dataflow == Dataflow::weight_stationary) {
      expect("the first weights", begin, seen.load[begin], times.begin);
      expect("the first activations", end, seen.first[end], times.last_active);
    } else if (is_serial) {
      expect("the first operands", begin, seen.first[begin], times.begin);
    }
    expect("the last activations", end, seen.last[end] + 1,
           times.last_active + Cycles{block.stream});
    if (!is_serial) {  // Serial passes are closed; the next one's begin is their end.
      expect("the last result", end, seen.out[end], times.end);
    }
    pass_ = end + 1;
  }

  [[nodiscard]] const std::optional<std::string>& difference() const { return difference_; }

 private:
  void expect(const char* what, std::size_t pass, std::uint64_t seen, Cycles expected) {
    if (seen != expected.count() && !difference_) {
      difference_ = fmt::format("{} of pass {}: cycle {} at the pins, {} in the event model", what,
                                pass, seen, expected.count());
    }
  }

  const ArrayConfig& config_;
  model::MatrixUnit event_;
  std::size_t pass_ = 0;
  std::optional<std::string> difference_;
};

}  // namespace

ArrayConfig steady_config(DataType type, std::uint32_t rows, std::uint32_t columns,
                          Dataflow dataflow, Preload preload, std::uint32_t latency) {
  return {.type = type,
          .rows = rows,
          .columns = columns,
          .dataflow = dataflow,
          .preload = preload,
          .latency = latency,
          .accumulator_rows = 2 * rows,
          .scale_slots = 4,
          .result_slots = (rows + 1) * latency + columns + 1};
}

Timed compare_times(const ArrayConfig& config, Draw& draw, model::ArrayUnit& unit) {
  const std::vector<Block> blocks = random_blocks(config, draw);
  BlockPasses passes(config, blocks, draw);
  Driver driver(config, passes, {.seed = draw.seed(), .bubbles = false, .resets = false});
  Watcher watcher(config, blocks);
  Timed timed;
  std::uint64_t limit = 0;
  for (const Block& block : blocks) {
    timed.passes += block.passes;
    limit += block.passes *
             (block.stream + (config.rows + 1ULL) * (config.latency + 1) + config.columns);
  }
  while (!watcher.is_done() && watcher.cycles() < limit + kWordBits) {
    const model::UnitInputs& inputs = driver.inputs();
    const model::UnitOutputs& outputs = unit.settle(inputs);
    if (!inputs.reset) {
      watcher.watch(inputs, outputs);
    }
    unit.clock();
    driver.clock(outputs);
  }
  timed.cycles = watcher.cycles();
  if (!watcher.is_done()) {
    timed.difference = fmt::format("only {} of {} passes came out in {} cycles",
                                   watcher.seen().out.size(), timed.passes, timed.cycles);
    return timed;
  }
  Comparison comparison(config);
  for (const Block& block : blocks) {
    comparison.block(block, watcher.seen());
  }
  timed.difference = comparison.difference();
  return timed;
}

}  // namespace systole::cosim
