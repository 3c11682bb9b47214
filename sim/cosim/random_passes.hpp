// SPDX-License-Identifier: Apache-2.0
// Endless random passes: every sequence of flags that the contract allows, streams from one row to
// the longest, data that lean to the edges of their format.
//
// Only what the hardware cannot know is left out: a sum is never added to an accumulator that
// nothing was written to since the last reset.
#pragma once

#include "cosim/draw.hpp"
#include "cosim/pass.hpp"

namespace systole::cosim {

class RandomPasses : public PassSource {
 public:
  RandomPasses(const model::ArrayConfig& config, std::uint64_t seed);

  [[nodiscard]] std::optional<Pass> next() override;
  void restart() override;

 private:
  [[nodiscard]] std::uint32_t stream();
  [[nodiscard]] model::PassFlags flags(std::uint32_t rows);

  model::ArrayConfig config_;
  Draw draw_;
  std::uint32_t groups_written_ = 0;   // Addresses of the accumulators that hold a group's sum,
  std::uint32_t results_written_ = 0;  // and a result.
};

}  // namespace systole::cosim
